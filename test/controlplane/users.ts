import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Authority } from './certificates.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { TokenReviews } from './token-reviews.ts';

export interface User {
  readonly name: string;
  readonly token: string;
  /** Paths of kubeconfigs: one with a client certificate, one with a bearer token. */
  readonly kubeconfig: string;
  readonly tokenKubeconfig: string;
}

/** Users exist by their credentials alone: a certificate of the test authority and a token that TokenReview knows. */
export function makeUserCreator(
  folder: string,
  server: string,
  authority: Authority,
  reviews: TokenReviews,
): (name: string, groups?: readonly string[]) => Promise<User> {
  let count = 0;
  const cluster = { server, ca: authority.cert };
  return async (name, groups = []) => {
    count += 1;
    const file = `user-${count}`;
    const certificate = await authority.issueClient(file, name, groups);
    const token = randomBytes(24).toString('base64url');
    reviews.add(token, name, groups);
    return {
      name,
      token,
      kubeconfig: writeKubeconfig(join(folder, `${file}.kubeconfig`), cluster, name, {
        kind: 'certificate',
        certificate,
      }),
      tokenKubeconfig: writeKubeconfig(join(folder, `${file}-token.kubeconfig`), cluster, name, {
        kind: 'token',
        token,
      }),
    };
  };
}
