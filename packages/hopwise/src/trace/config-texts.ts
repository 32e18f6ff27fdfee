import { formatPath } from '../base/field-path.ts';
import type { ConfigMap } from '../model/kinds/cluster.ts';
import type { Ingress } from '../model/kinds/ingress.ts';
import type { Meta } from '../model/meta.ts';
import { snippetFault } from './nginx-snippet.ts';

/** A piece of an object that ends up in a proxy's configuration. */
export interface ConfigText {
  /** Field path. */
  readonly path: string;
  /** `annotation proxy-body-size`, `path /a`. */
  readonly name: string;
  readonly value: string;
  /** Words by which a message may speak of it: the key, as an annotation and as a directive. */
  readonly words: readonly string[];
  /** Copied as it is, so that anything may stand in it. */
  readonly free: boolean;
  /** It cannot be valid by its form. */
  readonly fault: string | undefined;
}

const SNIPPET = /(?:^|[/-])(?:snippet|snippets|http-snippet|main-snippet|stream-snippet|config-snippet|template)s?$/;

/** The texts of an object that can make a configuration fail: annotations, paths and hosts, ConfigMap data. */
export function configTexts(object: Meta): readonly ConfigText[] {
  const texts = Object.entries(object.annotations).flatMap(([key, value]) =>
    key.startsWith('kubectl.kubernetes.io/')
      ? []
      : [toText(['metadata', 'annotations', key], key.replace(/^.*\//, ''), 'annotation', value)],
  );
  if (object.kind === 'ConfigMap')
    for (const [key, value] of Object.entries((object as ConfigMap).data))
      texts.push(toText(['data', key], key, 'key', value));
  if (object.kind === 'Ingress')
    for (const [r, rule] of (object as Ingress).rules.entries()) {
      if (rule.host !== undefined) texts.push(toText(['spec', 'rules', r, 'host'], '', 'host', rule.host));
      for (const [p, { path }] of (rule.paths ?? []).entries())
        if (path !== undefined && path.length > 1)
          texts.push(toText(['spec', 'rules', r, 'http', 'paths', p, 'path'], '', 'path', path));
    }
  return texts;
}

function toText(path: readonly (string | number)[], key: string, what: string, value: string): ConfigText {
  const free = SNIPPET.test(key);
  return {
    path: formatPath(path),
    name: `${what} ${key === '' ? value : key}`,
    value,
    words: key === '' ? [] : [key, key.replaceAll('-', '_')],
    free,
    fault: free ? snippetFault(value) : undefined,
  };
}

/** How many of the quoted words of a message name this text or stand in it. */
export function describedBy({ words, value }: ConfigText, messages: readonly string[]): number {
  const quoted = new Set(messages.flatMap(quotedWords));
  const holds = (word: string): boolean => word.length > 3 && value.includes(word);
  // Of a path or host the message may quote more than the object holds (`^/api/(v1`).
  const within = (word: string): boolean => words.length === 0 && value.length > 3 && word.includes(value);
  return [...quoted].filter((word) => words.includes(word) || holds(word) || within(word)).length;
}

/** Words in quotes, without those that every configuration holds and the names of generated files. */
function quotedWords(message: string): readonly string[] {
  return [...message.slice(0, 2000).matchAll(/["'`]([^"'`]{2,200})["'`]/g)]
    .map(([, word = '']) => word.trim())
    .filter((word) => !COMMON.has(word) && !word.startsWith('/etc/nginx/') && !word.startsWith('/tmp/'));
}

const COMMON: ReadonlySet<string> = new Set([
  'server',
  'location',
  'http',
  'events',
  'upstream',
  'if',
  'true',
  'false',
  'Warning',
  'RELOAD',
]);
