import type { Renderer } from '../renderer.ts';
import { renderDiagnosis } from './markdown/diagnosis.ts';
import { renderScan } from './markdown/scan.ts';

/** For tickets and pull requests. */
export const renderer: Renderer = {
  id: 'markdown',
  mediaType: 'text/markdown',
  diagnosis: renderDiagnosis,
  scan: renderScan,
};
