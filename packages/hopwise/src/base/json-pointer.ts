import { parsePath } from './field-path.ts';

/** RFC 6901 pointer of a field path: `spec.rules[0].host` → `/spec/rules/0/host`. Undefined when it is not a path. */
export function pointerOf(path: string): string | undefined {
  const steps = parsePath(path);
  return steps?.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
