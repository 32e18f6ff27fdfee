import { createHmac } from 'node:crypto';
import { VOCABULARY } from './vocabulary.ts';

/** Runs of letters of one case: `storefrontService` is two words, `DB_HOST` too. */
const WORD = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g;
/** Made by Kubernetes: suffixes of ReplicaSets and Pods, digests, ids. */
const RANDOM = /^(?=[a-z0-9]*\d)[bcdfghjklmnpqrstvwxz2456789]{4,10}$|^[0-9a-f]{7,}$/;

/** The words of a name that say whose it is, in lower case. */
export function tellingWords(name: string): string[] {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => !RANDOM.test(part))
    .flatMap((part) => part.match(WORD) ?? [])
    .map((word) => word.toLowerCase())
    .filter((word) => word.length > 2 && !VOCABULARY.has(word));
}

const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';

/**
 * A pseudonym for each telling word: of the same length, so that sizes and cut-off names stay right, the same for the same
 * key, and none of them a word that means something or another pseudonym.
 */
export class WordMap {
  readonly pseudonyms: ReadonlyMap<string, string>;

  constructor(key: Buffer, words: ReadonlySet<string>) {
    const taken = new Set<string>();
    const map = new Map<string, string>();
    // Sorted, so that who gives way to whom does not depend on the order of reading.
    for (const word of [...words].sort()) {
      let pseudonym = invent(key, word, 0);
      for (let tries = 1; taken.has(pseudonym) || words.has(pseudonym) || VOCABULARY.has(pseudonym); tries++) {
        // A short word may find every pseudonym of its length taken.
        pseudonym = invent(key, word, tries) + (tries > 50 ? invent(key, word, tries + 1).slice(0, 2) : '');
      }
      taken.add(pseudonym);
      map.set(word, pseudonym);
    }
    this.pseudonyms = map;
  }

  /** The text with every telling word replaced, its case kept. */
  replace(text: string): string {
    return text.replace(WORD, (word) => {
      const pseudonym = this.pseudonyms.get(word.toLowerCase());
      if (pseudonym === undefined) return word;
      if (word === word.toLowerCase()) return pseudonym;
      if (word === word.toUpperCase()) return pseudonym.toUpperCase();
      return pseudonym.charAt(0).toUpperCase() + pseudonym.slice(1);
    });
  }
}

function invent(key: Buffer, word: string, attempt: number): string {
  let bytes = createHmac('sha256', key).update(`word ${attempt} ${word}`).digest();
  while (bytes.length < word.length) bytes = Buffer.concat([bytes, createHmac('sha256', key).update(bytes).digest()]);
  let out = '';
  for (let at = 0; at < word.length; at++) {
    const letters = at % 2 === 0 ? CONSONANTS : VOWELS;
    out += letters.charAt((bytes[at] ?? 0) % letters.length);
  }
  return out;
}
