import type { SeriesPoint } from '../../observations.ts';

const LEAD = String.raw`(?:(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)? {1,4})?`;
const NUMBER = String.raw`(?:#?\d{1,6}[.:)] {0,4}|req(?:uest)? ?#?\d{1,6}[:\s] {0,4})?`;
const STATUS = String.raw`(?:HTTP(?:\/\d(?:\.\d)?)? ?|status[:=]? ?|http_code[:=] ?|code[:=] ?)?([1-5]\d\d)`;
const REASON = '(?: [A-Z][A-Za-z -]{1,40})?';
const TIME = String.raw`(?:[ ,;|\t]{1,4}(?:in |time(?:_total)?[:=] ?|total[:=] ?)?(\d{1,6}(?:[.,]\d{1,9})?) ?(ms|s|sec|seconds)?)?`;
const LINE = new RegExp(`^${LEAD}${NUMBER}${STATUS}${REASON}${TIME}\\s{0,8}$`, 'i');
/** Several statuses on one line: `200 200 503 200`. */
const ROW = /^(?:[1-5]\d\d[ ,\t]{1,4}){1,500}[1-5]\d\d\s{0,8}$/;
/** `  [503] 42 responses` (hey) and `  503 (42)`-like tallies. */
const TALLY = /^\s{0,8}\[([1-5]\d\d)\]\s{1,8}(\d{1,9}) responses$/;
const MOST_OF_A_TALLY = 10_000;

/** The statuses a line of a request loop prints; undefined for any other line. */
export function readSeriesLine(line: string): SeriesPoint[] | undefined {
  const trimmed = line.trim();
  if (trimmed.length > 2000 || !/[1-5]\d\d/.test(trimmed)) return undefined;
  if (ROW.test(trimmed)) return trimmed.split(/[ ,\t]{1,4}/).map((status) => ({ status: Number(status) }));
  const tally = TALLY.exec(line);
  if (tally !== null) {
    const point = { status: Number(tally[1]) };
    return new Array<SeriesPoint>(Math.min(Number(tally[2]), MOST_OF_A_TALLY)).fill(point);
  }
  const match = LINE.exec(trimmed);
  if (match === null) return undefined;
  const seconds = secondsOf(match[2], match[3]);
  return [{ status: Number(match[1]), ...(seconds === undefined ? {} : { seconds }) }];
}

function secondsOf(digits: string | undefined, unit: string | undefined): number | undefined {
  if (digits === undefined) return undefined;
  const value = Number(digits.replace(',', '.'));
  return unit?.toLowerCase() === 'ms' ? value / 1000 : value;
}
