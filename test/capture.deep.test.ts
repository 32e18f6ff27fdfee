import { describe, expect, it } from 'vitest';
import { diagnose } from '../packages/hopwise/src/engine/engine.ts';
import { findSharedCases, whyNoSharedCases } from '../tools/incidents/case.ts';
import { listCaptures } from './captures/list-captures.ts';
import { answer, placeless, retake } from './captures/retake.ts';

// Capturing takes out secrets and, with a path, what does not belong to it; the answer must not notice.

const captures = listCaptures();
if (findSharedCases().length === 0) console.log(whyNoSharedCases());

describe('a capture diagnoses the same as what it was taken of', () => {
  it.each(captures)('$name, word for word', async ({ folder, requests }) => {
    const { before, after } = await retake(folder);
    for (const request of requests) {
      expect(placeless(diagnose(after, request))).toEqual(placeless(diagnose(before, request)));
    }
  });

  it.each(captures)('$name, of the path alone', async ({ folder, requests: [request] }) => {
    if (request === undefined) throw new Error('no request');
    const { before, after } = await retake(folder, { request });
    expect(answer(diagnose(after, request))).toEqual(answer(diagnose(before, request)));
  });
});
