import type { Renderer } from '../renderer.ts';
import { renderDiagnosis } from './html/diagnosis.ts';
import { renderScan } from './html/scan.ts';

/** One self-contained page to send or print; nothing in it is fetched or run. */
export const renderer: Renderer = {
  id: 'html',
  mediaType: 'text/html',
  diagnosis: renderDiagnosis,
  scan: renderScan,
};
