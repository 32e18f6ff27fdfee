import { parsePath } from '../base/field-path.ts';
import { pointerOf } from '../base/json-pointer.ts';
import { splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Rule } from '../routing/route-table.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import type { NearRule } from './candidates.ts';
import { literalHead } from './path-literal.ts';
import type { JsonPatch } from './wanted-patch.ts';

/** A rule's path as its object writes it. */
interface WrittenPath {
  /** JSON pointer of the list entry that holds path and type. */
  readonly entry: string;
  readonly list: string;
  readonly raw: Json;
  readonly withPath: (path: string) => Json;
}

/**
 * Lets the rule that was meant cover the request: a prefix that ends in the middle of an element is cut back to the element,
 * Exact becomes Prefix, and another spelling is added beside the old one. Undefined for expressions and conditions.
 */
export function coverPath(model: ClusterModel, near: NearRule, path: string): JsonPatch | undefined {
  const written = writtenPath(model, near.rule);
  const wanted = wantedPrefix(near, path);
  if (written === undefined || wanted === undefined) return undefined;
  const { object } = near.rule;
  const entry = written.withPath(wanted);
  // What the rule covers now must stay covered: another spelling becomes an entry beside it.
  const head = literalHead(near.rule.match.path);
  const widens = head === wanted || head.startsWith(`${wanted}/`);
  const op: Json = widens
    ? { op: 'replace', path: written.entry, value: entry }
    : { op: 'add', path: `${written.list}/-`, value: entry };
  return { object, type: 'json', patch: [op] };
}

/** The prefix that would cover the request, as short a change as there is. */
export function wantedPrefix(near: NearRule, path: string): string | undefined {
  const head = literalHead(near.rule.match.path);
  switch (near.kind) {
    case 'slash':
    case 'below':
      return head === '' ? undefined : head;
    case 'inside': {
      const parent = head.slice(0, head.lastIndexOf('/'));
      return parent === '' ? sameDepth(head, path) : parent;
    }
    case 'case':
    case 'typo':
      return sameDepth(head, path);
    case 'pattern':
    case 'condition':
      return undefined;
  }
}

/** As many elements of the request's path as the rule has. */
function sameDepth(head: string, path: string): string {
  return path.split('/').slice(0, head.split('/').length).join('/');
}

function writtenPath(model: ClusterModel, rule: Rule): WrittenPath | undefined {
  const { kind } = splitId(rule.object);
  const entry = pointerOf(rule.field);
  const raw = entry === undefined ? undefined : valueAt(model.raw(rule.object), rule.field);
  if (entry === undefined || !isRecord(raw)) return undefined;
  const list = entry.slice(0, entry.lastIndexOf('/'));
  const write = WRITERS.find((writer) => writer.kind === kind && list.endsWith(writer.list))?.write;
  return write === undefined ? undefined : { entry, list, raw, withPath: (path) => write(raw, path) };
}

/** A list entry with another prefix in it, as each kind of route writes one. */
const WRITERS: readonly {
  readonly kind: string;
  readonly list: string;
  readonly write: (raw: JsonObject, path: string) => Json;
}[] = [
  { kind: 'Ingress', list: '/paths', write: (raw, path) => ({ ...raw, path, pathType: 'Prefix' }) },
  { kind: 'HTTPRoute', list: '/matches', write: (raw, value) => ({ ...raw, path: { type: 'PathPrefix', value } }) },
  // networking.istio.io HTTPMatchRequest.uri
  { kind: 'VirtualService', list: '/match', write: (raw, prefix) => ({ ...raw, uri: { prefix } }) },
  // gateway.solo.io Matcher: one of prefix, exact, regex
  { kind: 'VirtualService', list: '/matchers', write: withPrefix },
  { kind: 'RouteTable', list: '/matchers', write: withPrefix },
];

function withPrefix(raw: JsonObject, prefix: string): Json {
  const { exact: _exact, regex: _regex, ...rest } = raw;
  return { ...rest, prefix };
}

function valueAt(raw: Json | undefined, path: string): Json | undefined {
  let at: Json | undefined = raw;
  for (const step of parsePath(path) ?? []) {
    if (Array.isArray(at)) at = typeof step === 'number' ? (at as readonly Json[])[step] : undefined;
    else at = isRecord(at) && typeof step === 'string' && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}

function isRecord(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
