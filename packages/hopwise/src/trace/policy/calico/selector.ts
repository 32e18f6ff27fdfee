import type { Labels } from '../../../model/meta.ts';
import { anyOf, both, doubt, isDoubt, type Match } from '../match.ts';

/** A Calico selector expression, ready to be asked; undefined from `parseSelector` when the text is none. */
export type Expression = (labels: KnownLabels) => Match;

export interface KnownLabels {
  readonly labels: Labels;
  /** Keys that may be there although they were not read. */
  readonly uncertain: (key: string) => boolean;
}

const TOKEN = /\s*(?:(&&|\|\||==|!=|[!(){},])|"([^"]*)"|'([^']*)'|([A-Za-z0-9_./-]+))/y;
const MAX_LENGTH = 4096;
const MAX_DEPTH = 32;

interface Token {
  readonly kind: 'sign' | 'text' | 'word';
  readonly value: string;
}

interface Parser {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

class NotASelector extends Error {}

/** projectcalico/calico libcalico-go/lib/selector: comparisons joined by && and ||, `!`, has(), all(), global(). */
export function parseSelector(text: string): Expression | undefined {
  if (text.trim() === '') return () => true;
  const tokens = tokenize(text);
  if (tokens === undefined) return undefined;
  const parser: Parser = { tokens, at: 0, depth: 0 };
  try {
    const expression = parseAny(parser);
    return parser.at === tokens.length ? expression : undefined;
  } catch (error) {
    if (error instanceof NotASelector) return undefined;
    throw error;
  }
}

function tokenize(text: string): readonly Token[] | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const tokens: Token[] = [];
  const source = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const found = TOKEN.exec(source);
    if (found === null) return undefined;
    const [, sign, double, single, word] = found;
    if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word });
    else tokens.push({ kind: 'text', value: double ?? single ?? '' });
  }
  return tokens;
}

function parseAny(parser: Parser): Expression {
  const options = [parseAll(parser)];
  while (accept(parser, '||')) options.push(parseAll(parser));
  return options.length === 1 ? (options[0] as Expression) : (labels) => anyOf(options, (option) => option(labels));
}

function parseAll(parser: Parser): Expression {
  const parts = [parseOne(parser)];
  while (accept(parser, '&&')) parts.push(parseOne(parser));
  return parts.length === 1
    ? (parts[0] as Expression)
    : (labels) => parts.reduce<Match>((match, part) => (match === false ? false : both(part(labels), match)), true);
}

function parseOne(parser: Parser): Expression {
  if (++parser.depth > MAX_DEPTH) throw new NotASelector();
  const expression = parseTerm(parser);
  parser.depth--;
  return expression;
}

function parseTerm(parser: Parser): Expression {
  if (accept(parser, '!')) {
    const inner = parseOne(parser);
    return (labels) => negate(inner(labels));
  }
  if (accept(parser, '(')) {
    const inner = parseAny(parser);
    expect(parser, ')');
    return inner;
  }
  const key = take(parser, 'word');
  if (accept(parser, '(')) return parseCall(parser, key);
  return parseComparison(parser, key);
}

function parseCall(parser: Parser, name: string): Expression {
  if (name === 'has') {
    const key = take(parser, 'word');
    expect(parser, ')');
    return on(key, (value) => value !== undefined);
  }
  expect(parser, ')');
  if (name === 'all') return () => true;
  // Things outside namespaces: network sets and host endpoints, never Pods.
  if (name === 'global') return () => false;
  throw new NotASelector();
}

function parseComparison(parser: Parser, key: string): Expression {
  if (accept(parser, '==')) {
    const wanted = take(parser, 'text');
    return on(key, (value) => value === wanted);
  }
  if (accept(parser, '!=')) {
    const unwanted = take(parser, 'text');
    return on(key, (value) => value !== unwanted);
  }
  const word = take(parser, 'word');
  if (word === 'in') {
    const values = parseSet(parser);
    return on(key, (value) => value !== undefined && values.includes(value));
  }
  if (word === 'not' && take(parser, 'word') === 'in') {
    const values = parseSet(parser);
    return on(key, (value) => value === undefined || !values.includes(value));
  }
  if (word === 'contains') {
    const part = take(parser, 'text');
    return on(key, (value) => value?.includes(part) ?? false);
  }
  if (word === 'starts' && take(parser, 'word') === 'with') {
    const part = take(parser, 'text');
    return on(key, (value) => value?.startsWith(part) ?? false);
  }
  if (word === 'ends' && take(parser, 'word') === 'with') {
    const part = take(parser, 'text');
    return on(key, (value) => value?.endsWith(part) ?? false);
  }
  throw new NotASelector();
}

function parseSet(parser: Parser): readonly string[] {
  const values: string[] = [];
  expect(parser, '{');
  while (!accept(parser, '}')) {
    values.push(take(parser, 'text'));
    accept(parser, ',');
  }
  return values;
}

function on(key: string, test: (value: string | undefined) => boolean): Expression {
  return ({ labels, uncertain }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return value === undefined && uncertain(key) ? doubt(`the label ${key} was not read`) : test(value);
  };
}

function negate(match: Match): Match {
  return isDoubt(match) ? match : !match;
}

function accept(parser: Parser, sign: string): boolean {
  const token = parser.tokens[parser.at];
  if (token?.kind !== 'sign' || token.value !== sign) return false;
  parser.at++;
  return true;
}

function expect(parser: Parser, sign: string): void {
  if (!accept(parser, sign)) throw new NotASelector();
}

function take(parser: Parser, kind: 'word' | 'text'): string {
  const token = parser.tokens[parser.at++];
  if (token?.kind !== kind) throw new NotASelector();
  return token.value;
}
