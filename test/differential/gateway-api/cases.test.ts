import { describe, expect, it } from 'vitest';
import { openInHopwise } from './ask-hopwise.ts';
import { readCases } from './cases.ts';
import { compareAnswers } from './compare.ts';
import { describeRequest } from './scenario.ts';

// What Envoy Gateway and Envoy answered once is kept beside the objects, so that hopwise is held to it without them.
describe.each(readCases())('$name', ({ objects, requests, refused = false }) => {
  const hopwise = openInHopwise(objects);

  it(refused ? 'is refused by the proxy' : 'is loaded by the proxy', () => {
    expect(hopwise.rejects.length > 0).toBe(refused);
  });

  it.each(
    (refused ? [] : requests).map(({ request, answer }) => ({ title: describeRequest(request), request, answer })),
  )('$title', ({ request, answer }) => {
    expect(compareAnswers(request, hopwise.ask(request), answer)).toEqual([]);
  });
});
