import { isObject, readBoolean, readNumber, readObject, readString } from '../../../model/project/read.ts';
import type { Json, JsonObject } from '../../../sources/contract.ts';
import type { NameMatch, PathMatch, RuleMatch } from '../../route-table.ts';
import { readGatewayNames } from './virtual-services.ts';

/** The place a request comes in: rules may be for some ports or Gateways only. */
export interface Entrance {
  readonly port: number;
  readonly tls: boolean;
  /** Gateways that share the data plane and the listener. */
  readonly gateways: ReadonlySet<string>;
}

export interface HttpMatch {
  readonly match: RuleMatch;
  /** Parts that are not modelled. */
  readonly doubts: readonly string[];
}

export const ANY_REQUEST: RuleMatch = { path: { kind: 'prefix', value: '/' } };

/**
 * One HTTPMatchRequest (pilot/pkg/networking/core/route/route.go TranslateRouteMatch, sourceMatchHTTP); undefined when it is
 * not for this entrance.
 */
export function readHttpMatch(raw: JsonObject, namespace: string, entrance: Entrance): HttpMatch | undefined {
  const port = readNumber(raw, 'port');
  if (port !== undefined && port !== 0 && port !== entrance.port) return undefined;
  const gateways = readGatewayNames(raw, namespace, []);
  if (gateways.length > 0 && !gateways.some((name) => entrance.gateways.has(name))) return undefined;
  // Labels and namespaces of the caller are those of sidecars; a gateway has neither of the kind meant.
  if (isObject(raw.sourceLabels) || readString(raw, 'sourceNamespace')) return undefined;
  const scheme = readString(readObject(raw, 'scheme'), 'exact');
  if (scheme !== undefined && (scheme === 'https') !== entrance.tls) return undefined;

  const doubts: string[] = [];
  const method = readString(readObject(raw, 'method'), 'exact');
  if (method === undefined && isObject(raw.method)) doubts.push('method is matched by pattern');
  if (isObject(raw.authority)) doubts.push('authority is matched as well');
  const headers = [...readNames(raw, 'headers', doubts), ...readWithout(raw, doubts)];
  const query = readNames(raw, 'queryParams', doubts);
  return {
    match: {
      path: readPath(raw),
      ...(method === undefined ? {} : { methods: [method] }),
      ...(headers.length === 0 ? {} : { headers }),
      ...(query.length === 0 ? {} : { query }),
    },
    doubts,
  };
}

/** `prefix` is a plain string prefix, not one of path elements; regular expressions are RE2 and match the whole path. */
function readPath(raw: JsonObject): PathMatch {
  const uri = readObject(raw, 'uri');
  const ignoreCase = readBoolean(raw, 'ignoreUriCase') === true ? { ignoreCase: true } : {};
  const exact = readString(uri, 'exact');
  if (exact !== undefined) return { kind: 'exact', value: exact, ...ignoreCase };
  const regex = readString(uri, 'regex');
  if (regex !== undefined) return { kind: 'regex', value: regex, engine: 're2', full: true, ...ignoreCase };
  return { kind: 'prefix', value: readString(uri, 'prefix') ?? '/', ...ignoreCase };
}

function readNames(raw: JsonObject, key: 'headers' | 'queryParams', doubts: string[]): readonly NameMatch[] {
  return Object.entries(readObject(raw, key)).flatMap(([name, value]) => {
    // Names with a leading @ ask for request metadata of an authentication filter.
    if (name.startsWith('@')) {
      doubts.push(`${key} ${name} asks for metadata`);
      return [];
    }
    return [toNameMatch(key === 'headers' ? name.toLowerCase() : name, value)];
  });
}

function toNameMatch(name: string, value: Json | undefined): NameMatch {
  const matcher = isObject(value) ? value : {};
  const exact = readString(matcher, 'exact');
  if (exact !== undefined) return { name, kind: 'exact', value: exact };
  const regex = readString(matcher, 'regex');
  if (regex !== undefined && regex !== '*') return { name, kind: 'regex', value: regex };
  const prefix = readString(matcher, 'prefix');
  if (prefix) return { name, kind: 'regex', value: `${prefix.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}.*` };
  return { name, kind: 'present', value: '' };
}

function readWithout(raw: JsonObject, doubts: string[]): readonly NameMatch[] {
  return Object.entries(readObject(raw, 'withoutHeaders')).flatMap(([name, value]): NameMatch[] => {
    const plain = toNameMatch(name.toLowerCase(), value);
    if (plain.kind === 'present') return [{ ...plain, kind: 'absent' }];
    doubts.push(`withoutHeaders ${name} excludes some values`);
    return [];
  });
}

/** Nothing can come after it: prefix `/` (or regex `.*`) and no other condition (IsCatchAllRoute). */
export function isCatchAll({ path, methods, headers, query }: RuleMatch): boolean {
  const all = (path.kind === 'prefix' && path.value === '/') || (path.kind === 'regex' && path.value === '.*');
  return all && methods === undefined && headers === undefined && query === undefined;
}
