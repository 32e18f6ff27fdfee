import type { Ingress } from '../../../model/kinds/ingress.ts';
import { parseGoBool, parseGoInt } from './go-values.ts';

/**
 * What reading an annotation gives. `refused` is a value its validator does not accept (only with annotation validation
 * on), `unreadable` one that cannot be parsed; some features drop the whole Ingress for the former, most fall back.
 */
export type Read<T> =
  | { readonly state: 'set'; readonly value: T; readonly key: string }
  | { readonly state: 'missing' }
  | { readonly state: 'refused'; readonly key: string; readonly text: string }
  | { readonly state: 'unreadable'; readonly key: string; readonly text: string };

const MISSING = { state: 'missing' } as const;

export type Validator = (text: string) => boolean;

/** An annotation whose value could not be used. */
export interface UnusableValue {
  readonly key: string;
  readonly name: string;
  readonly text: string;
}

/** Reads annotations as ingress-nginx does (internal/ingress/annotations/parser: main.go and validators.go). */
export class AnnotationReader {
  readonly ingress: Ingress;
  readonly prefix: string;
  readonly #validate: boolean;
  readonly #unusable = new Map<string, UnusableValue>();
  readonly #own = new Map<string, string>();

  constructor(ingress: Ingress, prefix: string, validate: boolean) {
    this.ingress = ingress;
    this.prefix = prefix;
    this.#validate = validate;
    for (const [key, value] of Object.entries(ingress.annotations)) {
      if (key.startsWith(`${prefix}/`)) this.#own.set(key.slice(prefix.length + 1), value);
    }
  }

  /** Annotations of this controller, by name without prefix. */
  get own(): ReadonlyMap<string, string> {
    return this.#own;
  }

  text(name: string, accept: Validator, aliases: readonly string[] = []): Read<string> {
    const raw = this.#raw(name, accept, aliases);
    if (raw.state !== 'set') return raw;
    const value = raw.value
      .split('\n')
      .map((line) => line.trim())
      .join('\n');
    return value === '' ? this.#unreadable(name, raw) : { ...raw, value };
  }

  bool(name: string): Read<boolean> {
    return this.#parsed(name, parseGoBool);
  }

  int(name: string): Read<number> {
    return this.#parsed(name, parseGoInt);
  }

  /** Annotation key as it stands on the object. */
  key(name: string): string {
    return `${this.prefix}/${name}`;
  }

  #parsed<T>(name: string, parse: (text: string) => T | undefined): Read<T> {
    const raw = this.#raw(name, (text) => parse(text) !== undefined, []);
    if (raw.state !== 'set') return raw;
    const value = parse(raw.value);
    return value === undefined ? this.#unreadable(name, raw) : { ...raw, value };
  }

  /** Values met so far that nothing could be made of. */
  unusable(): readonly UnusableValue[] {
    return [...this.#unusable.values()];
  }

  #unreadable(name: string, raw: { readonly key: string; readonly value: string }): Read<never> {
    this.#unusable.set(raw.key, { key: raw.key, name, text: raw.value });
    return { state: 'unreadable', key: raw.key, text: raw.value };
  }

  #raw(name: string, accept: Validator, aliases: readonly string[]): Read<string> {
    if (this.#own.size === 0) return MISSING;
    const used = [name, ...aliases].find((candidate) => (this.#own.get(candidate) ?? '') !== '') ?? name;
    const text = this.#own.get(used);
    if (text === undefined) return MISSING;
    const key = this.key(used);
    // Empty values are never validated (checkAnnotation).
    if (this.#validate && text !== '' && !accept(text)) {
      this.#unusable.set(key, { key, name, text });
      return { state: 'refused', key, text };
    }
    return { state: 'set', value: text, key };
  }
}

/** The value when it could be read, else the fallback. */
export function valueOr<T>(read: Read<T>, fallback: T): T {
  return read.state === 'set' ? read.value : fallback;
}
