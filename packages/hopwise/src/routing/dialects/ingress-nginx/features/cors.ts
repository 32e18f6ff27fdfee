import type { NameMatch } from '../../../route-table.ts';
import type { AnnotationReader } from '../annotation-reader.ts';
import { valueOr } from '../annotation-reader.ts';

/** internal/ingress/annotations/cors: preflight requests that NGINX answers itself. */
export interface Cors {
  /** Condition on the Origin header; none when every origin is allowed. */
  readonly origin?: NameMatch;
}

/** Reads whether preflights are answered by the gateway, and from which origins. */
export function readCors(reader: AnnotationReader): { readonly cors?: Cors } {
  if (!valueOr(reader.bool('enable-cors'), false)) return {};
  const text = valueOr(reader.text('cors-allow-origin', isOriginList), '*');
  const origins = text.split(',').map((origin) => origin.trim());
  if (origins.includes('*')) return { cors: {} };
  const known = origins.filter((origin) => isOrigin(origin));
  if (known.length === 0) return {};
  const value = `(?:${known.map(originPattern).join('|')})$`;
  return { cors: { origin: { name: 'origin', kind: 'regex', value: `(?i)${value}`, engine: 're2', full: false } } };
}

function isOriginList(text: string): boolean {
  return text
    .replaceAll(' ', '')
    .split(',')
    .every(
      (origin) =>
        origin === '' ||
        origin === '*' ||
        origin === 'null' ||
        /^(?:[a-z]+:\/\/)?(?:\*\.)?[A-Za-z0-9.-]*(?::[0-9]+)?$/.test(origin),
    );
}

function isOrigin(origin: string): boolean {
  return origin === 'null' || /^[a-z]+:\/\/(?:\*\.)?[A-Za-z0-9.-]*(?::[0-9]+)?$/.test(origin);
}

/** The first `*` stands for one label (template.go: buildOriginRegex); the end is anchored, the start is not. */
function originPattern(origin: string): string {
  const quoted = origin.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return quoted.replace('*', '[A-Za-z0-9\\-]+');
}
