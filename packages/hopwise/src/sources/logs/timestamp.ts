/**
 * A time as a line says it. A number is epoch milliseconds; the others lack something that only their surroundings tell:
 * the zone (`local`), the year (`yearless`, klog and syslog), or the date (`clock`).
 */
export type Stamp = number | LocalStamp | YearlessStamp | ClockStamp;
export interface LocalStamp {
  readonly lacks: 'zone';
  /** Milliseconds as if the zone were UTC. */
  readonly utc: number;
}
export interface YearlessStamp {
  readonly lacks: 'year';
  /** 0 to 11. */
  readonly month: number;
  readonly day: number;
  readonly ofDay: number;
}
export interface ClockStamp {
  readonly lacks: 'date';
  readonly ofDay: number;
}

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

function monthOf(name: string): number {
  const at = MONTHS.indexOf(name.slice(0, 3).toLowerCase());
  return at < 0 || at % 3 !== 0 ? -1 : at / 3;
}

/** `+0200`, `+02:00`, `Z`, ` UTC`, '' → minutes east of UTC; undefined when no zone is said. */
function zoneMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === '') return undefined;
  const letter = zone.trim();
  if (letter === 'Z' || letter === 'z' || letter === 'UTC' || letter === 'GMT') return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(letter);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

function fraction(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(`${digits}000`.slice(0, 3));
}

function zoned(utc: number, zone: string | undefined): Stamp {
  const minutes = zoneMinutes(zone);
  return minutes === undefined ? { lacks: 'zone', utc } : utc - minutes * 60_000;
}

/** `12/May/2026:10:10:00 +0000` (Common Log Format, HAProxy with milliseconds and no zone). */
const CLF = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([+-]\d{4}))?$/;

export function readClfTime(text: string): Stamp | undefined {
  const match = CLF.exec(text);
  if (match === null) return undefined;
  const month = monthOf(match[2] ?? '');
  if (month < 0) return undefined;
  const utc = Date.UTC(Number(match[3]), month, Number(match[1]), Number(match[4]), Number(match[5]), Number(match[6]));
  return zoned(utc + fraction(match[7]), match[8]);
}

/** ISO 8601 and its looser cousins: `2026-05-12T10:14:40.123Z`, `2026/05/12 10:10:00`, `2026-05-12 10:20:11,411 +0000`. */
const ISO =
  /(\d{4})([-/])(\d\d)\2(\d\d)(?:[T ]| - )(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?( ?Z\b| ?[+-]\d\d:?\d\d\b| UTC\b| GMT\b)?/;

/** Reads the date and time at the start of `text` or shortly behind an opening bracket or quote. */
export function readIsoTime(text: string): Stamp | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const utc = Date.UTC(
    Number(match[1]),
    Number(match[3]) - 1,
    Number(match[4]),
    Number(match[5]),
    Number(match[6]),
    Number(match[7]),
  );
  return Number.isNaN(utc) ? undefined : zoned(utc + fraction(match[8]), match[9]);
}

/** klog: `I0512 09:18:20.418120`. */
export function readKlogTime(text: string): Stamp | undefined {
  const match = /^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/.exec(text);
  if (match === null) return undefined;
  const month = Number(match[1]) - 1;
  if (month > 11) return undefined;
  return { lacks: 'year', month, day: Number(match[2]), ofDay: ofDay(match[3], match[4], match[5], match[6]) };
}

function ofDay(hour?: string, minute?: string, second?: string, digits?: string): number {
  return Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000 + fraction(digits);
}

/** Syslog and its like: `May 12 10:10:00`, `Tue May 05 04:51:05.000000 2026` (Apache), `12 May 2026 10:10:00.123`. */
const NAMED =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:([A-Z][a-z]{2}) {1,2}(\d{1,2})|(\d{1,2})[ -]([A-Z][a-z]{2}))(?:[ -](\d{4}))?,? (\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: (\d{4})\b)?( GMT| UTC| [+-]\d{4})?/;

function readNamedTime(text: string): Stamp | undefined {
  const match = NAMED.exec(text);
  if (match === null) return undefined;
  const month = monthOf(match[1] ?? match[4] ?? '');
  if (month < 0) return undefined;
  const day = Number(match[2] ?? match[3]);
  const clock = ofDay(match[6], match[7], match[8], match[9]);
  const year = match[5] ?? match[10];
  return year === undefined
    ? { lacks: 'year', month, day, ofDay: clock }
    : zoned(Date.UTC(Number(year), month, day) + clock, match[11]);
}

/** `08:21:12 INFO …`: only the time of day. */
const CLOCK = /^\[?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?=[\s\]|])/;

/** Seconds, milliseconds, micro- or nanoseconds since 1970, told apart by size; undefined outside 2001 to 2100. */
export function readEpoch(value: number): number | undefined {
  let ms = value;
  if (value >= 1e9 && value < 4.2e9) ms = value * 1000;
  else if (value >= 1e15 && value < 4.2e15) ms = value / 1000;
  else if (value >= 1e18 && value < 4.2e18) ms = value / 1e6;
  return ms >= 1e12 && ms < 4.2e12 ? Math.round(ms) : undefined;
}

/** How far into a line a timestamp may begin: behind a bracket, a level or a logger's name. */
const HEAD = 48;

/** The time at the head of a free-form line, in any of the layouts above. */
export function readHeadTime(text: string): Stamp | undefined {
  const head = text.slice(0, HEAD + 40);
  const iso = readIsoTime(head);
  if (iso !== undefined) return iso;
  const bare = head.charCodeAt(0) === 0x5b ? head.slice(1) : head;
  return readNamedTime(bare) ?? readKlogTime(bare) ?? readClockTime(head) ?? readEpochHead(bare);
}

function readClockTime(head: string): Stamp | undefined {
  const match = CLOCK.exec(head);
  if (match === null || Number(match[1]) > 23 || Number(match[2]) > 59) return undefined;
  return { lacks: 'date', ofDay: ofDay(match[1], match[2], match[3], match[4]) };
}

function readEpochHead(head: string): Stamp | undefined {
  const match = /^(\d{10}(?:\.\d{1,9})?|\d{13})(?=[\s\]|:])/.exec(head);
  return match === null ? undefined : readEpoch(Number(match[1]));
}

/** A timestamp that stands alone in a field: text in any layout, or a number since 1970. */
export function readTimeField(value: unknown): Stamp | undefined {
  if (typeof value === 'number') return readEpoch(value);
  if (typeof value !== 'string' || value.length > 64) return undefined;
  if (/^\d{10,19}(?:\.\d{1,9})?$/.test(value)) return readEpoch(Number(value));
  return readIsoTime(value) ?? readClfTime(value) ?? readNamedTime(value) ?? readClockTime(`${value} `);
}
