import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { capture } from '../packages/hopwise/src/engine/capture/capture.ts';
import type { RequestInput } from '../packages/hopwise/src/engine/contract.ts';
import { diagnose, loadSnapshot } from '../packages/hopwise/src/engine/engine.ts';
import type { DiagnosisDocument } from '../packages/hopwise/src/report/diagnosis.ts';
import { Anonymizer } from '../packages/hopwise/src/sources/anonymize/anonymizer.ts';
import { openSource } from '../packages/hopwise/src/sources/open.ts';
import { findSharedCases, whyNoSharedCases } from '../tools/incidents/case.ts';
import { listCaptures } from './captures/list-captures.ts';

// Under pseudonyms the answer is the same, about the same objects under their other names.

const captures = listCaptures();
if (findSharedCases().length === 0) console.log(whyNoSharedCases());
const place = mkdtempSync(join(tmpdir(), 'hopwise-anonymize-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const { signal } = new AbortController();

function answer({ verdict, causes }: DiagnosisDocument, name: (text: string) => string): unknown {
  const rename = (id: string) =>
    id
      .split('/')
      .map((part, index) => (index === 0 ? part : name(part)))
      .join('/');
  return [verdict.status, causes.map(({ id, object, confidence }) => `${id} ${rename(object)} ${confidence}`)];
}

function renamed(request: RequestInput, name: (text: string) => string): RequestInput {
  const headers = Object.entries(request.headers ?? {}).map(([key, value]) => [key, name(value)] as const);
  return {
    ...request,
    url: name(request.url),
    headers: Object.fromEntries(headers),
    ...(request.as === undefined ? {} : { as: name(request.as) }),
  };
}

describe('a capture under pseudonyms', () => {
  it.each(captures)('$name', async ({ folder, requests }) => {
    const target = join(place, 'anonymous.tgz');
    const report = await capture({
      source: await openSource(folder),
      target,
      hopwiseVersion: '0.0.0',
      signal,
      anonymize: { key: 'a test' },
    });
    const { words, domains, addresses } = report.mapping ?? { words: {}, domains: {}, addresses: {} };
    const anonymizer = new Anonymizer(createHash('sha256').update('a test').digest(), {
      words: new Set(Object.keys(words)),
      domains: new Set(Object.keys(domains).filter((domain) => domain.includes('.'))),
    });
    const name = (text: string) => anonymizer.text(text);
    const before = await loadSnapshot(await openSource(folder), signal);
    const after = await loadSnapshot(await openSource(target), signal);
    for (const request of requests) {
      expect(answer(diagnose(after, renamed(request, name)), (text) => text)).toEqual(
        answer(diagnose(before, request), name),
      );
    }
    const unpacked = gunzipSync(readFileSync(target)).toString('latin1');
    const left = new Set((unpacked.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase()));
    expect(Object.keys(words).filter((word) => left.has(word))).toEqual([]);
    const pseudonyms = new Set(Object.values(addresses));
    const kept = Object.keys(addresses).filter((address) => !pseudonyms.has(address));
    expect(
      kept.filter((address) => new RegExp(`(?<![\\d.-])${address.replaceAll('.', '\\.')}(?![\\d.])`).test(unpacked)),
    ).toEqual([]);
  });
});
