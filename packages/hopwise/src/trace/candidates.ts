import type { PathMatch, Rule } from '../routing/route-table.ts';
import type { Trace } from './trace.ts';

/** How a rule that did not match the path would have matched if it were written a little differently. */
export interface NearRule {
  readonly rule: Rule;
  readonly why: string;
  /** Longer common text is nearer. */
  readonly common: number;
}

/** Rules of the request's host whose path nearly covers the request's, nearest first. */
export function nearPaths(trace: Trace): readonly NearRule[] {
  const near: NearRule[] = [];
  const seen = new Set<string>();
  for (const rule of trace.host?.rules ?? []) {
    if (rule === trace.rule || (rule.object === trace.rule?.object && rule.field === trace.rule.field)) continue;
    const match = nearMatch(rule.match.path, trace.request.path);
    const key = `${rule.object} ${rule.field}`;
    if (match === undefined || seen.has(key)) continue;
    seen.add(key);
    near.push({ rule, ...match });
  }
  return near.sort((a, b) => b.common - a.common);
}

function nearMatch(match: PathMatch, path: string): { why: string; common: number } | undefined {
  if (match.kind === 'regex') return undefined;
  const { value } = match;
  if (value === '' || value === '/') return undefined;
  const bare = value.replace(/\/+$/, '');
  if (bare === '') return undefined;
  // NGINX writes a Prefix path as two locations, `= /a` and `/a/`: the second is the element-wise one.
  const elements = match.kind === 'elements' || (match.kind === 'prefix' && value.endsWith('/'));
  if (elements && path.startsWith(bare) && path !== bare && path[bare.length] !== '/') {
    return {
      why: `Prefix ${bare} matches whole path elements: ${path} does not continue with '/' after it`,
      common: bare.length,
    };
  }
  if (match.kind === 'exact' && path !== value) {
    if (path === `${value}/` || `${path}/` === value)
      return { why: `Exact ${value} does not match ${path}: the trailing slash differs`, common: value.length };
    if (path.startsWith(`${bare}/`))
      return { why: `Exact ${value} matches that path only, not what lies under it`, common: bare.length };
  }
  if (path.toLowerCase().startsWith(bare.toLowerCase()) && !path.startsWith(bare))
    return { why: `${value} and ${path} differ in case`, common: bare.length };
  return undefined;
}

/**
 * The rule that a reader of the manifests expects to answer: by the plain meaning of Exact and Prefix paths the most
 * specific one. Undefined when that is the winner, or there is none.
 */
export function expectedRule(trace: Trace): Rule | undefined {
  let best: { rule: Rule; length: number } | undefined;
  for (const rule of trace.host?.rules ?? []) {
    const length = declaredLength(rule.match.path, trace.request.path);
    if (length === undefined) continue;
    if (best === undefined || length > best.length) best = { rule, length };
  }
  if (best === undefined || trace.rule === undefined) return best?.rule;
  // One path of an Ingress may stand in the table twice (`= /a` and `/a/`): those are not each other’s rivals.
  return best.rule.object === trace.rule.object && best.rule.field === trace.rule.field ? undefined : best.rule;
}

/** Length of a plain path that covers the request's; a regular expression that only spells out a plain path counts as one. */
function declaredLength(match: PathMatch, path: string): number | undefined {
  const value = match.kind === 'regex' ? plainPath(match.value) : match.value;
  if (value === undefined) return undefined;
  if (match.kind === 'exact') return value === path ? value.length + 1 : undefined;
  const bare = value.replace(/\/+$/, '');
  if (path === bare || path.startsWith(`${bare}/`) || bare === '') return bare.length;
  return undefined;
}

function plainPath(pattern: string): string | undefined {
  const text = pattern
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replaceAll('\\.', '.')
    .replaceAll('\\-', '-')
    .replaceAll('\\/', '/');
  return /^[A-Za-z0-9/_.-]*$/.test(text) ? text : undefined;
}
