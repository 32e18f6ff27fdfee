import {
  isObject,
  readBoolean,
  readNumber,
  readObject,
  readOptionalObject,
  readString,
} from '../../../model/project/read.ts';
import type { Json, JsonObject } from '../../../sources/contract.ts';
import { readIndexed } from './objects.ts';
import type { VirtualService } from './virtual-services.ts';

/** One HTTPRoute with the VirtualService that wrote it and the matches in force. */
export interface HttpRouteEntry {
  readonly owner: VirtualService;
  readonly raw: JsonObject;
  readonly field: string;
  readonly matches: readonly (readonly [raw: JsonObject, field: string])[];
}

/**
 * The routes of a VirtualService with delegates put in place: each route of the delegate takes the root's match where the two
 * agree, and what it leaves out from the root (pilot/pkg/model/virtualservice.go mergeHTTPRoute). A delegate that does not
 * exist, or that delegates again, brings nothing.
 */
export function expandRoutes(service: VirtualService, all: readonly VirtualService[]): readonly HttpRouteEntry[] {
  return service.http.flatMap(([raw, field]) => {
    const matches = readIndexed(raw, 'match', field);
    const delegate = readOptionalObject(raw, 'delegate');
    if (delegate === undefined) return [{ owner: service, raw, field, matches }];
    const namespace = readString(delegate, 'namespace') || service.namespace;
    const target = all.find(
      (entry) => entry.namespace === namespace && entry.object.name === readString(delegate, 'name'),
    );
    return (target?.http ?? []).flatMap(([leaf, leafField]) => {
      if (target === undefined || readOptionalObject(leaf, 'delegate') !== undefined) return [];
      const merged = mergeMatches(matches, readIndexed(leaf, 'match', leafField), leafField);
      if (merged === undefined) return [];
      return [{ owner: target, raw: inherit(raw, leaf), field: leafField, matches: merged }];
    });
  });
}

const INHERITED = ['rewrite', 'directResponse', 'timeout', 'retries', 'fault', 'mirror', 'mirrors', 'headers'];

function inherit(root: JsonObject, leaf: JsonObject): JsonObject {
  const out: Record<string, Json | undefined> = { ...leaf };
  for (const key of INHERITED) if (!Object.hasOwn(leaf, key) && Object.hasOwn(root, key)) out[key] = root[key];
  return out;
}

type Matches = HttpRouteEntry['matches'];

/**
 * Undefined when some match of the delegate is not within any of the root's: the route is then dropped. One that has none of
 * its own stands for the whole route: the root's are in another object.
 */
function mergeMatches(root: Matches, leaf: Matches, leafField: string): Matches | undefined {
  if (root.length === 0) return leaf;
  if (leaf.length === 0) return root.map(([raw]) => [raw, leafField] as const);
  const out: (readonly [JsonObject, string])[] = [];
  for (const [leafMatch, field] of leaf) {
    const within = root.filter(([rootMatch]) => !conflicts(rootMatch, leafMatch));
    if (within.length === 0) return undefined;
    for (const [rootMatch] of within) out.push([mergeMatch(rootMatch, leafMatch), field]);
  }
  return out;
}

const MAPS = ['headers', 'withoutHeaders', 'queryParams'] as const;

function mergeMatch(root: JsonObject, leaf: JsonObject): JsonObject {
  const maps = Object.fromEntries(
    MAPS.map((key) => [key, { ...readObject(root, key), ...readObject(leaf, key) }] as const).filter(
      ([, value]) => Object.keys(value).length > 0,
    ),
  );
  return { ...root, ...leaf, ...maps };
}

function conflicts(root: JsonObject, leaf: JsonObject): boolean {
  const texts = ['uri', 'scheme', 'method', 'authority'].some((key) => textConflicts(root[key], leaf[key]));
  const entries = MAPS.some((key) => {
    const wanted = readObject(root, key);
    return Object.entries(readObject(leaf, key)).some(([name, value]) => textConflicts(wanted[name], value));
  });
  const [rootPort, leafPort] = [readNumber(root, 'port') ?? 0, readNumber(leaf, 'port') ?? 0];
  const ignoreCase = (match: JsonObject) => readBoolean(match, 'ignoreUriCase') === true;
  return (
    texts || entries || (rootPort > 0 && leafPort > 0 && rootPort !== leafPort) || ignoreCase(root) !== ignoreCase(leaf)
  );
}

/** Regular expressions never agree; an exact value must be the same; a prefix must lead to the narrower one. */
function textConflicts(root: Json | undefined, leaf: Json | undefined): boolean {
  if (!isObject(root) || !isObject(leaf)) return false;
  if (readString(root, 'regex') || readString(leaf, 'regex')) return true;
  const exact = readString(leaf, 'exact');
  const rootExact = readString(root, 'exact');
  if (rootExact) return exact !== rootExact;
  const rootPrefix = readString(root, 'prefix');
  const narrower = readString(leaf, 'prefix') || exact;
  return !rootPrefix || !narrower?.startsWith(rootPrefix);
}
