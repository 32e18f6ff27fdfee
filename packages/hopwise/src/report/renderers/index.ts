import type { OutputId, Renderer } from '../renderer.ts';

/** Every output format, loaded when asked for. To add one: a file beside this and one sorted line here. */
export const RENDERERS: Readonly<Record<OutputId, () => Promise<{ readonly renderer: Renderer }>>> = {
  github: () => import('./github.ts'),
  html: () => import('./html.ts'),
  json: () => import('./json.ts'),
  junit: () => import('./junit.ts'),
  markdown: () => import('./markdown.ts'),
  sarif: () => import('./sarif.ts'),
  text: () => import('./text.ts'),
  yaml: () => import('./yaml.ts'),
};
