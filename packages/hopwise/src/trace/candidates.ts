import { readQueryOf } from '../routing/match/compile-gateway.ts';
import { compileRule, readQuery } from '../routing/match/compile-rule.ts';
import { explainPathMiss } from '../routing/match/near-path.ts';
import type { PathMatch, Rule } from '../routing/route-table.ts';
import { literalHead } from './path-literal.ts';
import type { Trace } from './trace.ts';

/** How a rule that did not match would have matched if it (or the request) were a little different. */
export interface NearRule {
  readonly rule: Rule;
  readonly kind: NearKind;
  readonly why: string;
  /** Length of the plain text that rule and request share: longer is nearer. */
  readonly reach: number;
  /** Few people would take it for a coincidence. */
  readonly telling: boolean;
}

/**
 * slash: only a trailing slash differs; below: Exact covers one path; inside: the prefix ends within a path element; case;
 * typo; pattern: the expression does not go on as the request does; condition: the path fits, a method, header or query does not.
 */
export type NearKind = 'slash' | 'below' | 'inside' | 'case' | 'typo' | 'pattern' | 'condition';

/** Rules of the request's host that nearly cover the request, nearest first. */
export function nearPaths(trace: Trace): readonly NearRule[] {
  const byField = new Map<string, NearRule>();
  // A controller may write several rules for one field: the nearest one speaks, and none where one of them matches.
  const matched = new Set<string>();
  const path = pathSeen(trace);
  for (const rule of trace.host?.rules ?? []) {
    if (rule.action.kind !== 'backends' || isWinner(rule, trace)) continue;
    const key = `${rule.object} ${rule.field}`;
    const known = byField.get(key);
    const near = nearBy(rule, trace, path);
    if (near === 'matches') matched.add(key);
    else if (near !== undefined && (known === undefined || (near.telling && !known.telling))) byField.set(key, near);
  }
  for (const key of matched) byField.delete(key);
  return [...byField.values()].sort((a, b) => Number(b.telling) - Number(a.telling) || b.reach - a.reach);
}

/** The path as this proxy compares it. */
function pathSeen({ gateway, request }: Trace): string {
  const target = gateway?.target?.read(request);
  return target?.kind === 'read' ? target.path : request.path;
}

function isWinner(rule: Rule, trace: Trace): boolean {
  return rule === trace.rule || (rule.object === trace.rule?.object && rule.field === trace.rule.field);
}

function nearBy(rule: Rule, trace: Trace, path: string): NearRule | 'matches' | undefined {
  const compiled = compileRule(rule, trace.gateway?.target?.byteWise === true);
  const matched = compiled.path(path);
  const { match } = rule;
  if (matched !== false) {
    if (matched === undefined || compiled.rest(trace.request, () => queryOf(trace)) !== false) return 'matches';
    const loser = trace.losers.find((entry) => entry.object === rule.object && entry.field === rule.field);
    const why = loser?.why ?? 'one of its conditions does not hold';
    return { rule, kind: 'condition', why, reach: literalHead(match.path).length, telling: false };
  }
  const miss = explainPathMiss(match.path, path);
  const kind = miss === undefined ? undefined : kindOf(match.path, path);
  if (miss === undefined || kind === undefined) return undefined;
  return {
    rule,
    kind,
    why: miss.why,
    reach: literalHead(match.path).length,
    telling: isTelling(kind, match.path, path),
  };
}

function kindOf(match: PathMatch, path: string): NearKind | undefined {
  if (match.kind === 'regex') return 'pattern';
  const bare = literalHead(match);
  if (path === bare || (match.kind === 'exact' && path === `${match.value}/`)) return 'slash';
  if (match.kind === 'exact' && path.startsWith(`${bare}/`)) return 'below';
  if (path.startsWith(bare)) return isSameWord(bare, path) ? 'inside' : undefined;
  return path.toLowerCase().startsWith(bare.toLowerCase()) ? 'case' : 'typo';
}

/** `/api/v` and `/api/v1.0`, `/order` and `/orders`; not `/app` and `/apple-touch-icon.png`. */
function isSameWord(bare: string, path: string): boolean {
  const rest = path.slice(bare.length);
  return /^[^A-Za-z]/.test(rest) || /^e?s(?:\/|$)/.test(rest) || /[^A-Za-z]$/.test(bare);
}

function isTelling(kind: NearKind, match: PathMatch, path: string): boolean {
  if (kind === 'slash' || kind === 'case' || kind === 'below') return true;
  return kind === 'inside' && /^(?:\d|\.\d|e?s(?:\/|$))/.test(path.slice(literalHead(match).length));
}

/**
 * The rule that a reader of the manifests expects to answer: of those that match, the one with the longest plain path.
 * Undefined when that is the winner, or when the winner's own plain beginning is as long, since it is then meant.
 */
export function expectedRule(trace: Trace): Rule | undefined {
  const winner = trace.rule;
  if (winner === undefined) return undefined;
  const path = pathSeen(trace);
  let best: { rule: Rule; length: number } | undefined;
  for (const rule of trace.host?.rules ?? []) {
    if (rule.action.kind !== 'backends') continue;
    const length = plainLength(rule.match.path);
    if (length === undefined || (best !== undefined && length <= best.length)) continue;
    const compiled = compileRule(rule, trace.gateway?.target?.byteWise === true);
    const matches = Array.isArray(compiled.path(path)) && compiled.rest(trace.request, () => queryOf(trace));
    if (matches === true) best = { rule, length };
  }
  if (best === undefined || isWinner(best.rule, trace)) return undefined;
  return best.length > (plainLength(winner.match.path) ?? literalHead(winner.match.path).length)
    ? best.rule
    : undefined;
}

/** Length of a path that is plain text; an expression that only spells out a plain path counts as one. */
function plainLength(match: PathMatch): number | undefined {
  const head = literalHead(match);
  if (match.kind === 'exact') return head.length + 1;
  if (match.kind !== 'regex') return head.length;
  const text = match.value.replace(/^\^/, '').replace(/\$$/, '').replace(/\\(.)/g, '$1').replace(/\/+$/, '');
  return text === head || /^[A-Za-z0-9/_.-]*$/.test(text) ? text.length : undefined;
}

function queryOf({ gateway, request }: Trace): ReadonlyMap<string, string> {
  return gateway === undefined ? readQuery(request.query) : readQueryOf(gateway, request);
}
