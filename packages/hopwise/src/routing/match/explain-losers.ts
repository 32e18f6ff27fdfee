import type { ObjectId } from '../../base/object-id.ts';
import type { Request } from '../request.ts';
import type { GatewayInstance, PathMatch, Rule, VirtualHost } from '../route-table.ts';
import { type CompiledGateway, type MatchResult, readQueryOf } from './compile-gateway.ts';
import { compileRule } from './compile-rule.ts';
import { explainHostMiss } from './near-host.ts';
import { explainPathMiss } from './near-path.ts';

/** A rule that looked like a candidate, and why it did not win. */
export interface LosingRule {
  readonly object: ObjectId;
  readonly field: string;
  readonly why: string;
  readonly rule?: Rule;
}

const MOST = 12;

interface Candidate extends LosingRule {
  readonly rank: number;
}

/** The rules an on-call engineer would ask about, most plausible first; computed on demand, never while matching. */
export function explainLosers(compiled: CompiledGateway, request: Request, winner: MatchResult): readonly LosingRule[] {
  const { gateway } = compiled;
  const target = gateway.target?.read(request) ?? { kind: 'read' as const, host: request.host, path: request.path };
  if (target.kind === 'refused') return [];
  const examine = new Examiner(request, target.path, gateway, winner);
  const candidates = winner.host === undefined ? [] : examine.sameHost(winner.host);
  let others = 0;
  for (const host of gateway.hosts) {
    if (host === winner.host) continue;
    const why = explainHostMiss(host, target.host, winner.host);
    if (why === undefined) continue;
    const found = examine.otherHost(host, why);
    candidates.push(...found);
    others += found.length;
    // Other hosts all rank alike and the sort is stable: those behind the first few cannot be among the answers.
    if (others >= MOST) break;
  }
  return candidates
    .sort((left, right) => left.rank - right.rank)
    .slice(0, MOST)
    .map(({ rank: _, ...loser }) => loser);
}

class Examiner {
  readonly #request: Request;
  readonly #path: string;
  readonly #byteWise: boolean;
  readonly #query: ReadonlyMap<string, string>;
  readonly #winner: MatchResult;

  constructor(request: Request, path: string, gateway: GatewayInstance, winner: MatchResult) {
    this.#request = request;
    this.#path = path;
    this.#byteWise = gateway.target?.byteWise === true;
    this.#query = readQueryOf(gateway, request);
    this.#winner = winner;
  }

  /** Other rules of the host that answered. A controller may write several rules for one field: the nearest one speaks. */
  sameHost(host: VirtualHost): Candidate[] {
    const best = new Map<string, Candidate>();
    const won = this.#winner.rule;
    for (const rule of host.rules) {
      if (won !== undefined && rule.object === won.object && rule.field === won.field) continue;
      const outcome = this.#explain(rule);
      if (outcome === undefined) continue;
      const key = `${rule.object} ${rule.field}`;
      const known = best.get(key);
      if (known === undefined || outcome.rank < known.rank)
        best.set(key, { ...outcome, object: rule.object, field: rule.field, rule });
    }
    return [...best.values()];
  }

  /** The first rule of another host that would have taken the path. */
  otherHost(host: VirtualHost, why: string): Candidate[] {
    for (const rule of host.rules) {
      if (compileRule(rule, this.#byteWise).path(this.#path) === false) continue;
      const rank = this.#winner.rule === undefined ? 0 : 6;
      return [{ object: rule.object, field: rule.field, why, rule, rank }];
    }
    return [];
  }

  #explain(rule: Rule): { readonly rank: number; readonly why: string } | undefined {
    const compiled = compileRule(rule, this.#byteWise);
    const captures = compiled.path(this.#path);
    if (captures === undefined) return { rank: 0, why: `whether ${rule.match.path.value} matches cannot be told here` };
    if (captures === false) return explainPathMiss(rule.match.path, this.#path);
    const rest = compiled.rest(this.#request, () => this.#query);
    // A redirect to HTTPS that does not apply is no rule anybody misses.
    if (rest === false && rule.action.kind === 'redirect' && rule.match.tls !== undefined) return undefined;
    if (rest === false) return { rank: 1, why: explainConditions(rule, this.#request, this.#query) };
    const won = this.#winner.rule;
    return won === undefined ? undefined : { rank: 2, why: explainOrder(won, rule) };
  }
}

/** Both match; why the winner stands before. */
function explainOrder(winner: Rule, loser: Rule): string {
  const [first, second] = [winner.match.path, loser.match.path];
  const name = describePath(first);
  if (first.kind === 'exact' && second.kind !== 'exact') return `it matches too, but ${name} is exact and comes first`;
  if (first.kind === 'regex' && second.kind !== 'regex')
    return `it matches too, but the expression ${first.value} is tried first`;
  if (first.value.length > second.value.length) return `it matches too, but ${name} is longer and comes first`;
  if (
    first.value === second.value &&
    winner.created !== undefined &&
    loser.created !== undefined &&
    winner.created < loser.created
  ) {
    return 'it has the same path, but the winner is older';
  }
  return `it matches too, but ${name} comes first`;
}

function describePath(path: PathMatch): string {
  return path.kind === 'regex' ? `the expression ${path.value}` : path.value;
}

function explainConditions(rule: Rule, request: Request, values: ReadonlyMap<string, string>): string {
  const { methods, tls, headers = [], query = [] } = rule.match;
  if (tls !== undefined && tls !== request.tls)
    return tls ? 'it takes requests over TLS only' : 'it takes requests without TLS only';
  if (methods !== undefined && !methods.includes(request.method))
    return `it takes ${methods.join(', ')} only, this is ${request.method}`;
  const header = headers.find(
    (wanted) =>
      !holds(
        wanted,
        Object.hasOwn(request.headers, wanted.name.toLowerCase())
          ? request.headers[wanted.name.toLowerCase()]
          : undefined,
      ),
  );
  if (header !== undefined) return `it needs ${describeName('header', header)}`;
  const parameter = query.find((wanted) => !holds(wanted, values.get(wanted.name)));
  return parameter === undefined
    ? 'one of its conditions does not hold'
    : `it needs ${describeName('query parameter', parameter)}`;
}

type Wanted = NonNullable<Rule['match']['headers']>[number];

/** Plain conditions only: an expression that failed is named when nothing plainer did. */
function holds(wanted: Wanted, value: string | undefined): boolean {
  if (wanted.kind === 'present') return value !== undefined;
  if (wanted.kind === 'absent') return value === undefined;
  if (wanted.kind === 'exact') return value === wanted.value;
  return false;
}

function describeName(what: string, wanted: Wanted): string {
  switch (wanted.kind) {
    case 'present':
      return `${what} ${wanted.name}`;
    case 'absent':
      return `no ${what} ${wanted.name}`;
    case 'exact':
      return `${what} ${wanted.name}: ${wanted.value}`;
    case 'regex':
      return `${what} ${wanted.name} matching ${wanted.value}`;
  }
}
