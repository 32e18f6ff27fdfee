import type { LogCoverage, LogEntry, LogFile, LogPlace } from '../observations.ts';
import type { Draft, LogFormat } from './format.ts';
import { LOG_FORMATS } from './formats/index.ts';
import { joinEnvoyStreams, namePassedOn } from './join-envoy.ts';
import { joinListeners } from './join-listeners.ts';
import { joinNginxErrors } from './join-nginx.ts';
import { LogLine } from './line.ts';
import { unwrap } from './prefix.ts';
import { quoteOf } from './quote.ts';
import { settleTimes } from './settle-time.ts';
import type { Stamp } from './timestamp.ts';

/** Longer lines are cut: nothing that matters stands behind the first 64 KB of one. */
const LONGEST_LINE = 65_536;
const FORMATS = [...LOG_FORMATS].sort((a, b) => (a.generality ?? 0) - (b.generality ?? 0));

export interface ParsedLogs {
  readonly entries: LogEntry[];
  readonly logs: LogCoverage[];
}

/** A file's drafts before its times are settled. */
interface FileDrafts {
  readonly file: LogFile;
  readonly drafts: { readonly draft: Draft; readonly at: LogPlace }[];
  readonly stamps: (Stamp | undefined)[];
  zoneMinutes: number | undefined;
  lines: number;
  understood: number;
}

/**
 * Reads every line of every file. A file may mix formats; each line is recognised by itself.
 * `near` (epoch milliseconds) dates lines that lack a year or a date when no complete time of the logs can;
 * entries of lines whose time nothing settles have none.
 */
export function parseLogs(files: readonly LogFile[], near?: number): ParsedLogs {
  const read = files.map(readFile);
  const anchor = near ?? latestComplete(read);
  const entries: LogEntry[] = [];
  const logs: LogCoverage[] = [];
  for (const one of read) {
    const settled = settleFile(one, anchor);
    for (const entry of joinListeners(joinEnvoyStreams(joinNginxErrors(settled.entries))))
      entries.push(namePassedOn(entry));
    logs.push(settled.coverage);
  }
  return { entries, logs };
}

function readFile(file: LogFile): FileDrafts {
  const result: FileDrafts = { file, drafts: [], stamps: [], zoneMinutes: undefined, lines: 0, understood: 0 };
  const reader = { last: FORMATS[0] };
  let number = 0;
  let from = 0;
  let pending = '';
  while (from < file.text.length) {
    const newline = file.text.indexOf('\n', from);
    const end = newline < 0 ? file.text.length : newline;
    number++;
    const raw = file.text.slice(from, Math.min(end, from + LONGEST_LINE));
    from = end + 1;
    const unwrapped = unwrap(raw);
    const last = from >= file.text.length;
    if (unwrapped.partial === true && !last) {
      if (pending.length < LONGEST_LINE) pending += unwrapped.text;
      continue;
    }
    const text = withoutColour(pending + unwrapped.text).trimEnd();
    pending = '';
    if (text === '') continue;
    const line = new LogLine(text, unwrapped.time);
    result.lines++;
    readLine(result, line, number, reader);
  }
  return result;
}

/** Colour and cursor codes (CSI sequences) that programs write for a terminal. */
const CSI = /\p{Cc}\[[\d;?]{0,20}[A-Za-z]/gu;

function withoutColour(text: string): string {
  return text.includes('\u001b[') ? text.replace(CSI, '') : text;
}

function readLine(result: FileDrafts, line: LogLine, number: number, reader: { last: LogFormat | undefined }): void {
  const drafts = recognise(line, result.file, reader);
  if (drafts === undefined) return;
  result.understood++;
  if (result.zoneMinutes === undefined) result.zoneMinutes = zoneOf(line.text);
  for (const draft of drafts) {
    result.drafts.push({ draft, at: placeOf(result.file, number, line.text) });
    result.stamps.push(draft.time ?? line.outerTime);
  }
}

/** Most lines are never quoted, so the quote is made when somebody asks for it. */
function placeOf(owner: LogFile, line: number, text: string): LogPlace {
  const { file, namespace, pod, container, previous } = owner;
  return {
    file,
    line,
    namespace,
    pod,
    container,
    previous,
    get quote(): string {
      return quoteOf(text);
    },
  };
}

/** The zone of a Common Log Format date: NGINX writes its error log in the same one, without saying so. */
function zoneOf(text: string): number | undefined {
  const match = /\d{4}:\d\d:\d\d:\d\d ([+-])(\d\d)(\d\d)\]/.exec(text.slice(0, 400));
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

/** Most files are of one format, so the one that matched last is asked first. */
function recognise(
  line: LogLine,
  file: LogFile,
  reader: { last: LogFormat | undefined },
): readonly Draft[] | undefined {
  const { last } = reader;
  if (last !== undefined && last.generality === undefined && last.sniff(line)) {
    const drafts = last.parse(line, file);
    if (drafts !== undefined) return drafts;
  }
  for (const format of FORMATS) {
    if (!format.sniff(line)) continue;
    const drafts = format.parse(line, file);
    if (drafts === undefined) continue;
    reader.last = format;
    return drafts;
  }
  return undefined;
}

function latestComplete(files: readonly FileDrafts[]): number | undefined {
  let latest: number | undefined;
  for (const { stamps, zoneMinutes } of files) {
    for (const stamp of stamps) {
      if (stamp === undefined) continue;
      const time = completeTime(stamp, zoneMinutes);
      if (time !== undefined && (latest === undefined || time > latest)) latest = time;
    }
  }
  return latest;
}

function completeTime(stamp: Stamp, zoneMinutes = 0): number | undefined {
  if (typeof stamp === 'number') return stamp;
  return stamp.lacks === 'zone' ? stamp.utc - zoneMinutes * 60_000 : undefined;
}

function settleFile(read: FileDrafts, near: number | undefined): { entries: LogEntry[]; coverage: LogCoverage } {
  const times = settleTimes(read.stamps, read.zoneMinutes, near);
  let from: number | undefined;
  let to: number | undefined;
  const entries = read.drafts.map(({ draft, at }, index): LogEntry => {
    const time = times[index];
    if (time === undefined) return withoutTime(draft, at);
    from = from === undefined || time < from ? time : from;
    to = to === undefined || time > to ? time : to;
    return Object.assign(draft, { at, time }) as LogEntry;
  });
  const { file, namespace, pod, container, previous, truncated } = read.file;
  const span = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const { lines, understood } = read;
  return { entries, coverage: { file, namespace, pod, container, previous, lines, understood, truncated, ...span } };
}

function withoutTime(draft: Draft, at: LogPlace): LogEntry {
  const { time: _unsettled, ...said } = draft;
  return { ...said, at } as LogEntry;
}
