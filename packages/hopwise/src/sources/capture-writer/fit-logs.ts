import type { ReadProblem } from '../contract.ts';
import { logPath } from './entries.ts';
import type { Spool, SpooledLog } from './spool.ts';

/** A log and the byte from which on it is kept. */
export interface FittedLog {
  readonly log: SpooledLog;
  readonly from: number;
}

export interface Fit {
  readonly logs: readonly FittedLog[];
  readonly problems: readonly ReadProblem[];
}

/** What a tar header and its padding come to once compressed, about. */
const OVERHEAD = 160;

interface Measured {
  readonly log: SpooledLog;
  readonly packed: number;
}

/** How many bytes some text takes in the capture. */
export type Measure = (bytes: Uint8Array) => number;

/**
 * Cuts logs until all of them fit into `budget` bytes, as `sizeOf` counts them: the largest first, and of each its oldest lines,
 * since a failure shows at the end. Small logs stay whole. Every cut is named.
 */
export function fitLogs(
  spool: Spool,
  logs: readonly SpooledLog[],
  budget: number,
  sizeOf: Measure,
  signal: AbortSignal,
): Fit {
  const measured = logs.map((log): Measured => {
    signal.throwIfAborted();
    return { log, packed: sizeOf(spool.readLog(log)) + OVERHEAD };
  });
  const total = measured.reduce((sum, { packed }) => sum + packed, 0);
  const share = total <= budget ? Number.POSITIVE_INFINITY : shareOf(measured, budget);
  const problems: ReadProblem[] = [];
  const fitted: FittedLog[] = [];
  for (const { log, packed } of measured) {
    const from = packed <= share ? 0 : cutTo(spool.readLog(log), Math.max(0, share - OVERHEAD), sizeOf);
    if (from > 0) {
      const what = from === log.length ? 'was left out' : `lacks its oldest ${from} of ${log.length} bytes`;
      problems.push({ file: logPath(log), message: `${what}: the capture would be larger than --max-size` });
    }
    if (from < log.length || log.length === 0) fitted.push({ log, from });
  }
  return { logs: fitted, problems };
}

/** The largest size that every log may have so that all of them fit. */
function shareOf(measured: readonly Measured[], budget: number): number {
  const sizes = measured.map(({ packed }) => packed).sort((a, b) => a - b);
  let left = Math.max(0, budget);
  for (const [index, size] of sizes.entries()) {
    const share = left / (sizes.length - index);
    if (size > share) return share;
    left -= size;
  }
  return Number.POSITIVE_INFINITY;
}

/** The start of a line from which on the log takes at most `limit` bytes; its length when nothing fits. */
function cutTo(bytes: Buffer, limit: number, sizeOf: Measure): number {
  let keep = bytes.length;
  for (let tries = 0; tries < 12; tries++) {
    const packed = sizeOf(bytes.subarray(bytes.length - keep));
    if (packed <= limit) {
      const from = bytes.length - keep;
      return from === 0 ? 0 : startOfLine(bytes, from);
    }
    keep = Math.floor(Math.min(keep * 0.9, (keep * limit * 0.97) / packed));
    if (keep < 128) break;
  }
  return bytes.length;
}

function startOfLine(bytes: Buffer, from: number): number {
  if (bytes[from - 1] === 0x0a) return from;
  const next = bytes.indexOf(0x0a, from);
  return next < 0 ? bytes.length : next + 1;
}
