import { expect, test } from 'vitest';
import { readCases } from './case-files.ts';
import { compare } from './compare.ts';
import { refusalsOf, snapshotOf, traceRequest } from './hopwise-side.ts';
import { configMap, controllerObjects, ingress, surroundings } from './world.ts';

// What the real controller and NGINX answered is kept in the files, so that hopwise can be held to it without them;
// ingress-nginx.live.test.ts asks the real ones again.
test.each(readCases().map((entry) => [entry.name, entry] as const))('%s', async (_, { world, request, answer }) => {
  const objects = [
    ...surroundings(),
    ...controllerObjects(world.flags),
    configMap(world.settings),
    ...world.ingresses.map(ingress),
  ];
  const snapshot = await snapshotOf(objects);
  if (answer === 'refused') {
    expect(refusalsOf(snapshot)).not.toEqual([]);
    return;
  }
  expect(refusalsOf(snapshot)).toEqual([]);
  expect(compare(world, traceRequest(snapshot, request), answer)).toBe('agree');
});
