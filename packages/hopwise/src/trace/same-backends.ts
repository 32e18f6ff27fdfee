import type { Rule } from '../routing/route-table.ts';

/** Two rules lead to the same Services and ports, so that it does not matter which one wins. */
export function sameBackends(a: Rule, b: Rule): boolean {
  return describe(a) === describe(b);
}

function describe({ action }: Rule): string {
  return action.kind === 'backends'
    ? action.backends
        .map((backend) => `${backend.object}:${backend.servicePort ?? backend.port}`)
        .sort()
        .join(',')
    : action.kind;
}
