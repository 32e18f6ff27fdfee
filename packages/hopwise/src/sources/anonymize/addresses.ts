import { createHmac } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

/**
 * Prefix-preserving pseudonyms of IP addresses, after Xu, Fan, Ammar and Moon, "Prefix-Preserving IP Address Anonymization"
 * (Crypto-PAn, 2002), with HMAC-SHA256 as the random function: two addresses that share their first n bits still do, so
 * CIDRs of policies, Pods and nodes hold the same addresses as before. What an address is for stays visible: private,
 * loopback, link-local and multicast ranges keep their prefix, and every address its family and first byte (IPv6: first two).
 */
export class AddressMap {
  readonly #key: Buffer;
  readonly #flips = new Map<string, number>();
  readonly #seen = new Map<string, string>();

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** What was replaced so far, original to pseudonym. */
  get pseudonyms(): ReadonlyMap<string, string> {
    return this.#seen;
  }

  /** The text with every address and CIDR replaced. */
  replace(text: string): string {
    let out = text;
    if (/\d\.\d/.test(out))
      out = out.replace(V4, (_, address: string, length: string | undefined) => this.#v4(address, length));
    if (/\d-\d{1,3}-\d/.test(out)) out = out.replace(V4_DASHED, (address) => this.#dashed(address));
    if (/:[0-9a-f]*:/i.test(out)) {
      out = out.replace(V6, (whole, address: string, length: string | undefined) =>
        isIPv6(address) ? this.#v6(address, length) : whole,
      );
    }
    return out;
  }

  #v4(address: string, length: string | undefined): string {
    const suffix = length === undefined ? '' : `/${length}`;
    if (!isIPv4(address)) return address + suffix;
    const bytes = address.split('.').map(Number);
    const mapped = this.#bits(bytes, keptV4(bytes[0] ?? 0), maskOf(bytes, length, 32)).join('.');
    if (mapped !== address) this.#seen.set(address, mapped);
    return mapped + suffix;
  }

  #dashed(address: string): string {
    const dotted = address.replaceAll('-', '.');
    return isIPv4(dotted) ? this.#v4(dotted, undefined).replaceAll('.', '-') : address;
  }

  #v6(address: string, length: string | undefined): string {
    const suffix = length === undefined ? '' : `/${length}`;
    const bytes = parseV6(address);
    if (bytes === undefined || isLocalV6(bytes)) return address + suffix;
    const mapped = writeV6(this.#bits(bytes, 16, maskOf(bytes, length, 128)));
    if (mapped !== address) this.#seen.set(address, mapped);
    return mapped + suffix;
  }

  /** Flips every bit behind the first `kept`, by what stands before it; bits behind `mask` are host bits that are not set. */
  #bits(bytes: readonly number[], kept: number, mask: number): number[] {
    const out = [...bytes];
    let prefix = `${bytes.length}:`;
    for (let bit = 0; bit < Math.min(bytes.length * 8, mask); bit++) {
      const value = ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
      if (bit >= kept && this.#flip(prefix) === 1) out[bit >> 3] = (out[bit >> 3] ?? 0) ^ (1 << (7 - (bit & 7)));
      prefix += value;
    }
    return out;
  }

  #flip(prefix: string): number {
    const known = this.#flips.get(prefix);
    if (known !== undefined) return known;
    const flip = (createHmac('sha256', this.#key).update(`address ${prefix}`).digest()[0] ?? 0) & 1;
    this.#flips.set(prefix, flip);
    return flip;
  }
}

/** Not behind a letter and a slash: `Chrome/120.0.0.0` is a version. */
const V4 = /(?<![\d.A-Za-z]|[A-Za-z]\/)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:\/(\d{1,2})(?!\d))?(?![\d]|\.\d)/g;
/** `ip-10-0-1-5`, `10-244-0-7.shop.pod.cluster.local`. */
const V4_DASHED = /(?<![\d-])\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}(?![\d-])/g;
const V6 =
  /(?<![0-9A-Za-z:.])([0-9a-fA-F]{0,4}:[0-9a-fA-F:]{1,34}(?:\d{1,3}(?:\.\d{1,3}){3})?)(?:\/(\d{1,3}))?(?![0-9A-Za-z:])/g;

/** How many leading bits of an IPv4 address stay: enough that no range with a meaning of its own is left or entered. */
function keptV4(first: number): number {
  if (first === 0 || first === 127 || first >= 224) return 32;
  if (first === 172) return 12;
  if (first === 100) return 10;
  if (first === 192 || first === 198) return 16;
  return first === 169 ? 32 : 8;
}

/** Of a network (no host bit is set) only the prefix is mapped. */
function maskOf(bytes: readonly number[], length: string | undefined, most: number): number {
  const prefix = length === undefined ? most : Number(length);
  if (prefix > most) return most;
  const isNetwork = bytes.every((byte, index) => (byte & (0xff >> Math.min(8, Math.max(0, prefix - index * 8)))) === 0);
  return isNetwork ? prefix : most;
}

function isLocalV6(bytes: readonly number[]): boolean {
  const first = bytes[0] ?? 0;
  const linkLocal = first === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80;
  return linkLocal || first === 0xff || bytes.slice(0, 10).every((byte) => byte === 0);
}

function parseV6(address: string): number[] | undefined {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): number[] =>
    text === ''
      ? []
      : text
          .split(':')
          .flatMap((group) =>
            group.includes('.')
              ? group.split('.').map(Number)
              : [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255],
          );
  const [start, end] = [groups(head), tail === undefined ? [] : groups(tail)];
  const bytes = [...start, ...new Array<number>(Math.max(0, 16 - start.length - end.length)).fill(0), ...end];
  return bytes.length === 16 ? bytes : undefined;
}

/** RFC 5952: lower case, the longest run of two or more zero groups left out. */
function writeV6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16),
  );
  const runs = [
    ...groups
      .map((group) => (group === '0' ? '0' : '1'))
      .join('')
      .matchAll(/0{2,}/g),
  ];
  const longest = runs.toSorted((a, b) => b[0].length - a[0].length)[0];
  if (longest === undefined) return groups.join(':');
  return `${groups.slice(0, longest.index).join(':')}::${groups.slice(longest.index + longest[0].length).join(':')}`;
}
