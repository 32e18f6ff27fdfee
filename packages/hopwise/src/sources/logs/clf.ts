import { readClfTime, type Stamp } from './timestamp.ts';

/** What the Common Log Format lines of many servers share, and what is left of the line behind it. */
export interface ClfHead {
  readonly client: string;
  readonly user: string;
  readonly time: Stamp;
  /** The request line as logged, for those that are no HTTP/1 request at all. */
  readonly request: string;
  readonly method?: string;
  readonly target?: string;
  readonly protocol?: string;
  readonly status: number;
  /** Body bytes sent; undefined for `-`. */
  readonly bytes?: number;
  readonly referer?: string;
  readonly userAgent?: string;
  /** Everything behind the user agent (combined) or behind the size (common), without the leading blank. */
  readonly rest: string;
}

const HEAD =
  /^(\S{1,255}) (\S{1,255}) ([^[\]]{1,255}) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?)\] "/;

/** True for a line whose fourth field is a CLF date in brackets; cheap enough to ask of every line. */
export function looksLikeClf(text: string): boolean {
  const open = text.indexOf(' [');
  return open > 0 && open < 400 && text.charCodeAt(open + 4) === 0x2f && text.charCodeAt(open + 8) === 0x2f;
}

/** Reads the head of a common or combined log line; undefined when the line is not one. */
export function readClf(text: string): ClfHead | undefined {
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  const time = readClfTime(head[4] ?? '');
  if (time === undefined) return undefined;
  const request = readQuoted(text, head[0].length - 1);
  if (request === undefined) return undefined;
  const numbers = /^ (\d{3}) (\d{1,18}|-)(?= |$)/.exec(text.slice(request.end, request.end + 32));
  if (numbers === null) return undefined;
  const parts = splitRequest(request.value);
  const base = {
    client: head[1] ?? '',
    user: head[3] ?? '',
    time,
    request: request.value,
    ...parts,
    status: Number(numbers[1]),
    ...(numbers[2] === '-' ? {} : { bytes: Number(numbers[2]) }),
  };
  return { ...base, ...agentAndRest(text, request.end + numbers[0].length) };
}

function agentAndRest(text: string, from: number): { referer?: string; userAgent?: string; rest: string } {
  const rest = { rest: text.slice(from + 1) };
  if (text[from + 1] !== '"') return rest;
  const referer = readQuoted(text, from + 1);
  if (referer === undefined || text.slice(referer.end, referer.end + 2) !== ' "') return rest;
  const agent = readQuoted(text, referer.end + 1);
  if (agent === undefined) return rest;
  return {
    ...said('referer', referer.value),
    ...said('userAgent', agent.value),
    rest: text.slice(agent.end).trimStart(),
  };
}

function said<K extends string>(key: K, value: string): { [P in K]?: string } {
  return (value === '-' || value === '' ? {} : { [key]: value }) as { [P in K]?: string };
}

/** A double-quoted field starting at `open`; a backslash hides the next character. */
export function readQuoted(text: string, open: number): { value: string; end: number } | undefined {
  if (text[open] !== '"') return undefined;
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return { value: text.slice(open + 1, at), end: at + 1 };
  }
  return undefined;
}

/** `GET /path HTTP/1.1` in its parts; a malformed request line (a TLS hello, an empty line) has none. */
export function splitRequest(request: string): { method?: string; target?: string; protocol?: string } {
  const match = /^([A-Z][A-Z_-]{0,31}) (\S.{0,16000}?)(?: (HTTP\/\d(?:\.\d)?))?$/.exec(request);
  if (match === null) return {};
  return {
    method: match[1] ?? '',
    target: match[2] ?? '',
    ...(match[3] === undefined ? {} : { protocol: match[3] }),
  };
}

/** A non-empty value that is not the `-` of an absent field. */
export function present(value: string | undefined): string | undefined {
  return value === undefined || value === '' || value === '-' ? undefined : value;
}

/** `0.187` seconds → 187; undefined for `-` and anything that is not a number. */
export function secondsToMs(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Math.round(Number(value) * 1000) : undefined;
}
