import { describe, expect, it } from 'vitest';
import { answerOf } from './answer.ts';
import type { DiagnosisDocument } from './diagnosis.ts';
import { FAILING } from './testing/failing.ts';
import { HEALTHY } from './testing/healthy.ts';
import { UNSURE } from './testing/unsure.ts';

function linesOf(document: DiagnosisDocument): readonly string[] {
  return answerOf(document).lines;
}

describe('answerOf', () => {
  it('failing: who made the status, what is wrong, what to do', () => {
    expect(linesOf(FAILING)).toEqual([
      '504 at https://files.example.com/login is made by Traefik: it cannot reach the Pod.',
      'NetworkPolicy files/files-deny-from-other-namespaces denies traefik → files-web:11000.',
      'Fix: Admit namespace traefik in the ingress rule of NetworkPolicy files/files-deny-from-other-namespaces (patch below, checked on the model).',
    ]);
  });

  it('predicted only: nobody has seen the status yet', () => {
    const verdict = { status: 'failing', predictedStatus: 503, summary: 'x' } as const;
    const hops = [{ hop: 'service', state: 'broken', detail: '', evidence: [], mode: 'no-endpoints' }] as const;
    expect(linesOf({ ...FAILING, verdict, hops })[0]).toBe(
      'https://files.example.com/login would be answered 503: the Service has no usable endpoint.',
    );
  });

  it('failing without a cause says so instead of guessing', () => {
    const verdict = { ...FAILING.verdict, summary: 'gateway is broken: no Pod is ready' };
    expect(linesOf({ ...FAILING, verdict, causes: [], unknowns: [] })).toEqual([
      '504 at https://files.example.com/login is made by Traefik: it cannot reach the Pod.',
      'Gateway is broken: no Pod is ready.',
    ]);
  });

  it('unsure: looks different from the first line on, with what would settle it', () => {
    expect(linesOf(UNSURE)).toEqual([
      '502 at http://scoring.example.com/predict is not explained by what I could see.',
      'Most likely Deployment ml-serving/scoring-api may listen on 127.0.0.1 only, because the command line binds 127.0.0.1:7000 and no probe has ever reached the port from outside.',
      'To settle it: kubectl -n ml-serving logs deploy/scoring-api',
    ]);
    const verdict = { status: 'inconclusive', summary: 'gateway could not be examined' } as const;
    expect(linesOf({ ...UNSURE, verdict, causes: [] }).slice(0, 2)).toEqual([
      'Whether http://scoring.example.com/predict works could not be decided.',
      'Gateway could not be examined.',
    ]);
  });

  it('healthy: who would answer, and how much was looked at', () => {
    expect(linesOf(HEALTHY)).toEqual([
      'https://shop.example.com/ would be answered by Service web/shop (6 of 6 endpoints ready). 8 hops examined, nothing found.',
    ]);
    const path = { lines: [{ label: 'answer', text: '308 to https://www.example.com/' }] };
    expect(linesOf({ ...HEALTHY, path })[0]).toMatch(/would be answered 308 to https:\/\/www\.example\.com\/\. 8 hops/);
  });

  it('a summary that names the URL stands for itself', () => {
    const verdict = { ...FAILING.verdict, summary: 'GET https://files.example.com/login hangs at the edge' };
    expect(linesOf({ ...FAILING, verdict })[0]).toBe('GET https://files.example.com/login hangs at the edge.');
  });
});
