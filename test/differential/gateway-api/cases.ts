import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { Answer, AskedRequest, Scenario } from './scenario.ts';

/** A disagreement of the past, with what Envoy answered: replayed against hopwise by itself, and against Envoy again. */
export interface Case {
  readonly name: string;
  /** What it is about, with the source of Envoy Gateway's or Envoy's behaviour. */
  readonly about: string;
  readonly objects: readonly JsonObject[];
  readonly requests: readonly { readonly request: AskedRequest; readonly answer: Answer }[];
  /** Envoy refuses the configuration. */
  readonly refused?: boolean;
}

const FOLDER = join(import.meta.dirname, 'cases');

export function readCases(): readonly Case[] {
  const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')) : [];
  return files.sort().map((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    return { ...(load(text) as Omit<Case, 'name'>), name: file.replace(/\.yaml$/, '') };
  });
}

export function scenarioOf({ name, objects, requests }: Case): Scenario {
  return { name, objects, requests: requests.map(({ request }) => request) };
}

export function writeCase({ name, ...content }: Case): string {
  const file = join(FOLDER, `${name}.yaml`);
  writeFileSync(file, dump(content, { lineWidth: 120, noRefs: true, flowLevel: 6 }));
  return file;
}
