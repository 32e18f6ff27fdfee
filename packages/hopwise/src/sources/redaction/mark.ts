/** Stands in place of what was taken out. */
export const MARK = 'REDACTED';
/** What the capture contract puts in place of a Secret's value: base64 of the mark. */
export const MARK_BASE64 = 'UkVEQUNURUQ=';

/**
 * A mark as long as what it replaces. Used in logs and responses, where sizes matter to the diagnosis: a request line, a
 * cookie or an authorization that does not fit into a proxy's header buffer is a cause of 400, 414, 431 and 502.
 */
export function markOfLength(length: number): string {
  return length < MARK.length ? 'x'.repeat(length) : MARK + 'x'.repeat(length - MARK.length);
}

/** Was this put there by an earlier redaction? Redacting twice then changes nothing. */
export function isMark(value: string): boolean {
  return /^(?:REDACTED|<redacted>|UkVEQUNURUQ=|\(redacted\))x*$/.test(value) || /^x{1,7}$/.test(value);
}
