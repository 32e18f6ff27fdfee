import { describe, expect, it } from 'vitest';
import { causeFacts, isCauseId } from '../packages/hopwise/src/checks/causes.ts';
import { CHECKS } from '../packages/hopwise/src/checks/registry.gen.ts';
import { listCheckFolders } from '../tools/generate/check-folders.ts';
import { readChecks } from '../tools/generate/read-checks.ts';

// What holds for every check, whatever it looks for. Their cases are tested beside them.

const HEADINGS = [
  'What it means',
  'Why it ends in 502/504',
  'How hopwise decides',
  'Fix',
  'When this is fine',
  'References',
];

const checks = await readChecks();
const folders = listCheckFolders();

describe('the registry', () => {
  it('holds exactly the checks that have a folder', () => {
    expect(CHECKS.map(({ cause }) => cause)).toEqual(folders.map(({ cause }) => cause));
  });

  it('names each cause once, in a folder of its own name under its family', () => {
    const misplaced = folders.filter(({ cause, area }) => !isCauseId(cause) || causeFacts(cause).family !== area);
    expect(misplaced.map(({ path }) => path)).toEqual([]);
    expect(checks.map(({ check }) => check.cause)).toEqual(folders.map(({ cause }) => cause));
  });
});

describe.each(checks.map((entry) => ({ name: entry.check.cause, ...entry })))('$name', ({ check, page }) => {
  it('has a page with the six headings in their order', () => {
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(HEADINGS);
  });

  it('says what it reads, and explains shallower causes, not itself', () => {
    expect(check.reads.length).toBeGreaterThan(0);
    expect(check.explains.filter((cause) => cause === check.cause || !isCauseId(cause))).toEqual([]);
    expect(check.since).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
