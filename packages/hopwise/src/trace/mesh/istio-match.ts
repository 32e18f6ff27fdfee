import { readString, readStrings } from '../../model/project/read.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { contains, knownBlock, parseAddress } from '../policy/address.ts';
import { both, doubt, type Match } from '../policy/match.ts';

/** Who asks for what, as an AuthorizationPolicy sees it. */
export interface AuthorizationAsk {
  /** Identity proved by mTLS; undefined for plain text. */
  readonly principal: string | undefined;
  readonly namespace: string | undefined;
  readonly serviceAccount: string | undefined;
  /** Address of the peer that connects; undefined when it is not known. */
  readonly address: string | undefined;
  /** Address of the client at the far end (X-Forwarded-For), hardly ever known. */
  readonly client: string | undefined;
  readonly port: number;
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

/*
 * istio.io/latest/docs/reference/config/security/authorization-policy: a rule matches when one source, one operation and all
 * conditions do; fields of a source or operation are joined by AND, the values of a field by OR.
 */

export function matchSource(source: JsonObject, ask: AuthorizationAsk): Match {
  let match: Match = true;
  const add = (field: string, value: Match): void => {
    const wanted = readStrings(source, field);
    if (wanted.length > 0) match = both(match, value);
  };
  for (const [field, value] of [
    ['principals', ask.principal],
    ['namespaces', ask.namespace],
    ['serviceAccounts', ask.serviceAccount],
  ] as const) {
    add(field, anyText(readStrings(source, field), value, field === 'serviceAccounts' ? ask.namespace : undefined));
    const not = `not${field.slice(0, 1).toUpperCase()}${field.slice(1)}`;
    add(not, !anyText(readStrings(source, not), value, field === 'serviceAccounts' ? ask.namespace : undefined));
  }
  for (const [field, address] of [
    ['ipBlocks', ask.address],
    ['remoteIpBlocks', ask.client],
  ] as const) {
    add(field, inBlocks(readStrings(source, field), address));
    const not = `not${field.slice(0, 1).toUpperCase()}${field.slice(1)}`;
    add(not, negate(inBlocks(readStrings(source, not), address)));
  }
  // A request without a token has no request principal; what a token says is not known here.
  const token: Match =
    ask.headers.authorization === undefined ? false : doubt('what the request’s token says is not known');
  add('requestPrincipals', token);
  add('notRequestPrincipals', negate(token));
  return match;
}

export function matchOperation(operation: JsonObject, ask: AuthorizationAsk): Match {
  const { host, method, path, port } = ask;
  const values: readonly (readonly [string, string])[] = [
    ['Hosts', host],
    ['Ports', String(port)],
    ['Methods', method],
    ['Paths', path],
  ];
  for (const [name, value] of values) {
    const wanted = readStrings(operation, name.toLowerCase());
    if (wanted.length > 0 && !anyText(wanted, value, undefined)) return false;
    const unwanted = readStrings(operation, `not${name}`);
    if (unwanted.length > 0 && anyText(unwanted, value, undefined)) return false;
  }
  return true;
}

export function matchCondition(condition: JsonObject, ask: AuthorizationAsk): Match {
  const key = readString(condition, 'key') ?? '';
  const value = conditionValue(key, ask);
  if (value === 'unknown') return doubt(`the condition on ${key} cannot be judged`);
  const wanted = readStrings(condition, 'values');
  const unwanted = readStrings(condition, 'notValues');
  if (wanted.length > 0 && !anyText(wanted, value, undefined)) return false;
  return !(unwanted.length > 0 && anyText(unwanted, value, undefined));
}

function conditionValue(key: string, ask: AuthorizationAsk): string | undefined | 'unknown' {
  switch (key) {
    case 'source.namespace':
      return ask.namespace;
    case 'source.principal':
      return ask.principal;
    case 'destination.port':
      return String(ask.port);
    default: {
      const header = /^request\.headers\[([^\]]{1,200})\]$/.exec(key)?.[1];
      return header === undefined ? 'unknown' : ask.headers[header.toLowerCase()];
    }
  }
}

/** Exact, `prefix*`, `*suffix`, `*` for anything that is there; path templates with `{*}` and `{**}`. */
function anyText(patterns: readonly string[], value: string | undefined, namespace: string | undefined): boolean {
  return value !== undefined && patterns.some((pattern) => matchText(pattern, value, namespace));
}

export function matchText(pattern: string, value: string, namespace?: string): boolean {
  if (pattern === '*') return value !== '';
  if (pattern.includes('{*')) return matchTemplate(pattern, value);
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith('*')) return value.endsWith(pattern.slice(1));
  // serviceAccounts: `name` is of the policy's namespace, `namespace/name` of another.
  if (namespace !== undefined && pattern.includes('/')) return pattern === `${namespace}/${value}`;
  return pattern === value;
}

function matchTemplate(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  for (const [index, segment] of wanted.entries()) {
    if (segment === '{**}') return given.length >= index;
    const own = given[index];
    if (own === undefined || (segment === '{*}' ? own === '' : segment !== own)) return false;
  }
  return wanted.length === given.length;
}

function inBlocks(blocks: readonly string[], text: string | undefined): Match {
  const address = text === undefined ? undefined : parseAddress(text);
  if (address === undefined) return doubt('the address of the client is not known');
  return blocks.some((entry) => {
    const block = knownBlock(entry.includes('/') ? entry : `${entry}/${address.family === 4 ? 32 : 128}`);
    return block !== undefined && contains(block, address);
  });
}

function negate(match: Match): Match {
  return typeof match === 'boolean' ? !match : match;
}
