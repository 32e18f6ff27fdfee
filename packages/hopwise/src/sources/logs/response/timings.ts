/** What `curl -w` or `time` printed on a line of its own. */
export interface Timing {
  readonly totalMs?: number;
  readonly status?: number;
}

/**
 * Reads a line that is nothing but a measurement: `time_total: 30.187`, `real 0m30.1s`, `http_code: 504`, the JSON of
 * `-w '%{json}'`. Other measurements (`time_connect: 0.004`, `user 0m0.01s`) are recognised and say nothing that is kept.
 */
export function readTimings(line: string): Timing | undefined {
  const text = line.trim();
  if (text.startsWith('{')) return ofJson(text);
  if (text.length > 80) return undefined;
  const total =
    /^\*? ?"?(?:time_total|total_time|total time|elapsed)"?\s{0,8}[:=]\s{0,8}(\d{1,6}(?:\.\d{1,9})?) ?(s|ms)?,?$/i.exec(
      text,
    );
  if (total !== null) return { totalMs: Math.round(Number(total[1]) * (total[2]?.toLowerCase() === 'ms' ? 1 : 1000)) };
  const real = /^real\s{1,8}(?:(\d{1,6})m ?)?(\d{1,6}(?:[.,]\d{1,9})?)s?$/.exec(text);
  if (real !== null) {
    return { totalMs: Math.round((Number(real[1] ?? 0) * 60 + Number((real[2] ?? '0').replace(',', '.'))) * 1000) };
  }
  const status = /^(?:http_code|http_status|response_code|status_code)\s{0,8}[:=]\s{0,8}(\d{3})$/i.exec(text);
  if (status !== null) return { status: Number(status[1]) };
  return /^(?:time_[a-z]{3,20}\s{0,8}[:=]\s{0,8}\d{1,6}(?:\.\d{1,9})? ?s?|(?:user|sys)\s{1,8}(?:\d{1,6}m ?)?[\d.,]{1,12}s?)$/.test(
    text,
  )
    ? {}
    : undefined;
}

function ofJson(text: string): Timing | undefined {
  if (text.length > 8000 || !text.includes('"http_code"') || !text.endsWith('}')) return undefined;
  try {
    const parsed = JSON.parse(text) as { http_code?: unknown; time_total?: unknown };
    return {
      ...(typeof parsed.http_code === 'number' && parsed.http_code >= 100 ? { status: parsed.http_code } : {}),
      ...(typeof parsed.time_total === 'number' ? { totalMs: Math.round(parsed.time_total * 1000) } : {}),
    };
  } catch {
    return undefined;
  }
}
