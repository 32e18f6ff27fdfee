/** Milliseconds from a line that is nothing but a total time: `time_total: 30.187`, `real 0m30.1s`, `Total: 30.1s`. */
export function readTimings(line: string): number | undefined {
  const text = line.trim();
  if (text.length > 80) return undefined;
  const named =
    /^\*? ?"?(?:time_total|total_time|total time|elapsed)"?\s{0,8}[:=]\s{0,8}(\d{1,6}(?:\.\d{1,9})?) ?(s|ms)?,?$/i.exec(
      text,
    );
  if (named !== null) return Math.round(Number(named[1]) * (named[2]?.toLowerCase() === 'ms' ? 1 : 1000));
  const real = /^real\s{1,8}(?:(\d{1,6})m)?(\d{1,6}(?:[.,]\d{1,9})?)s?$/.exec(text);
  if (real === null) return undefined;
  return Math.round((Number(real[1] ?? 0) * 60 + Number((real[2] ?? '0').replace(',', '.'))) * 1000);
}
