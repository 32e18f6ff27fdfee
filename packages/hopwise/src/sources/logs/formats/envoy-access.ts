import type { Attempt } from '../../observations.ts';
import { present, splitRequest } from '../clf.ts';
import { compact } from '../compact.ts';
import { type EnvoySaid, envoyGenerated, envoyMode } from '../envoy-flags.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { readIsoTime } from '../timestamp.ts';
import { type Token, tokenise } from '../tokens.ts';

/**
 * Envoy's default text format and Istio's (with response code details, transport failure reason, cluster and addresses):
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#default-format-string,
 * https://istio.io/latest/docs/tasks/observability/logs/access-log/#default-access-log-format. Contour and Emissary use
 * Envoy's. All have, in this order, status, flags, then bytes received, bytes sent and duration as three numbers.
 */
const HEAD = /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z?)\] /;

export const envoyAccess: LogFormat = {
  id: 'envoy-access',
  sniff: (line) => line.text.charCodeAt(0) === 0x5b && line.text.charCodeAt(11) === 0x54 && line.text.includes('] "'),
  parse(line) {
    const head = HEAD.exec(line.text);
    if (head === null) return undefined;
    const tokens = tokenise(line.text.slice(head[0].length));
    const [request, status] = tokens;
    if (request?.quoted !== true || status === undefined || !/^\d{1,3}$/.test(status.value)) return undefined;
    const numbers = tokens.findIndex((_, at) => at >= 3 && [0, 1, 2].every((i) => isCount(tokens[at + i])));
    if (numbers < 0) return undefined;
    return [draft(readIsoTime(head[1] ?? ''), tokens, numbers)];
  },
};

function isCount(token: Token | undefined): boolean {
  return token !== undefined && !token.quoted && /^\d{1,18}$/.test(token.value);
}

function draft(time: DraftOf<'access'>['time'], tokens: readonly Token[], at: number): DraftOf<'access'> {
  const field = (index: number): string | undefined => present(tokens[index]?.value);
  const request = splitRequest(tokens[0]?.value ?? '');
  const status = Number(tokens[1]?.value);
  const rest = at + 4;
  const middle = tokens.slice(3, at);
  const address = field(rest + 4);
  const said: EnvoySaid = {
    flags: field(2),
    details: present(middle.find((token) => !token.quoted)?.value),
    transportFailure: present(middle.find((token) => token.quoted)?.value),
    serviceTimeMs: milliseconds(tokens[at + 3]?.value),
    hasHost: address !== undefined,
    durationMs: milliseconds(tokens[at + 2]?.value),
    status,
  };
  return compact<DraftOf<'access'>>({
    type: 'access',
    format: 'envoy-access',
    time,
    method: request.method,
    host: field(rest + 3),
    path: request.target,
    protocol: request.protocol,
    status,
    durationMs: said.durationMs,
    client: field(rest)?.split(',')[0]?.trim() ?? addressOnly(field(rest + 8)),
    userAgent: field(rest + 1),
    requestId: field(rest + 2),
    backendName: field(rest + 5),
    routeName: field(rest + 10),
    attempts: address === undefined ? [] : [attempt(address, said, status)],
    flags: said.flags,
    details: [said.details, said.transportFailure].filter((part) => part !== undefined).join(' ') || undefined,
    mode: envoyMode(said),
    generated: envoyGenerated(said),
    localAddress: field(rest + 6),
  });
}

function attempt(address: string, said: EnvoySaid, status: number): Attempt {
  const answered = said.serviceTimeMs !== undefined && envoyGenerated(said) === false;
  return compact<Attempt>({ address, status: answered ? status : undefined, durationMs: said.serviceTimeMs });
}

function milliseconds(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,12}$/.test(value) ? Number(value) : undefined;
}

function addressOnly(address: string | undefined): string | undefined {
  return address?.replace(/:\d{1,5}$/, '');
}
