import { describe, expect, it } from 'vitest';
import { diagnose, loadSnapshot } from '../packages/hopwise/src/engine/engine.ts';
import { openSource } from '../packages/hopwise/src/sources/open.ts';
import { judge } from '../tools/incidents/judge.ts';
import { BUNDLED_CAPTURES } from './captures/list-captures.ts';

describe('the bundled capture, which `npm start` and the README show', () => {
  it.each(BUNDLED_CAPTURES)('$name is answered rightly', async ({ name, folder, requests, expected }) => {
    const snapshot = await loadSnapshot(await openSource(folder), new AbortController().signal);
    const diagnoses = requests.map((request) => diagnose(snapshot, request));
    const { right, rightObject, given, verdict, remarks } = judge(
      { id: name, folder, requests, expected },
      { diagnoses, seconds: 0 },
    );
    expect({ right, rightObject, given, verdict, remarks }).toMatchObject({
      right: true,
      rightObject: true,
      verdict: expected.kind === 'fault' ? 'failing' : 'healthy',
    });
  });
});
