import type { Json, JsonObject } from '../contract.ts';
import { isObject } from '../reading/object-identity.ts';
import { MARK, MARK_BASE64 } from '../redaction/mark.ts';
import { isConfigurationKey } from '../redaction/secret-names.ts';
import { AddressMap } from './addresses.ts';
import { DomainMap } from './domains.ts';
import { WordMap } from './words.ts';

/** What was replaced by what, for whoever has to translate an answer back. */
export interface Mapping {
  readonly words: Readonly<Record<string, string>>;
  readonly domains: Readonly<Record<string, string>>;
  readonly addresses: Readonly<Record<string, string>>;
}

/** What is to be replaced, as a WordCollector gathers it. */
export interface Names {
  readonly words: ReadonlySet<string>;
  readonly domains: ReadonlySet<string>;
}

/** Fields with words of the API, which mean the same in every cluster. */
const API_FIELDS: ReadonlySet<string> = new Set(
  'apiVersion kind type pathType protocol scheme phase reason status operator policyTypes restartPolicy dnsPolicy imagePullPolicy effect addressType appProtocol resourceVersion uid creationTimestamp controller controllerName terminationMessagePolicy sessionAffinity externalTrafficPolicy internalTrafficPolicy ipFamilyPolicy ipFamilies conditionType containerID'.split(
    ' ',
  ),
);
/** Maps whose keys people choose. */
const OPEN_MAPS: ReadonlySet<string> = new Set(
  'labels annotations matchLabels selector nodeSelector data stringData binaryData'.split(' '),
);
const CERTIFICATE = /-----BEGIN [A-Z ]{1,40}-----[A-Za-z0-9+/=\s\\]{1,131072}-----END [A-Z ]{1,40}-----/g;
/** base64 of a PEM block. */
const BASE64_PEM = /LS0tLS1CRUdJTi[A-Za-z0-9+/]{16,131072}={0,2}/g;

/** Replaces names and addresses by pseudonyms, the same everywhere, so that the answer to a request stays the same. */
export class Anonymizer {
  readonly #words: WordMap;
  readonly #domains: DomainMap;
  readonly #addresses: AddressMap;

  constructor(key: Buffer, { words, domains }: Names) {
    this.#words = new WordMap(key, words);
    this.#domains = new DomainMap(key, domains);
    this.#addresses = new AddressMap(key);
  }

  text(text: string): string {
    let plain = text;
    // Certificates name hosts and organisations where nobody can replace them.
    if (plain.includes('-----BEGIN')) plain = plain.replace(CERTIFICATE, MARK);
    if (plain.includes('LS0tLS1CRUdJTi')) plain = plain.replace(BASE64_PEM, MARK_BASE64);
    return this.#words.replace(this.#domains.replace(this.#addresses.replace(plain)));
  }

  object(raw: JsonObject): JsonObject {
    return this.#fields(raw, '');
  }

  mapping(): Mapping {
    const sorted = (map: ReadonlyMap<string, string>) =>
      Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
    return {
      words: sorted(this.#words.pseudonyms),
      domains: sorted(this.#domains.pseudonyms),
      addresses: sorted(this.#addresses.pseudonyms),
    };
  }

  #fields(object: JsonObject, parent: string): JsonObject {
    const isOpen = OPEN_MAPS.has(parent);
    return Object.fromEntries(
      Object.entries(object).map(([key, value]) => [
        isOpen && !isConfigurationKey(key) ? this.text(key) : key,
        !isOpen && API_FIELDS.has(key) && !isObject(value) ? value : this.#value(value, key),
      ]),
    );
  }

  #value(value: Json | undefined, key: string): Json | undefined {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#value(item, key) ?? null);
    return isObject(value) ? this.#fields(value, key) : value;
  }
}
