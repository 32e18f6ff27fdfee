import type { Renderer, RenderOptions, ReportDocument } from '../renderer.ts';

const render = (document: ReportDocument, options: RenderOptions): string => options.dumpYaml(document);

/** The document itself, as YAML. The writer is handed in, since reports depend on no library. */
export const renderer: Renderer = {
  id: 'yaml',
  mediaType: 'application/yaml',
  diagnosis: render,
  trace: render,
  scan: render,
  diff: render,
};
