import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import type { WireAnswer } from './ask.ts';
import type { Question } from './shrink.ts';

/** A question on which hopwise once differed, with the real answer: `refused` is a world that NGINX or the controller does not take. */
export interface Case extends Question {
  readonly name: string;
  readonly why: string;
  readonly answer: WireAnswer | 'refused';
}

const FOLDER = join(import.meta.dirname, 'cases');

export function readCases(): readonly Case[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({
      ...(load(readFileSync(join(FOLDER, file), 'utf8')) as Omit<Case, 'name'>),
      name: file.replace('.yaml', ''),
    }));
}

/** Keeps a case and says where; it is to be committed with the change that mends it, under a telling name. */
export function writeCase({ name, ...content }: Case): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name}.yaml`);
  writeFileSync(path, dump(content, { lineWidth: 120, noRefs: true, skipInvalid: true }));
  return path;
}
