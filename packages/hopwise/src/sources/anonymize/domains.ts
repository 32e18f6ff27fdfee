import { createHmac } from 'node:crypto';
import { VOCABULARY } from './vocabulary.ts';
import { tellingWords } from './words.ts';

/** Domains that are the same for everybody: of Kubernetes, of registries and clouds, of documentation. */
const SHARED =
  /(?:^|\.)(?:cluster\.local|kubernetes\.io|k8s\.io|github\.com|github\.io|docker\.io|docker\.com|quay\.io|gcr\.io|ghcr\.io|pkg\.dev|mcr\.microsoft\.com|azurecr\.io|googleapis\.com|gstatic\.com|amazonaws\.com|azure\.com|azure\.net|cloudapp\.net|cloudflare\.com|letsencrypt\.org|example\.(?:com|net|org)|nip\.io|sslip\.io|nginx\.(?:org|com)|haproxy\.org|traefik\.io|konghq\.com|envoyproxy\.io|istio\.io|golang\.org|w3\.org)$/;
/** Names may also end in any two letters; those left out are too often namespaces (`cart.shop`). */
const TOP_LEVEL: ReadonlySet<string> = new Set(
  'com net org info biz dev app cloud online site tech xyz edu gov mil int corp lan intra intranet'.split(' '),
);
/** Second-level labels under which a country registers names: `co.uk`, `com.au`. */
const REGISTRIES: ReadonlySet<string> = new Set(['co', 'com', 'org', 'net', 'ac', 'gov', 'edu']);

/** The part of a host that somebody registered, when the words in it would not give it a pseudonym anyway. */
export function plainDomain(host: string): string | undefined {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  const top = labels.at(-1) ?? '';
  if (labels.length < 2 || !(/^[a-z]{2}$/.test(top) || TOP_LEVEL.has(top)) || SHARED.test(labels.join('.')))
    return undefined;
  const size = top.length === 2 && REGISTRIES.has(labels.at(-2) ?? '') && labels.length > 2 ? 3 : 2;
  const domain = labels.slice(-size);
  return tellingWords(domain[0] ?? '').length > 0 ? undefined : domain.join('.');
}

/** Pseudonyms for registered domains that are made of common words (`edge-cloud.com`), also written with dashes. */
export class DomainMap {
  readonly pseudonyms: ReadonlyMap<string, string>;
  readonly #pattern: RegExp | undefined;

  constructor(key: Buffer, domains: ReadonlySet<string>) {
    const map = new Map<string, string>();
    for (const domain of [...domains].sort()) {
      const dot = domain.indexOf('.');
      const pseudonym = invent(key, domain.slice(0, dot)) + domain.slice(dot);
      map.set(domain, pseudonym);
      map.set(domain.replaceAll('.', '-'), pseudonym.replaceAll('.', '-'));
    }
    this.pseudonyms = map;
    const longestFirst = [...map.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    const choices = longestFirst.map((name) => name.replaceAll('.', '\\.')).join('|');
    this.#pattern = map.size === 0 ? undefined : new RegExp(`(?<![A-Za-z0-9])(?:${choices})(?![A-Za-z0-9])`, 'gi');
  }

  replace(text: string): string {
    if (this.#pattern === undefined) return text;
    return text.replace(this.#pattern, (name) => this.pseudonyms.get(name.toLowerCase()) ?? name);
  }
}

/** Letters only, so that the label stays one, and a word that means something never comes out. */
function invent(key: Buffer, label: string): string {
  for (let attempt = 0; ; attempt++) {
    const digest = createHmac('sha256', key).update(`domain ${attempt} ${label}`).digest();
    const name = Array.from({ length: Math.max(4, Math.min(label.length, 30)) }, (_, at) =>
      (at % 2 === 0 ? 'bdfgklmnprstvz' : 'aeiou').charAt((digest[at] ?? 0) % (at % 2 === 0 ? 14 : 5)),
    ).join('');
    if (!VOCABULARY.has(name)) return name;
  }
}
