import { describe, expect, it } from 'vitest';
import { diagnose } from '../packages/hopwise/src/engine/engine.ts';
import { BUNDLED_CAPTURES } from './captures/list-captures.ts';
import { answer, placeless, retake } from './captures/retake.ts';

describe('the bundled capture, captured again', () => {
  it('is answered the same, apart from places', async () => {
    const [{ folder = '' } = {}] = BUNDLED_CAPTURES;
    const { before, after } = await retake(folder);
    for (const { requests } of BUNDLED_CAPTURES) {
      for (const request of requests) {
        expect(placeless(diagnose(after, request))).toEqual(placeless(diagnose(before, request)));
      }
    }
  });

  it.each(BUNDLED_CAPTURES)('of one path is answered the same: $name', async ({ folder, requests: [request] }) => {
    if (request === undefined) throw new Error('no request');
    const { before, after } = await retake(folder, { request });
    expect(answer(diagnose(after, request))).toEqual(answer(diagnose(before, request)));
  });
});
