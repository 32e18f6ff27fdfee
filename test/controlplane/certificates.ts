import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate and its key as PEM, and the files that hold them. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Authority extends Certificate {
  /** Signs a client certificate: the API server takes the user from CN and the groups from O. */
  issueClient(file: string, user: string, groups: readonly string[]): Promise<Certificate>;
  /** Signs a server certificate for these names (`DNS:localhost`, `IP:127.0.0.1`). */
  issueServer(file: string, names: readonly string[]): Promise<Certificate>;
}

// Without a configuration of its own, openssl would take the machine's, which makes every certificate an authority.
const CONFIGURATION = '[req]\ndistinguished_name=name\n[name]\n';
const DAYS = '30';

/** Makes a certificate authority in `folder` with the openssl command; throws when that is not installed. */
export async function createAuthority(folder: string): Promise<Authority> {
  const configuration = join(folder, 'openssl.cnf');
  writeFileSync(configuration, CONFIGURATION);
  const make = async (file: string, subject: string, more: readonly string[]): Promise<Certificate> => {
    const certFile = join(folder, `${file}.crt`);
    const keyFile = join(folder, `${file}.key`);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
    const base = ['req', '-x509', '-config', configuration, '-utf8', '-days', DAYS, '-subj', subject, '-out', certFile];
    await run('openssl', [...base, ...key, ...more]);
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile, keyFile };
  };
  const own = await make('ca', '/CN=hopwise test authority', [
    ...extension('basicConstraints=critical,CA:TRUE'),
    ...extension('keyUsage=critical,keyCertSign,digitalSignature'),
  ]);
  const signed = ['-CA', own.certFile, '-CAkey', own.keyFile, ...extension('keyUsage=critical,digitalSignature')];
  return {
    ...own,
    issueClient: (file, user, groups) =>
      make(file, subjectOf(user, groups), [...signed, ...extension('extendedKeyUsage=clientAuth')]),
    issueServer: (file, names) =>
      make(file, '/CN=hopwise test server', [
        ...signed,
        ...extension('extendedKeyUsage=serverAuth'),
        ...extension(`subjectAltName=${names.join(',')}`),
      ]),
  };
}

function extension(text: string): readonly string[] {
  return ['-addext', text];
}

function subjectOf(user: string, groups: readonly string[]): string {
  const escape = (text: string): string => text.replace(/[\\/+]/g, '\\$&');
  return `${groups.map((group) => `/O=${escape(group)}`).join('')}/CN=${escape(user)}`;
}
