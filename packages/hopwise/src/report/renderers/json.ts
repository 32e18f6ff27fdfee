import { toJson } from '../json-text.ts';
import type { Renderer, ReportDocument } from '../renderer.ts';

const render = (document: ReportDocument): string => `${toJson(document, 2)}\n`;

/** The document itself: the source of all other formats. */
export const renderer: Renderer = {
  id: 'json',
  mediaType: 'application/json',
  diagnosis: render,
  trace: render,
  scan: render,
  diff: render,
};
