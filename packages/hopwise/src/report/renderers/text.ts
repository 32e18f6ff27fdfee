import type { Renderer } from '../renderer.ts';
import { renderDiagnosis } from './text/diagnosis.ts';
import { renderDiff } from './text/diff.ts';
import { renderScan } from './text/scan.ts';
import { renderTrace } from './text/trace.ts';

/** The report for a terminal. */
export const renderer: Renderer = {
  id: 'text',
  mediaType: 'text/plain',
  diagnosis: renderDiagnosis,
  trace: renderTrace,
  scan: renderScan,
  diff: renderDiff,
};
