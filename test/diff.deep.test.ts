import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diff } from '../packages/hopwise/src/engine/diff/diff.ts';
import { openSource } from '../packages/hopwise/src/sources/open.ts';
import { findSharedCases, whyNoSharedCases } from '../tools/incidents/case.ts';

// An incident and the same cluster after its repair: the difference is the repair.

const cases = findSharedCases();
if (cases.length === 0) console.log(whyNoSharedCases());
const pairs = cases.flatMap((after) => {
  const before = cases.find(({ folder }) => `${basename(folder)}-after` === basename(after.folder));
  return before === undefined ? [] : [{ name: before.id, before, after }];
});

describe.runIf(pairs.length > 0)('diff of an incident and its repair', () => {
  it.each(pairs)('$name', async ({ before, after }) => {
    const [request] = before.requests;
    if (request === undefined || before.expected.kind !== 'fault') throw new Error('no fault to repair');
    const open = async () => ({ before: await openSource(before.folder), after: await openSource(after.folder) });
    const { signal } = new AbortController();
    const found = await diff({ ...(await open()), request, signal });
    expect([found.before.verdict.status, found.after.verdict.status]).toEqual(['failing', 'healthy']);
    expect(before.expected.causes).toContain(found.before.causes[0]?.id);
    // Not always the object that the answer names: an annotation may also be set on the Service.
    expect(found.changes.filter((change) => change.onPath)).not.toEqual([]);
    const all = await diff({ ...(await open()), signal });
    expect(all.routes.filter(({ state }) => state === 'worse')).toEqual([]);
  });
});
