import type { LogEvidence } from '../model/evidence.ts';
import type { LogEntry } from '../sources/observations.ts';

/** Quotes a log line as evidence; `count` says how many lines say the same. */
export function logEvidence(entry: LogEntry, text: string, count?: number): LogEvidence {
  return {
    type: 'log',
    text,
    file: entry.at.file,
    line: entry.at.line,
    ...(entry.time === undefined ? {} : { time: entry.time }),
    quote: entry.at.quote,
    ...(count === undefined || count < 2 ? {} : { count }),
  };
}
