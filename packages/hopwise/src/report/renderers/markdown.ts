import type { Renderer } from '../renderer.ts';
import { renderDiagnosis } from './markdown/diagnosis.ts';
import { renderDiff } from './markdown/diff.ts';
import { renderScan } from './markdown/scan.ts';

/** For tickets and pull requests. */
export const renderer: Renderer = {
  id: 'markdown',
  mediaType: 'text/markdown',
  diagnosis: renderDiagnosis,
  scan: renderScan,
  diff: renderDiff,
};
