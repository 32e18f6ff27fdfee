import type { ConnectionOptions } from '../sources/cluster/connection/connection-options.ts';
import type { Flags } from './invocation.ts';
import { UsageError } from './usage-error.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What the flags say about the cluster, in kubectl's sense. */
export function connectionOptions(flags: Flags): ConnectionOptions {
  const text = {
    kubeconfig: flags.get('kubeconfig'),
    context: flags.get('context'),
    cluster: flags.get('cluster'),
    user: flags.get('user'),
    namespace: flags.get('namespace'),
    server: flags.get('server'),
    token: flags.get('token'),
    certificateAuthority: flags.get('certificate-authority'),
    clientCertificate: flags.get('client-certificate'),
    clientKey: flags.get('client-key'),
    tlsServerName: flags.get('tls-server-name'),
    impersonate: flags.get('impersonate'),
  };
  const timeout = flags.get('request-timeout');
  const groups = flags.all('impersonate-group');
  if (groups.length > 0 && text.impersonate === undefined) {
    throw new UsageError('--impersonate-group needs a user too', 'add --impersonate USER');
  }
  return {
    ...Object.fromEntries(Object.entries(text).filter(([, value]) => value !== undefined)),
    ...(flags.has('insecure-skip-tls-verify') ? { insecureSkipTlsVerify: true } : {}),
    ...(groups.length === 0 ? {} : { impersonateGroups: groups }),
    ...(timeout === undefined ? {} : { requestTimeoutMs: parseDuration('request-timeout', timeout) }),
  };
}

/** Milliseconds of `90s`, `5m`, `1h30m`, `2d`; a bare number is seconds, as kubectl reads it. */
export function parseDuration(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^(?:\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h|d))+$/.test(text)) {
    throw new UsageError(`--${flag} cannot be '${text}'`, 'a duration is 30s, 5m, 1h30m or 2d');
  }
  let total = 0;
  for (const [, amount = '0', unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNITS[unit] ?? 0);
  }
  return total;
}
