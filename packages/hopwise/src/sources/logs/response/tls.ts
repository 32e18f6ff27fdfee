import type { TlsObservation } from '../../observations.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** What one of curl's TLS notes says: subject, issuer, expiry, protocol agreed by ALPN. */
export function readTlsLine(note: string): TlsObservation {
  const text = note.trim();
  if (text.startsWith('subject: ')) return { subject: text.slice(9, 1000) };
  if (text.startsWith('issuer: ')) return { issuer: text.slice(8, 1000) };
  const alpn =
    /^ALPN: server accepted ([\w./-]{1,20})/.exec(text) ?? /^ALPN, server accepted to use ([\w./-]{1,20})/.exec(text);
  if (alpn !== null) return { alpn: alpn[1] ?? '' };
  const expires = text.startsWith('expire date: ') ? readOpensslDate(text.slice(13)) : undefined;
  return expires === undefined ? {} : { expires };
}

/** `Aug 19 07:39:21 2026 GMT` */
function readOpensslDate(text: string): number | undefined {
  const match = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}) GMT/.exec(text);
  const month = match === null ? -1 : MONTHS.indexOf(match[1] ?? '');
  if (match === null || month < 0) return undefined;
  return Date.UTC(Number(match[6]), month, Number(match[2]), Number(match[3]), Number(match[4]), Number(match[5]));
}
