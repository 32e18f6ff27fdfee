import type { ResponseObservation, SeriesPoint } from '../../observations.ts';
import { compact } from '../compact.ts';
import { settleTimes } from '../settle-time.ts';
import { type Exchange, Transcript } from './transcript.ts';

/** Bodies longer than this are cut; what tells an error page apart stands at its beginning. */
const LONGEST_BODY = 65_536;

/**
 * Reads what a client printed for a request: `curl -sv`, `-si`, `-w`, a shell loop of statuses, grpcurl, HTTPie, wget,
 * wscat. Of several responses (redirects, `100 Continue`, retries) the last is the answer and all are in `series`, behind
 * the statuses of a loop.
 */
export function parseResponse(text: string, file?: string): ResponseObservation {
  const transcript = new Transcript();
  for (const raw of text.split('\n')) transcript.read(raw.endsWith('\r') ? raw.slice(0, -1) : raw);
  return observe(transcript, file);
}

function observe(t: Transcript, file: string | undefined): ResponseObservation {
  const final = t.responses.at(-1);
  const headers = record(final?.headers);
  const date = httpDate(headers.date);
  return compact<ResponseObservation>({
    file,
    status: final?.status ?? t.loop.findLast(({ status }) => status > 0)?.status,
    protocol: final?.protocol,
    method: t.sent.method,
    target: t.sent.target,
    requestHost: t.sentHeaders.get('host') ?? t.sentHeaders.get(':authority') ?? t.sent.host,
    headers,
    requestHeaders: record(t.sentHeaders, CREDENTIALS),
    body: bodyOf(final),
    totalMs: t.totalMs,
    date,
    connectedTo: t.connectedTo,
    clientError: t.clientError,
    series: seriesOf(t, date),
    grpcStatus: grpcStatusOf(headers['grpc-status']) ?? t.grpcStatus,
    grpcMessage: decoded(headers['grpc-message']) ?? t.grpcMessage,
    tls: Object.keys(t.tls).length === 0 ? undefined : t.tls,
  });
}

/** A loop that prints the time of day gets its date from the final response's `Date`. */
function seriesOf(t: Transcript, date: number | undefined): readonly SeriesPoint[] {
  const times = settleTimes(
    t.loop.map(({ stamp }) => stamp),
    undefined,
    date,
  );
  const loop = t.loop.map(({ status, seconds }, index) =>
    compact<SeriesPoint>({ status, seconds, time: times[index] }),
  );
  const all = [...loop, ...t.responses.map(({ status }) => ({ status }))];
  return all.length > 1 ? all : [];
}

function bodyOf(final: Exchange | undefined): string {
  return (final?.body.join('\n') ?? '').replace(/\n{1,8}$/, '').slice(0, LONGEST_BODY);
}

/** Request headers that authenticate somebody: that they were sent matters, what they say does not. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key']);

function record(
  headers: ReadonlyMap<string, string> | undefined,
  masked: ReadonlySet<string> = new Set(),
): Record<string, string> {
  const result = Object.create(null) as Record<string, string>;
  for (const [name, value] of headers ?? []) result[name] = masked.has(name) ? '***' : value;
  return result;
}

function grpcStatusOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,2}$/.test(header) ? Number(header) : undefined;
}

/** grpc-message is percent-encoded on the wire. */
function decoded(message: string | undefined): string | undefined {
  if (message === undefined || !message.includes('%')) return message;
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** An HTTP date (IMF-fixdate), epoch milliseconds. */
function httpDate(text: string | undefined): number | undefined {
  const match = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text ?? '');
  const month = MONTHS.indexOf(match?.[2] ?? '');
  if (match === null || month < 0) return undefined;
  return Date.UTC(Number(match[3]), month, Number(match[1]), Number(match[4]), Number(match[5]), Number(match[6]));
}
