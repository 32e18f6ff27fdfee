import type { Attempt } from '../../observations.ts';
import { type ClfHead, looksLikeClf, present, readClf, secondsToMs } from '../clf.ts';
import { compact } from '../compact.ts';
import type { Draft, DraftOf, LogFormat } from '../format.ts';
import { readLogfmt } from '../logfmt.ts';
import { madeByProxy } from '../made-by-proxy.ts';

/**
 * Common and combined lines as NGINX (`main` with its X-Forwarded-For, F5's Ingress Controller), Apache, gunicorn and many
 * others write them, with what people like to append: `rt=0.003 us="200" ua="10.0.0.1:80"`, or a bare request time.
 * The server may be a gateway or the application itself; the line does not say which.
 */
export const combined: LogFormat = {
  id: 'combined',
  generality: 1,
  sniff: (line) => looksLikeClf(line.text),
  parse(line) {
    const head = readClf(line.text);
    return head === undefined ? undefined : [draft(head), ...strangeRequest(head)];
  },
};

function draft(head: ClfHead): DraftOf<'access'> {
  const extra = head.rest.includes('=') ? readLogfmt(head.rest) : NONE;
  const attempts = readAttempts(extra);
  const answer = { status: head.status, bytes: head.bytes, method: head.method };
  return compact<DraftOf<'access'>>({
    type: 'access',
    format: 'combined',
    time: head.time,
    method: head.method,
    host: present(pick(extra, HOST_KEYS)),
    path: head.target,
    protocol: head.protocol,
    status: head.status,
    durationMs: secondsToMs(pick(extra, TIME_KEYS) ?? bareSeconds(head.rest)),
    client: head.client,
    userAgent: head.userAgent,
    requestId: present(pick(extra, ID_KEYS)),
    attempts,
    generated: attempts.length > 0 ? madeByProxy(answer, attempts.at(-1)) : undefined,
  });
}

/** What arrived was no HTTP/1 request: a TLS hello (record type 22, version 3.x) or HTTP/2's preface. */
function strangeRequest(head: ClfHead): Draft[] {
  if (head.request.startsWith('\\x16\\x03'))
    return [{ type: 'app-event', event: 'http-client-sent-tls', time: head.time }];
  if (head.request.startsWith('PRI * HTTP/2.0'))
    return [{ type: 'app-event', event: 'protocol-mismatch', time: head.time }];
  return [];
}

const NONE: ReadonlyMap<string, string> = new Map();
const HOST_KEYS = ['host', 'http_host', 'vhost', 'server_name'];
const TIME_KEYS = ['rt', 'request_time', 'req_time', 'reqtime'];
const ID_KEYS = ['request_id', 'req_id', 'rid'];
const ADDRESS_KEYS = ['ua', 'upstream_addr', 'upstream', 'uaddr', 'upaddr'];
const STATUS_KEYS = ['us', 'upstream_status', 'ustat'];
const UPSTREAM_TIME_KEYS = ['urt', 'upstream_response_time', 'upstream_time'];
const UPSTREAM_BYTES_KEYS = ['ul', 'upstream_response_length', 'ulen'];

function pick(fields: ReadonlyMap<string, string>, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = fields.get(key);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** `"-" 0.012` or `0.012`: a request time appended without a name. */
function bareSeconds(rest: string): string | undefined {
  return /(?:^|[" ])(\d{1,6}\.\d{3})(?= |$)/.exec(rest.slice(0, 400))?.[1];
}

function readAttempts(fields: ReadonlyMap<string, string>): Attempt[] {
  const addresses = split(pick(fields, ADDRESS_KEYS));
  const statuses = split(pick(fields, STATUS_KEYS));
  const times = split(pick(fields, UPSTREAM_TIME_KEYS));
  const sizes = split(pick(fields, UPSTREAM_BYTES_KEYS));
  return addresses.flatMap((address, i) => {
    if (!/:\d{1,5}$/.test(address) && !address.startsWith('unix:')) return [];
    const status = statuses[i];
    const size = sizes[i];
    return [
      compact<Attempt>({
        address,
        status: status !== undefined && /^\d{3}$/.test(status) ? Number(status) : undefined,
        durationMs: secondsToMs(times[i]),
        bytes: size !== undefined && /^\d{1,18}$/.test(size) ? Number(size) : undefined,
      }),
    ];
  });
}

function split(list: string | undefined): string[] {
  return list === undefined ? [] : list.split(/, | : /);
}
