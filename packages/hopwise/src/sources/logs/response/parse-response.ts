import type { ClientError, ResponseObservation, SeriesPoint, TlsObservation } from '../../observations.ts';
import { compact, type Loose } from '../compact.ts';
import { readClientError } from './client-error.ts';
import { readCommand } from './command.ts';
import { readSeriesLine } from './series.ts';
import { readTimings } from './timings.ts';
import { readTlsLine } from './tls.ts';

/** Bodies longer than this are cut; what tells an error page apart stands at its beginning. */
const LONGEST_BODY = 65_536;

interface Exchange {
  status: number | undefined;
  protocol: string | undefined;
  headers: Map<string, string>;
  body: string[];
}

interface Sent {
  method: string | undefined;
  target: string | undefined;
  host: string | undefined;
  headers: Map<string, string>;
}

/** Where the reader stands: `body` lines are the server's and mean nothing else. */
type State = 'outside' | 'response-head' | 'request-head' | 'body';

class Transcript {
  state: State = 'outside';
  marked = false;
  sent: Sent = newSent();
  readonly responses: Exchange[] = [];
  readonly loop: SeriesPoint[] = [];
  connectedTo: { address: string; port: number } | undefined;
  clientError: ClientError | undefined;
  totalMs: number | undefined;
  tls: TlsObservation = {};
  grpcStatus: number | undefined;
  grpcMessage: string | undefined;
}

function newSent(): Sent {
  return { method: undefined, target: undefined, host: undefined, headers: new Map() };
}

/**
 * Reads what a client printed for a request: `curl -sv`, `-si`, `-w`, a shell loop of statuses, grpcurl, HTTPie, wget,
 * wscat. Of several responses (redirects, `100 Continue`, retries) the last is the answer and all are in `series`.
 */
export function parseResponse(text: string, file?: string): ResponseObservation {
  const transcript = new Transcript();
  for (const raw of text.split('\n')) readLine(transcript, raw.endsWith('\r') ? raw.slice(0, -1) : raw);
  return observe(transcript, file);
}

function readLine(t: Transcript, line: string): void {
  const mark = line.length === 1 ? `${line} ` : line.slice(0, 2);
  const rest = line.slice(2);
  if (mark === '< ') readReceived(t, rest);
  else if (mark === '> ' && (t.state !== 'body' || REQUEST_LINE.test(rest))) readSent(t, rest);
  else if (mark === '* ' && (t.state !== 'body' || t.marked)) readNote(t, rest);
  else if (BYTES_NOTE.test(line) || readAside(t, line)) return;
  else if (t.state === 'body' && (t.marked || !STATUS_LINE.test(line))) t.responses.at(-1)?.body.push(line);
  else readUnmarked(t, line);
}

/** `[150 bytes data]`: curl -v when the body went elsewhere. */
const BYTES_NOTE = /^(?:[{}] )?\[\d{1,18} bytes data\]$/;
const REQUEST_LINE = /^([A-Z]{3,16}) (\S{1,16000}) HTTP\/\d(?:\.\d)?\s{0,4}$/;
const STATUS_LINE = /^HTTP\/(\d(?:\.\d)?) (\d{3})(?: .{0,200})?$/;

/** curl's own words, timings and the next command end a body wherever they stand. */
function readAside(t: Transcript, line: string): boolean {
  const error = readClientError(line);
  if (error !== undefined) {
    t.clientError = error;
    return true;
  }
  const ms = readTimings(line);
  if (ms !== undefined) {
    t.totalMs = ms;
    return true;
  }
  const command = readCommand(line);
  if (command === undefined) return false;
  t.state = 'outside';
  t.marked = false;
  t.sent = { ...newSent(), ...command };
  return true;
}

function readUnmarked(t: Transcript, line: string): void {
  if (STATUS_LINE.test(line)) {
    startResponse(t, line);
    t.marked = false;
    return;
  }
  if (t.state === 'response-head' || t.state === 'request-head') {
    if (line === '') t.state = t.state === 'response-head' ? 'body' : 'outside';
    else readHeader(t.state === 'response-head' ? t.responses.at(-1)?.headers : t.sent.headers, line);
    return;
  }
  if (startRequest(t, line)) return;
  const points = readSeriesLine(line);
  if (points !== undefined) t.loop.push(...points);
  else readGrpc(t, line);
}

function readReceived(t: Transcript, line: string): void {
  if (STATUS_LINE.test(line.trimEnd())) {
    startResponse(t, line.trimEnd());
    t.marked = true;
  } else if (line === '') t.state = 'body';
  else readHeader(t.responses.at(-1)?.headers, line);
}

function startResponse(t: Transcript, line: string): void {
  const match = STATUS_LINE.exec(line);
  t.responses.push({
    status: Number(match?.[2]),
    protocol: `HTTP/${match?.[1]}`,
    headers: new Map(),
    body: [],
  });
  t.state = 'response-head';
}

