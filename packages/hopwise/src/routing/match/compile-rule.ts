import type { Request } from '../request.ts';
import type { NameMatch, NotUnderstood, Rule, RuleMatch } from '../route-table.ts';
import { lowerAscii, toBytes } from './bytes.ts';
import { compilePattern } from './pattern.ts';

/** yes with the captures of the path, no, or unknown when the rule holds a pattern that cannot be run here. */
export type Verdict = readonly string[] | false | undefined;

export interface CompiledRule {
  readonly rule: Rule;
  /** Every matching path starts with this, both in ASCII lower case. */
  readonly prefix: string;
  readonly path: (path: string) => Verdict;
  readonly rest: (request: Request, query: QueryReader) => boolean | undefined;
  readonly notUnderstood: readonly NotUnderstood[];
}

/** Query parameters of a request, read once and only when a rule asks. */
export type QueryReader = () => ReadonlyMap<string, string>;

const NO_CAPTURES: readonly string[] = [];

/** Prepares one rule; `byteWise` says that paths come as byte strings. */
export function compileRule(rule: Rule, byteWise: boolean): CompiledRule {
  const problems: NotUnderstood[] = [];
  const path = compilePath(rule, byteWise, problems);
  const rest = compileRest(rule, problems);
  return { rule, prefix: path.prefix, path: path.match, rest, notUnderstood: problems };
}

interface CompiledPath {
  readonly prefix: string;
  readonly match: (path: string) => Verdict;
}

function compilePath(rule: Rule, byteWise: boolean, problems: NotUnderstood[]): CompiledPath {
  const wanted = rule.match.path;
  const value = byteWise ? toBytes(wanted.value) : wanted.value;
  const lower = lowerAscii(value);
  switch (wanted.kind) {
    case 'exact':
      return wanted.ignoreCase === true
        ? { prefix: lower, match: (path) => lowerAscii(path) === lower && NO_CAPTURES }
        : { prefix: lower, match: (path) => path === value && NO_CAPTURES };
    case 'prefix':
      return wanted.ignoreCase === true
        ? { prefix: lower, match: (path) => lowerAscii(path).startsWith(lower) && NO_CAPTURES }
        : { prefix: lower, match: (path) => path.startsWith(value) && NO_CAPTURES };
    case 'elements':
      return compileElements(value);
    case 'regex': {
      const pattern = compilePattern(value, {
        engine: wanted.engine,
        ignoreCase: wanted.ignoreCase === true,
        full: wanted.full,
      });
      if (pattern.notUnderstood !== undefined) {
        problems.push({ object: rule.object, path: rule.field, why: `path ${wanted.value}: ${pattern.notUnderstood}` });
      }
      return {
        prefix: pattern.prefix,
        match: (path) => {
          const found = pattern.exec(path);
          return found === null ? false : found;
        },
      };
    }
  }
}

/** `/api` covers `/api` and everything below `/api/`; a trailing slash of the rule does not count. */
function compileElements(value: string): CompiledPath {
  const bare = value.replace(/\/+$/, '');
  const below = `${bare}/`;
  return {
    prefix: lowerAscii(bare),
    match: (path) => (path === bare || path.startsWith(below)) && NO_CAPTURES,
  };
}

function compileRest(rule: Rule, problems: NotUnderstood[]): CompiledRule['rest'] {
  const match = rule.match;
  const tests: ((request: Request, query: QueryReader) => boolean | undefined)[] = [];
  if (match.tls !== undefined) tests.push((request) => request.tls === match.tls);
  if (match.methods !== undefined) tests.push(methodTest(match.methods));
  for (const header of match.headers ?? []) {
    const name = header.name.toLowerCase();
    tests.push(
      nameTest(rule, header, problems, (request) =>
        Object.hasOwn(request.headers, name) ? request.headers[name] : undefined,
      ),
    );
  }
  for (const parameter of match.query ?? []) {
    tests.push(nameTest(rule, parameter, problems, (_, query) => query().get(parameter.name)));
  }
  if (tests.length === 0) return () => true;
  return (request, query) => {
    let sure = true;
    for (const test of tests) {
      const outcome = test(request, query);
      if (outcome === false) return false;
      if (outcome === undefined) sure = false;
    }
    return sure ? true : undefined;
  };
}

function methodTest(methods: NonNullable<RuleMatch['methods']>): (request: Request) => boolean {
  const wanted = new Set(methods);
  return (request) => wanted.has(request.method);
}

function nameTest(
  rule: Rule,
  wanted: NameMatch,
  problems: NotUnderstood[],
  read: (request: Request, query: QueryReader) => string | undefined,
): (request: Request, query: QueryReader) => boolean | undefined {
  switch (wanted.kind) {
    case 'present':
      return (request, query) => read(request, query) !== undefined;
    case 'absent':
      return (request, query) => read(request, query) === undefined;
    case 'exact':
      return (request, query) => read(request, query) === wanted.value;
    case 'regex': {
      const pattern = compilePattern(wanted.value, {
        engine: wanted.engine ?? 're2',
        ignoreCase: false,
        full: wanted.full ?? true,
      });
      if (pattern.notUnderstood !== undefined) {
        problems.push({ object: rule.object, path: rule.field, why: `${wanted.name}: ${pattern.notUnderstood}` });
      }
      return (request, query) => {
        const value = read(request, query);
        if (value === undefined) return false;
        const found = pattern.exec(value);
        return found === undefined ? undefined : found !== null;
      };
    }
  }
}

/** First value of each query parameter, decoded as forms are. */
export function readQuery(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) if (!values.has(name)) values.set(name, value);
  return values;
}

/** First value of each query parameter, as sent. */
export function readRawQuery(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const parameter of query.replace(/^\?/, '').split('&')) {
    if (parameter === '') continue;
    const equals = parameter.indexOf('=');
    const name = equals === -1 ? parameter : parameter.slice(0, equals);
    if (!values.has(name)) values.set(name, equals === -1 ? '' : parameter.slice(equals + 1));
  }
  return values;
}
