import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers the API server's question whose bearer token this is (authentication.k8s.io/v1 TokenReview). */
export interface TokenReviews {
  readonly url: string;
  add(token: string, user: string, groups: readonly string[]): void;
  stop(): Promise<void>;
}

export async function startTokenReviews(): Promise<TokenReviews> {
  const users = new Map<string, { readonly username: string; readonly groups: readonly string[] }>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const review = JSON.parse(body) as { readonly spec: { readonly token: string } };
      const user = users.get(review.spec.token);
      const status = user === undefined ? { authenticated: false } : { authenticated: true, user };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    add: (token, username, groups) => void users.set(token, { username, groups }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