function readSent(t: Transcript, line: string): void {
  if (!startRequest(t, line)) readHeader(t.sent.headers, line);
}

function startRequest(t: Transcript, line: string): boolean {
  const match = REQUEST_LINE.exec(line);
  if (match === null) return false;
  t.sent = { method: match[1], target: match[2], host: undefined, headers: new Map() };
  t.state = 'request-head';
  return true;
}

function readHeader(into: Map<string, string> | undefined, line: string): void {
  const colon = line.indexOf(':', 1);
  if (into === undefined || colon < 0) return;
  const name = line.slice(0, colon).trim().toLowerCase();
  const value = line.slice(colon + 1).trim();
  if (name === '' || name.includes(' ')) return;
  const before = into.get(name);
  into.set(name, name === 'set-cookie' && before !== undefined ? `${before}\n${value}` : value);
}

/** curl's `* ` notes: where it connected, what TLS agreed on, and how it failed. */
function readNote(t: Transcript, note: string): void {
  const connected =
    /^Connected to [^\s]{1,255} \(([0-9a-fA-F.:]{2,45})\) port (\d{1,5})/.exec(note) ??
    /^Established connection to [^\s]{1,255} \(([0-9a-fA-F.:]{2,45}) port (\d{1,5})\)/.exec(note);
  if (connected !== null) t.connectedTo = { address: connected[1] ?? '', port: Number(connected[2]) };
  const ms = readTimings(note);
  if (ms !== undefined) t.totalMs = ms;
  t.tls = { ...t.tls, ...readTlsLine(note) };
  t.clientError = readClientError(note) ?? t.clientError;
}

/** grpcurl prints the status by name: `Code: Unavailable`, `Message: …`. */
function readGrpc(t: Transcript, line: string): void {
  const code = /^\s{0,8}Code: ([A-Za-z]{2,20})$/.exec(line);
  if (code !== null) t.grpcStatus = GRPC_CODES.indexOf((code[1] ?? '').toLowerCase());
  const message = /^\s{0,8}Message: (.{1,4000})$/.exec(line);
  if (message !== null) t.grpcMessage = message[1];
}

const GRPC_CODES = [
  'ok',
  'canceled',
  'unknown',
  'invalidargument',
  'deadlineexceeded',
  'notfound',
  'alreadyexists',
  'permissiondenied',
  'resourceexhausted',
  'failedprecondition',
  'aborted',
  'outofrange',
  'unimplemented',
  'internal',
  'unavailable',
  'dataloss',
  'unauthenticated',
];

function observe(t: Transcript, file: string | undefined): ResponseObservation {
  const final = t.responses.at(-1);
  const headers = record(final?.headers);
  const seen: SeriesPoint[] = t.responses.flatMap(({ status }) => (status === undefined ? [] : [{ status }]));
  const series = t.loop.length > 0 ? [...t.loop, ...seen] : seen.length > 1 ? seen : [];
  const { date } = headers;
  return compact<ResponseObservation>({
    file,
    status: final?.status ?? t.loop.at(-1)?.status,
    protocol: final?.protocol,
    method: t.sent.method,
    target: t.sent.target,
    requestHost: t.sent.headers.get('host') ?? t.sent.headers.get(':authority') ?? t.sent.host,
    headers,
    requestHeaders: record(t.sent.headers),
    body: bodyOf(final),
    totalMs: t.totalMs,
    date: date === undefined ? undefined : httpDate(date),
    connectedTo: t.connectedTo,
    clientError: t.clientError,
    series,
    grpcStatus: grpcStatusOf(headers['grpc-status'], t.grpcStatus),
    grpcMessage: decoded(headers['grpc-message']) ?? t.grpcMessage,
    tls: Object.keys(t.tls).length === 0 ? undefined : t.tls,
  } satisfies Loose<ResponseObservation>);
}

function bodyOf(final: Exchange | undefined): string {
  return (final?.body.join('\n') ?? '').replace(/\n{1,8}$/, '').slice(0, LONGEST_BODY);
}

function record(headers: Map<string, string> | undefined): Record<string, string> {
  const result = Object.create(null) as Record<string, string>;
  for (const [name, value] of headers ?? []) result[name] = value;
  return result;
}

function grpcStatusOf(header: string | undefined, named: number | undefined): number | undefined {
  if (header !== undefined && /^\d{1,2}$/.test(header)) return Number(header);
  return named !== undefined && named >= 0 ? named : undefined;
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
export function httpDate(text: string): number | undefined {
  const match = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text);
  if (match === null) return undefined;
  const month = MONTHS.indexOf(match[2] ?? '');
  if (month < 0) return undefined;
  return Date.UTC(Number(match[3]), month, Number(match[1]), Number(match[4]), Number(match[5]), Number(match[6]));
}
