import type { LogEntry, LogFile } from '../observations.ts';
import type { LogLine } from './line.ts';
import type { Stamp } from './timestamp.ts';

type WithoutPlace<T> = T extends unknown ? Omit<T, 'at' | 'time'> & { readonly time?: Stamp } : never;

/** What a format makes of a line; the reader adds the place and settles the time. */
export type Draft = WithoutPlace<LogEntry>;
export type DraftOf<T extends LogEntry['type']> = Extract<Draft, { readonly type: T }>;

/** The file a line is from, for formats whose meaning hangs on which container wrote it. */
export type LineOwner = Pick<LogFile, 'namespace' | 'pod' | 'container'>;

/**
 * One log format. `sniff` is a cheap test (first character, `includes`) that may let strangers through; `parse` decides.
 * It answers undefined for a line of another format, and an empty list for a line of its own that says nothing to keep.
 */
export interface LogFormat {
  readonly id: string;
  /** Formats are tried in ascending order of this (0 when not said): a general one's lines could begin a richer one's. */
  readonly generality?: 1 | 2;
  sniff(line: LogLine): boolean;
  parse(line: LogLine, owner: LineOwner): readonly Draft[] | undefined;
}
