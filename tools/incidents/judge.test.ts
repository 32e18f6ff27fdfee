import { describe, expect, it } from 'vitest';
import type { CauseDocument, DiagnosisDocument } from '../../packages/hopwise/src/report/diagnosis.ts';
import type { IncidentCase } from './case.ts';
import { findShortfalls, judge, sumUp } from './judge.ts';

const CASE: IncidentCase = {
  id: 'sample',
  folder: '.',
  requests: [{ url: 'http://a.example/' }],
  expected: { kind: 'fault', causes: ['scaled-to-zero', 'no-ready-endpoints'], object: 'Deployment/a/web' },
};
const HEALTHY: IncidentCase = { ...CASE, expected: { kind: 'healthy', mustNotBlame: ['Service/a/web'] } };

describe('judging an answer', () => {
  it('counts an accepted neighbour of the cause as right', () => {
    const given = judge(CASE, answer('failing', ['no-ready-endpoints', 'Deployment/a/web', 0.9]));
    expect(given).toMatchObject({ right: true, rightObject: true, wrongAndCertain: false });
  });

  it('calls the right cause on the wrong object wrong, and certain from 0.8 on', () => {
    const sure = judge(CASE, answer('failing', ['scaled-to-zero', 'Service/a/web', 0.8]));
    expect(sure).toMatchObject({ right: true, rightObject: false, wrongAndCertain: true });
    const unsure = judge(CASE, answer('failing', ['scaled-to-zero', 'Service/a/web', 0.79]));
    expect(unsure.wrongAndCertain).toBe(false);
  });

  it('finds the cause among the first three, not further down', () => {
    const other = ['crash-loop', 'Deployment/a/web', 0.3] as const;
    const wanted = ['scaled-to-zero', 'Deployment/a/web', 0.1] as const;
    expect(judge(CASE, answer('inconclusive', other, other, wanted)).rightAmongThree).toBe(true);
    expect(judge(CASE, answer('inconclusive', other, other, other, wanted)).rightAmongThree).toBe(false);
  });

  it('accepts only silence for a healthy case', () => {
    expect(judge(HEALTHY, answer('healthy')).right).toBe(true);
    expect(judge(HEALTHY, answer('inconclusive')).right).toBe(false);
    expect(judge(HEALTHY, answer('healthy', ['crash-loop', 'Service/a/web', 0.2])).remarks).toHaveLength(1);
    expect(judge(HEALTHY, { diagnoses: [], seconds: 0, crash: 'TypeError' }).right).toBe(false);
  });

  it('names what falls short of the goal', () => {
    const right = judge(CASE, answer('failing', ['scaled-to-zero', 'Deployment/a/web', 0.9]));
    const wrong = judge(CASE, answer('inconclusive'));
    expect(findShortfalls(sumUp([...Array(21).fill(right), wrong, wrong, wrong]))).toEqual([]);
    expect(findShortfalls(sumUp([...Array(20).fill(right), wrong, wrong, wrong, wrong]))).toHaveLength(1);
    expect(findShortfalls(sumUp([judge(HEALTHY, answer('failing'))]))).toHaveLength(1);
  });
});

type Given = readonly [id: CauseDocument['id'], object: string, confidence: number];

function answer(status: DiagnosisDocument['verdict']['status'], ...causes: readonly Given[]) {
  const diagnosis = {
    request: { method: 'GET', url: 'http://a.example/', headers: {}, protocol: 'http' },
    verdict: { status, summary: '' },
    causes: causes.map(([id, object, confidence]) => ({ id, object, confidence })),
  };
  return { diagnoses: [diagnosis as unknown as DiagnosisDocument], seconds: 0.1 };
}
