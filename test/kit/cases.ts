import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../packages/hopwise/src/checks/check.ts';
import { CHECKS } from '../../packages/hopwise/src/checks/registry.gen.ts';
import { diagnose, loadSnapshot } from '../../packages/hopwise/src/engine/engine.ts';
import type { DiagnosisDocument } from '../../packages/hopwise/src/report/diagnosis.ts';
import type { JsonObject, Sink, Source } from '../../packages/hopwise/src/sources/contract.ts';

/*
 * Cases of a check: one YAML file is one small capture with its question and answer in comment lines.
 *
 *   # ask GET https://shop.example.com/cart status 502
 *   # header Accept: text/html                     optional, belongs to the ask above it
 *   # as deployment/shop/web                       optional, who asks from inside the cluster
 *   # want target-port-mismatch Service/shop/cart  the first cause and its object; `verified` behind it asks for the re-run
 *   # want nothing                                 no cause at all
 *   # want not target-port-mismatch                anything but this cause
 *
 * Besides Kubernetes objects a file may hold documents of the kinds CaseLogs {namespace, pod, container, previous, text},
 * CaseResponse {text} and CaseSnapshot {time, manifestsOnly, coverage[]}.
 */

export interface Ask {
  readonly method: string;
  readonly url: string;
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly as?: string;
  readonly wants: readonly Want[];
}
export type Want =
  | { readonly kind: 'cause'; readonly cause: string; readonly object: string | undefined; readonly verified: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'not'; readonly cause: string };

/** Registers one test per question of every file in `cases/` beside a check, and one per YAML block of its page. */
export function runCases(checkFolder: string): void {
  const cause = basename(checkFolder);
  describe(`${cause} cases`, () => {
    const folder = join(checkFolder, 'cases');
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.yaml')) : [];
    for (const name of names.sort()) {
      const text = readFileSync(join(folder, name), 'utf8');
      const asks = readAsks(text);
      it(`${name} asks something and wants something`, () => {
        expect(asks.length).toBeGreaterThan(0);
        expect(asks.filter((ask) => ask.wants.length === 0)).toEqual([]);
      });
      for (const ask of asks)
        it(`${name}: ${ask.method} ${ask.url}`, async () => {
          const document = await diagnoseText(text, name, ask, await checksWith(checkFolder));
          for (const want of ask.wants) expectAnswer(document, want);
        });
    }
    for (const block of readPageBlocks(checkFolder))
      it(`the ${block.state} example of explain.md ${block.state === 'broken' ? 'shows the cause' : 'is fine'}`, async () => {
        const ask = readAsks(block.text)[0];
        expect(ask, 'the block starts with `# ask METHOD URL`').toBeDefined();
        if (ask === undefined) return;
        const document = await diagnoseText(block.text, 'explain.md', ask, await checksWith(checkFolder));
        expect(document.causes.map((entry) => entry.id)).toEqual(block.state === 'broken' ? [cause] : []);
      });
  });
}

/** The whole diagnosis of a capture written as one YAML text. */
export async function diagnoseText(
  text: string,
  file: string,
  ask: Ask,
  checks: readonly Check[] = CHECKS,
): Promise<DiagnosisDocument> {
  const snapshot = await loadSnapshot(textSource(text, file), new AbortController().signal);
  return diagnose(
    snapshot,
    {
      url: ask.url,
      method: ask.method,
      headers: ask.headers,
      ...(ask.status === undefined ? {} : { observedStatus: ask.status }),
      ...(ask.as === undefined ? {} : { as: ask.as }),
    },
    checks,
  );
}

/** A capture that is already in memory, as a source. */
export function textSource(text: string, file: string): Source {
  return {
    id: 'case',
    read(sink) {
      for (const document of loadAll(text, { schema: YAML11_SCHEMA }) as (JsonObject | null)[])
        if (document !== null) deliver(JSON.parse(JSON.stringify(document)) as JsonObject, file, sink);
      return Promise.resolve({ kind: 'case', path: file, description: `case ${file}` });
    },
  };
}

