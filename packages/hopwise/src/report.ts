/*
 * hopwise/report: the published documents and every way to show them. Pure, so that it runs in a browser as well.
 *
 *     import { PLAIN, RENDERERS } from 'hopwise/report';
 *     const { renderer } = await RENDERERS.html();
 *     const page = renderer.diagnosis?.(document, PLAIN);
 */
export type * from './report/diagnosis.ts';
export { type OutputId, PLAIN, type Renderer, type RenderOptions, type ReportDocument } from './report/renderer.ts';
export { RENDERERS } from './report/renderers/index.ts';
