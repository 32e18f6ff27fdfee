import { UNRENDERED } from './pieces.ts';
import { NOT_PLAIN, parsePlainYaml } from './plain-yaml.ts';

type FullYaml = typeof import('./full-yaml.ts');

export interface ParsedYaml {
  readonly value: unknown;
  readonly duplicateAt: number | undefined;
}
export interface YamlFault {
  readonly fault: string;
  /** Index in the text. */
  readonly at: number;
}

let loaded: FullYaml | undefined;

/** The full parser when some document needed it already; whatever was read without it is located without it too. */
export function loadedFullYaml(): FullYaml | undefined {
  return loaded;
}

/** Reads one document (line ends `\n`), fast when it is plain. */
export async function parseYaml(text: string): Promise<ParsedYaml | YamlFault> {
  const plain = parsePlainYaml(text);
  if (plain !== NOT_PLAIN) return plain;
  const json = parseAsJson(text);
  if (json !== undefined) return { value: json, duplicateAt: undefined };
  loaded ??= await import('./full-yaml.ts');
  const full = loaded.parseFullYaml(text);
  return 'fault' in full && isTemplate(text) ? { fault: UNRENDERED, at: full.at } : full;
}

/** Only asked of documents that are no YAML: `{{ }}` inside a string is nobody's fault. */
function isTemplate(text: string): boolean {
  return /\{\{[^{}]{0,1000}\}\}/.test(text);
}

function parseAsJson(text: string): unknown {
  const first = /^\s*([{[])/.exec(text.slice(0, 200))?.[1];
  if (first === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
