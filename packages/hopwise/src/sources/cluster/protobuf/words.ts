/*
 * Most text of a cluster is the same few words: label keys, image names, node names, reasons. Words that were seen are
 * found again by their bytes, which costs less than making the string anew and lets 150,000 Pods share it.
 */

/** Longer text is rarely repeated. */
const LONGEST = 96;
/** A power of two: a word's place is its hash modulo this. A later word takes the place of an earlier one. */
const PLACES = 65_536;

const places: (string | undefined)[] = [];

/** The text of `bytes` from `start` to `end` (UTF-8), the same string for the same bytes where it is still known. */
export function readWord(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > LONGEST) return bytes.toString('utf8', start, end);
  // FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/
  let hash = 0x811c9dc5;
  let seen = 0;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] as number;
    seen |= byte;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  // Only ASCII can be compared byte by byte with a string.
  if (seen >= 0x80) return bytes.toString('utf8', start, end);
  const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
  const known = places[place];
  if (known !== undefined && known.length === length && isSame(known, bytes, start)) return known;
  if (places.length === 0) places.length = PLACES;
  const word = bytes.toString('latin1', start, end);
  places[place] = word;
  return word;
}

function isSame(word: string, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < word.length; index++) {
    if (word.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
