import { describe, expect, it } from 'vitest';
import { diagnose, loadSnapshot } from '../packages/hopwise/src/engine/engine.ts';
import { findSharedCases, whyNoSharedCases } from '../tools/incidents/case.ts';
import { isCertainlyWrong } from '../tools/incidents/judge.ts';
import { type Capture, listCaptures } from './captures/list-captures.ts';
import { kindsOf, type Recording, record, replay, withoutKind } from './captures/recording.ts';

// Whatever is taken away from a capture, hopwise may become unsure, but never sure of something wrong.

const captures = listCaptures();
if (findSharedCases().length === 0) console.log(whyNoSharedCases());

describe('evidence removed', () => {
  it.each(captures)('$name: never a wrong answer with confidence', async (capture) => {
    const recording = await record(capture.folder);
    const wrong: string[] = [];
    for (const removal of listRemovals(recording)) wrong.push(...(await findWrong(capture, removal)));
    expect(wrong).toEqual([]);
  });
});

interface Removal {
  readonly removed: string;
  readonly rest: Recording;
  /** Nothing tells any more that the URL ever failed: then, and only then, "healthy" is not a wrong answer. */
  readonly symptomGone: boolean;
}

function listRemovals(recording: Recording): Removal[] {
  const withoutLog = (file: string): Recording => ({
    ...recording,
    logs: recording.logs.filter((log) => log.file !== file),
  });
  return [
    ...kindsOf(recording).map((kind) => ({ removed: kind, rest: withoutKind(recording, kind), symptomGone: false })),
    ...recording.logs.map(({ file }) => ({ removed: file, rest: withoutLog(file), symptomGone: true })),
    { removed: 'every log', rest: { ...recording, logs: [] }, symptomGone: true },
    { removed: 'response.txt', rest: { ...recording, responses: [] }, symptomGone: true },
    { removed: 'every log and response.txt', rest: { ...recording, logs: [], responses: [] }, symptomGone: true },
  ];
}

async function findWrong({ requests, expected }: Capture, { removed, rest, symptomGone }: Removal): Promise<string[]> {
  const snapshot = await loadSnapshot(replay(rest), new AbortController().signal);
  return requests.flatMap((request) => {
    const diagnosis = diagnose(snapshot, request);
    const top = diagnosis.causes[0];
    const falselyWell = expected.kind === 'fault' && diagnosis.verdict.status === 'healthy' && !symptomGone;
    // An object that was taken away cannot be named; the right cause on the nearest one that is left is no wrong answer.
    const objectGone = expected.kind === 'fault' && expected.object.startsWith(`${removed}/`);
    const wrong =
      isCertainlyWrong(expected, diagnosis) && !(objectGone && top !== undefined && expected.causes.includes(top.id));
    if (!falselyWell && !wrong) return [];
    const given = top === undefined ? diagnosis.verdict.status : `${top.id} ${top.object} (${top.confidence})`;
    return [`without ${removed}: ${request.url} is ${given}`];
  });
}
