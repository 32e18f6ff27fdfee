/** An IP address as 32-bit words: one for IPv4, four for IPv6. IPv4-mapped IPv6 counts as IPv4, as in Go's net package. */
export interface Address {
  readonly family: 4 | 6;
  readonly words: readonly number[];
  readonly text: string;
}

export interface Block {
  readonly base: Address;
  readonly prefix: number;
}

/** Undefined for anything that is not one plain address (zones, leading zeros and octets above 255 included). */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  if (!text.includes(':')) {
    const word = parseIPv4(text);
    return word === undefined ? undefined : { family: 4, words: [word], text };
  }
  const words = parseIPv6(text);
  if (words === undefined) return undefined;
  const [first, second, third, last] = words;
  if (first === 0 && second === 0 && third === 0xffff) return { family: 4, words: [last ?? 0], text };
  return { family: 6, words, text };
}

const MOST_REMEMBERED = 20_000;
const REMEMBERED = new Map<string, Block | undefined>();

/** As `parseBlock`, remembering texts: policies hold few blocks and are asked about many addresses. */
export function knownBlock(text: string): Block | undefined {
  if (REMEMBERED.has(text)) return REMEMBERED.get(text);
  const block = parseBlock(text);
  if (REMEMBERED.size >= MOST_REMEMBERED) REMEMBERED.clear();
  REMEMBERED.set(text, block);
  return block;
}

/** Undefined when it is not `address/prefix`. Bits behind the prefix are ignored, as the API server accepts them. */
export function parseBlock(text: string): Block | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const base = parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (base === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(digits)) return undefined;
  const prefix = Number(digits);
  return prefix > base.words.length * 32 ? undefined : { base, prefix };
}

export function contains(block: Block, address: Address): boolean {
  if (block.base.family !== address.family) return false;
  let left = block.prefix;
  for (let index = 0; left > 0; index++) {
    const difference = (block.base.words[index] ?? 0) ^ (address.words[index] ?? 0);
    if (left >= 32) {
      if (difference !== 0) return false;
    } else if (difference >>> (32 - left) !== 0) return false;
    left -= 32;
  }
  return true;
}

export function sameAddress(left: Address, right: Address): boolean {
  return left.family === right.family && left.words.every((word, index) => word === right.words[index]);
}

function parseIPv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let word = 0;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part)) return undefined;
    const octet = Number(part);
    if (octet > 255) return undefined;
    word = word * 256 + octet;
  }
  return word >>> 0;
}

function parseIPv6(text: string): readonly number[] | undefined {
  const gap = text.indexOf('::');
  if (gap >= 0 && text.indexOf('::', gap + 1) >= 0) return undefined;
  const head = groupsOf(gap < 0 ? text : text.slice(0, gap), gap < 0);
  const tail = gap < 0 ? [] : groupsOf(text.slice(gap + 2), true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (gap < 0 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return [0, 2, 4, 6].map((index) => (((groups[index] ?? 0) << 16) | (groups[index + 1] ?? 0)) >>> 0);
}

/** The 16-bit groups of one side of `::`; the last side may end in dotted IPv4. */
function groupsOf(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (last && index === parts.length - 1 && part.includes('.')) {
      const word = parseIPv4(part);
      if (word === undefined) return undefined;
      groups.push(word >>> 16, word & 0xffff);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
