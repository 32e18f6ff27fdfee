import type { SeriesPoint } from '../../observations.ts';
import { readHeadTime, type Stamp } from '../timestamp.ts';

/** A status of a loop; its time may still lack the date. A status of 0 is curl's `000`: nothing answered. */
export interface LoopPoint extends Omit<SeriesPoint, 'time'> {
  readonly stamp?: Stamp;
}

const LEAD = String.raw`(?:(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)? {1,4})?`;
const NUMBER = String.raw`(?:#?\d{1,6}[.:)] {0,4}|req(?:uest)? ?#?\d{1,6}[:\s] {0,4})?`;
const STATUS = String.raw`(?:HTTP(?:\/\d(?:\.\d)?)? ?|status[:=]? ?|http_code[:=] ?|code[:=] ?)?(000|[1-5]\d\d)`;
const REASON = '(?: [A-Z][A-Za-z -]{1,40})?';
const TIME = String.raw`(?:[ ,;|\t]{1,4}(?:in |time(?:_total)?[:=] ?|total[:=] ?)?(\d{1,6}(?:[.,]\d{1,9})?) ?(ms|s|sec|seconds)?)?`;
const LINE = new RegExp(`^${LEAD}${NUMBER}${STATUS}${REASON}${TIME}\\s{0,8}$`, 'i');
/** Several statuses on one line: `200 200 503 200`. */
const ROW = /^(?:(?:000|[1-5]\d\d)[ ,\t]{1,4}){1,500}(?:000|[1-5]\d\d)\s{0,8}$/;
/** `  [503] 42 responses` (hey) and `  503 (42)`-like tallies. */
const TALLY = /^\s{0,8}\[([1-5]\d\d)\]\s{1,8}(\d{1,9}) responses$/;
/** `502 connect=0.012 ttfb=0.020 total=0.031`: a format of somebody's own, every number with its name. */
const NAMED = /^(?:[a-z_]{2,16}[=:] ?)?([1-5]\d\d)((?:[ ,;|\t]{1,4}[a-z_]{2,20}[=:] ?\d{1,6}(?:\.\d{1,9})?s?){1,12})$/i;
/** vegeta: `Status Codes  [code:count]  200:95  502:5`. */
const VEGETA = /^Status Codes\s{1,8}\[code:count\]\s{1,8}((?:\d{1,3}:\d{1,9}\s{0,8}){1,40})$/;
const MOST_OF_A_TALLY = 10_000;

/** The statuses a line of a request loop prints; undefined for any other line. */
export function readSeriesLine(line: string): LoopPoint[] | undefined {
  const trimmed = line.trim();
  if (trimmed.length > 2000 || !/000|[1-5]\d\d/.test(trimmed)) return undefined;
  if (ROW.test(trimmed)) return trimmed.split(/[ ,\t]{1,4}/).map((status) => ({ status: Number(status) }));
  const tally = TALLY.exec(line);
  if (tally !== null) {
    return repeated(Number(tally[1]), Number(tally[2]));
  }
  const vegeta = VEGETA.exec(trimmed);
  if (vegeta !== null) {
    return (vegeta[1] ?? '')
      .trim()
      .split(/\s{1,8}/)
      .flatMap((pair) => {
        const [status, count] = pair.split(':').map(Number);
        return repeated(status ?? 0, count ?? 0);
      });
  }
  const named = NAMED.exec(trimmed);
  if (named !== null) {
    const total = /total[=:] ?(\d{1,6}(?:\.\d{1,9})?)/i.exec(named[2] ?? '');
    return [{ status: Number(named[1]), ...(total === null ? {} : { seconds: Number(total[1]) }) }];
  }
  const match = LINE.exec(trimmed);
  if (match === null) return undefined;
  const seconds = secondsOf(match[2], match[3]);
  const stamp = readHeadTime(trimmed);
  return [
    {
      status: Number(match[1]),
      ...(seconds === undefined ? {} : { seconds }),
      ...(stamp === undefined ? {} : { stamp }),
    },
  ];
}

function repeated(status: number, count: number): LoopPoint[] {
  return new Array<LoopPoint>(Math.min(count, MOST_OF_A_TALLY)).fill({ status });
}

function secondsOf(digits: string | undefined, unit: string | undefined): number | undefined {
  if (digits === undefined) return undefined;
  const value = Number(digits.replace(',', '.'));
  return unit?.toLowerCase() === 'ms' ? value / 1000 : value;
}
