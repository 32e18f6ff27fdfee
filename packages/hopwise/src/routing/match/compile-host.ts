import type { Request } from '../request.ts';
import type { NotUnderstood, Rule, VirtualHost } from '../route-table.ts';
import { lowerAscii } from './bytes.ts';
import { type CompiledRule, compileRule, type QueryReader } from './compile-rule.ts';
import { PrefixIndex } from './prefix-index.ts';

export interface RuleFound {
  readonly rule?: Rule;
  readonly captures: readonly string[];
  /** Rules before the winner of which nobody can say whether they match. */
  readonly uncertain: readonly Rule[];
}
export interface CompiledHost {
  readonly host: VirtualHost;
  readonly find: (request: Request, path: string, query: QueryReader) => RuleFound;
  readonly notUnderstood: readonly NotUnderstood[];
}

/** Below this many rules a scan in order is faster than the index. */
const SCAN_LIMIT = 8;
const NOTHING: RuleFound = { captures: [], uncertain: [] };

/** Prepares a virtual host: the first rule in order that matches wins, however the rules are looked up. */
export function compileHost(host: VirtualHost, byteWise: boolean): CompiledHost {
  let rules: readonly CompiledRule[] | undefined;
  let find: CompiledHost['find'] | undefined;
  const prepare = (): readonly CompiledRule[] => {
    rules ??= host.rules.map((rule) => compileRule(rule, byteWise));
    return rules;
  };
  return {
    host,
    // Prepared at the first request for this host: a table of 10,000 hosts is ready at once.
    find: (request, path, query) => {
      find ??= prepare().length <= SCAN_LIMIT ? scan(prepare()) : indexed(prepare());
      return find(request, path, query);
    },
    get notUnderstood() {
      return prepare().flatMap((rule) => rule.notUnderstood);
    },
  };
}

/** The plain definition of the match: every rule in order. Exported so that tests can hold the index against it. */
export function scan(rules: readonly CompiledRule[]): CompiledHost['find'] {
  return (request, path, query) => {
    let uncertain: Rule[] | undefined;
    for (const compiled of rules) {
      const captures = compiled.path(path);
      if (captures === false) continue;
      const rest = compiled.rest(request, query);
      if (rest === false) continue;
      if (captures !== undefined && rest === true) return { rule: compiled.rule, captures, uncertain: uncertain ?? [] };
      uncertain ??= [];
      uncertain.push(compiled.rule);
    }
    return uncertain === undefined ? NOTHING : { captures: [], uncertain };
  };
}

function indexed(rules: readonly CompiledRule[]): CompiledHost['find'] {
  const index = new PrefixIndex(rules.map((rule) => rule.prefix));
  return (request, path, query) => {
    let best = rules.length;
    let winner: { readonly rule: Rule; readonly captures: readonly string[] } | undefined;
    let unsure: number[] | undefined;
    index.visit(lowerAscii(path), (entries) => {
      for (const entry of entries) {
        if (entry >= best) return;
        const compiled = rules[entry];
        if (compiled === undefined) continue;
        const captures = compiled.path(path);
        if (captures === false) continue;
        const rest = compiled.rest(request, query);
        if (rest === false) continue;
        if (captures !== undefined && rest === true) {
          best = entry;
          winner = { rule: compiled.rule, captures };
          return;
        }
        unsure ??= [];
        unsure.push(entry);
      }
    });
    const uncertain = (unsure ?? [])
      .filter((entry) => entry < best)
      .sort((left, right) => left - right)
      .flatMap((entry) => rules[entry]?.rule ?? []);
    if (winner === undefined) return uncertain.length === 0 ? NOTHING : { captures: [], uncertain };
    return { ...(winner as { rule: Rule; captures: readonly string[] }), uncertain };
  };
}