function deliver(document: JsonObject, file: string, sink: Sink): void {
  switch (document.kind) {
    case 'List':
      for (const item of document.items as readonly JsonObject[]) deliver(item, file, sink);
      return;
    case 'CaseLogs': {
      const { namespace, pod, container } = document;
      const previous = document.previous === true;
      const name = `logs/${namespace}/${pod}/${container}${previous ? '.previous' : ''}.log`;
      sink.log({
        file: name,
        namespace: String(namespace),
        pod: String(pod),
        container: String(container),
        previous,
        text: String(document.text),
        truncated: false,
      });
      return;
    }
    case 'CaseResponse':
      sink.response(String(document.text), 'response.txt');
      return;
    case 'CaseSnapshot':
      sink.snapshot({
        ...(document.time === undefined ? {} : { time: Date.parse(String(document.time)) }),
        ...(document.manifestsOnly === undefined ? {} : { manifestsOnly: document.manifestsOnly === true }),
      });
      for (const entry of (document.coverage ?? []) as readonly JsonObject[])
        sink.coverage({ kind: String(entry.kind), state: entry.state as 'complete' });
      return;
    default:
      sink.object(document, { file });
  }
}

/** Questions of a file, in order; a `want`, `header` or `as` line belongs to the ask above it. */
export function readAsks(text: string): readonly Ask[] {
  const asks: { -readonly [K in keyof Ask]: Ask[K] }[] = [];
  for (const line of text.split('\n')) {
    const match = /^# (ask|header|as|want) (.+)$/.exec(line.trimEnd());
    if (match === null) continue;
    const [, word, rest = ''] = match;
    const current = asks.at(-1);
    if (word === 'ask') {
      const [method = 'GET', url = '', , status] = rest.split(/\s+/);
      asks.push({ method, url, headers: {}, wants: [], ...(status === undefined ? {} : { status: Number(status) }) });
    } else if (current === undefined) {
      throw new Error(`'${line}' stands before the first '# ask'`);
    } else if (word === 'header') {
      const colon = rest.indexOf(':');
      current.headers = { ...current.headers, [rest.slice(0, colon).trim()]: rest.slice(colon + 1).trim() };
    } else if (word === 'as') current.as = rest.trim();
    else current.wants = [...current.wants, readWant(rest.trim().split(/\s+/))];
  }
  return asks;
}

function readWant(words: readonly string[]): Want {
  const [first = '', second, third] = words;
  if (first === 'nothing') return { kind: 'nothing' };
  if (first === 'not') return { kind: 'not', cause: second ?? '' };
  return { kind: 'cause', cause: first, object: second, verified: third === 'verified' };
}

function expectAnswer(document: DiagnosisDocument, want: Want): void {
  const given = document.causes.map((entry) => `${entry.id} ${entry.object} ${entry.confidence}`);
  if (want.kind === 'nothing') {
    expect(given, document.verdict.summary).toEqual([]);
    expect(document.verdict.status).not.toBe('failing');
    return;
  }
  if (want.kind === 'not') {
    expect(document.causes.map((entry) => entry.id)).not.toContain(want.cause);
    return;
  }
  const best = document.causes[0];
  const context = `${document.verdict.summary}; causes: ${given.join(' | ') || 'none'}`;
  expect(best?.id, context).toBe(want.cause);
  if (want.object !== undefined) expect(best?.object, context).toBe(want.object);
  if (want.verified) expect(best?.fix.verification, context).toMatch(/no longer fails/);
}

interface PageBlock {
  readonly state: 'broken' | 'fixed';
  readonly text: string;
}

function readPageBlocks(checkFolder: string): readonly PageBlock[] {
  const file = join(checkFolder, 'explain.md');
  if (!existsSync(file)) return [];
  const blocks = readFileSync(file, 'utf8').matchAll(/^```yaml (broken|fixed)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, state, text]) => ({ state: state as PageBlock['state'], text: text ?? '' }));
}

/** All registered checks, and the one under test also while it is not registered yet. */
async function checksWith(checkFolder: string): Promise<readonly Check[]> {
  const { default: own } = (await import(join(checkFolder, 'check.ts'))) as { readonly default: Check };
  return [...CHECKS.filter((check) => check.cause !== own.cause), own];
}
