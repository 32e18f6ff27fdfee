import { compact } from '../compact.ts';
import type { DraftOf } from '../format.ts';
import { readClfTime, type Stamp } from '../timestamp.ts';

export type Request = DraftOf<'app-request'>;

const METHODS = 'GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE';
/** `"GET /path HTTP/1.1"` or `GET /path`; an absolute URL is the application's own call unless the framework writes so. */
const TARGET = new RegExp(
  String.raw`(?:^|[\s"'|:[(])(${METHODS})\s{1,10}(?:\| )?"?(/[^\s"']{0,8000})"?(?: (HTTP/\d(?:\.\d)?)\b"?)?`,
);
const ASP_NET = new RegExp(
  String.raw`Request (starting|finished) HTTP/[\d.]{1,3} (${METHODS}) https?://[^/\s]{1,255}(/\S{0,8000})?(?: .{0,200}? - (?:[-\d]{1,20} )?(\d{3}) )?`,
);
const CHI = new RegExp(
  String.raw`"(${METHODS}) https?://[^/\s]{1,255}(/\S{0,8000}) HTTP/[\d.]{1,3}" from (\S{1,64}) - (\d{3})`,
);
const RAILS = new RegExp(String.raw`^(?:\[[^\]]{1,64}\] )?Started (${METHODS}) "(/[^"]{0,8000})" for (\S{1,64})`);
/** Gin and Fiber put status, latency and client before the method: `| 200 | 1.2ms | 10.244.0.1 | GET "/api"`. */
const BARRED =
  /\|\s{0,4}(\d{3})\s{0,4}\|\s{0,12}([\d.]{1,16}(?:ns|µs|us|ms|s))\s{0,4}\|\s{0,20}([0-9a-fA-F.:]{2,47})\s{0,4}\|/;
/** PHP's server: `10.0.0.1:34567 [200]: GET /path`. */
const PHP = new RegExp(String.raw`(\S{1,64}):\d{1,5} \[(\d{3})\]: (?:${METHODS}) /`);
const STATUS_BEHIND =
  /^"?[^\d\n]{0,80}?(?:\b[A-Za-z_.]{1,20}[=:] ?)?\b([1-5]\d\d)\b(?!\s?(?:ms|µs|us|bytes|B\b|kB|[.:]\d))/;
const DURATION = /(?:^|[\s(|=:,+])(\d{1,9}(?:\.\d{1,9})?) ?(ms|µs|us|ns|s|sec|seconds|milliseconds)\b/;
const MAY_BE_REQUEST = /[A-Z]{3}[\s|"]{1,10}\//;
/** The application calling somebody else, or talking about a request rather than logging it. */
const OUTBOUND =
  /HTTP Request: |\b(?:calling|upstream|outgoing|outbound|forwarding|proxying|retrying|fetching|sending)\b/i;

/** A request that a free-text line logs; undefined when it logs none or no status that goes with it. */
export function readRequestText(text: string, time?: Stamp): Request | undefined {
  const asp = text.includes('Request ') ? ASP_NET.exec(text) : null;
  if (asp !== null)
    return request(asp[2], asp[3] ?? '/', asp[1] === 'finished' ? asp[4] : undefined, time, {
      durationMs: lastDuration(text),
    });
  const rails = text.includes('Started ') ? RAILS.exec(text) : null;
  if (rails !== null) return request(rails[1], rails[2], undefined, time, { client: rails[3] });
  const chi = text.includes('" from ') ? CHI.exec(text) : null;
  if (chi !== null)
    return request(chi[1], chi[2], chi[4], time, { client: stripPort(chi[3]), durationMs: lastDuration(text) });
  const target = MAY_BE_REQUEST.test(text) ? TARGET.exec(text) : null;
  if (target === null || OUTBOUND.test(text.slice(0, target.index))) return undefined;
  const before = text.slice(0, target.index);
  const behind = text.slice(target.index + target[0].length);
  const barred = before.includes('|') ? BARRED.exec(before) : text.includes(']: ') ? PHP.exec(text) : null;
  const status = barred === null ? STATUS_BEHIND.exec(behind)?.[1] : barred.length === 4 ? barred[1] : barred[2];
  if (status === undefined) return undefined;
  const client = barred === null ? clientBefore(before) : barred.length === 4 ? barred[3] : barred[1];
  return request(target[1], target[2], status, time ?? bracketTime(text), {
    client,
    durationMs: durationIn(barred?.[2] ?? '') ?? durationIn(behind),
  });
}

interface Extra {
  readonly client?: string | undefined;
  readonly durationMs?: number | undefined;
}

function request(method?: string, path?: string, status?: string, time?: Stamp, extra: Extra = {}): Request {
  return compact<Request>({
    type: 'app-request',
    method,
    path,
    status: status === undefined ? undefined : Number(status),
    client: extra.client,
    durationMs: extra.durationMs,
    time,
  });
}

function clientBefore(before: string): string | undefined {
  return stripPort(/(?:^|[\s:])((?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?)(?=[\s"-]|$)/.exec(before)?.[1]);
}

/** A client's address without its port. */
export function stripPort(client: string | undefined): string | undefined {
  // Only an IPv4 address or a bracketed one has its port behind a colon: `::1` has none.
  return client?.replace(/^((?:\d{1,3}\.){3}\d{1,3}|\[[^\]]{2,45}\]):\d{1,5}$/, '$1');
}

/** werkzeug and Django write the CLF date without a zone: `[12/May/2026 10:10:00]`. */
function bracketTime(text: string): Stamp | undefined {
  const match = /\[(\d\d\/[A-Z][a-z]{2}\/\d{4})[ :](\d\d:\d\d:\d\d(?: [+-]\d{4})?)/.exec(text);
  return match === null ? undefined : readClfTime(`${match[1]}:${match[2]}`);
}

/** The first duration with a unit in a text, in milliseconds. */
export function durationIn(text: string): number | undefined {
  const match = DURATION.exec(` ${text}`);
  return match === null ? undefined : scaled(Number(match[1]), match[2] ?? '');
}

function lastDuration(text: string): number | undefined {
  return durationIn(text.slice(Math.max(0, text.length - 40)));
}

function scaled(value: number, unit: string): number {
  const factors: Readonly<Record<string, number>> = { ns: 1e-6, µs: 1e-3, us: 1e-3, s: 1000, sec: 1000, seconds: 1000 };
  return Math.round(value * (factors[unit] ?? 1));
}
