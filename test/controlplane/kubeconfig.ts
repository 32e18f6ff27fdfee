import { writeFileSync } from 'node:fs';
import type { Certificate } from './certificates.ts';

export type Credentials =
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'token'; readonly token: string };

/** Writes a kubeconfig with one context of that name and returns its path. JSON is YAML, and kubectl reads it. */
export function writeKubeconfig(
  path: string,
  cluster: { readonly server: string; readonly ca: string },
  name: string,
  credentials: Credentials,
): string {
  const user =
    credentials.kind === 'token'
      ? { token: credentials.token }
      : {
          'client-certificate-data': encode(credentials.certificate.cert),
          'client-key-data': encode(credentials.certificate.key),
        };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: cluster.server, 'certificate-authority-data': encode(cluster.ca) } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  writeFileSync(path, JSON.stringify(config, null, 2), { mode: 0o600 });
  return path;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
