import type { ListenEntry, LogEntry } from '../observations.ts';

/** How many lines behind the URL of a dev server its remark about the network stands at most. */
const NEARBY = 3;

/**
 * Vite and its like print `Local: http://localhost:5173/` whatever they bind, and then either a network address or that there
 * is none: only the latter makes the first a loopback listener. The remark has no port and goes once it is used.
 */
export function joinListeners(entries: readonly LogEntry[]): LogEntry[] {
  const result: LogEntry[] = [];
  for (const entry of entries) {
    const shown = isRemark(entry) ? shownBefore(result, entry) : -1;
    const before = result[shown];
    if (before?.type === 'listen') result[shown] = { ...before, address: 'localhost' };
    else result.push(entry);
  }
  return result;
}

function isRemark(entry: LogEntry): entry is ListenEntry {
  return entry.type === 'listen' && entry.port === undefined && entry.address === 'localhost';
}

/** Index of the URL the remark is about, -1 when none stands near: only the last few entries can be that near. */
function shownBefore(entries: readonly LogEntry[], remark: ListenEntry): number {
  for (let index = entries.length - 1; index >= Math.max(0, entries.length - NEARBY); index--) {
    const before = entries[index];
    if (before === undefined || remark.at.line - before.at.line > NEARBY) return -1;
    if (before.type === 'listen' && before.port !== undefined && before.address === '') return index;
  }
  return -1;
}
