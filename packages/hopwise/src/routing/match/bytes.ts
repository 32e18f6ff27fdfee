/**
 * Byte strings: one character per byte (0-255), the way a proxy without Unicode support sees a path. `toBytes` leaves
 * ASCII as it is, so most strings are returned unchanged.
 */
export function toBytes(text: string): string {
  if (isAscii(text)) return text;
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** The text that a byte string spells in UTF-8; bytes that are no UTF-8 are kept as they are. */
export function fromBytes(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  const raw = Uint8Array.from(bytes, (character) => character.charCodeAt(0) & 0xff);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return bytes;
  }
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** Lower case of A-Z only: what proxies do with hosts and case-insensitive paths. */
export function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : text;
}
