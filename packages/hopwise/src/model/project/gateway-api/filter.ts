import type { JsonObject } from '../../../sources/contract.ts';
import type { HeaderChanges, HeaderValue, PathModifier, RouteFilter } from '../../kinds/gateway-api.ts';
import { defined, readNumber, readObject, readObjects, readOptionalObject, readString, readStrings } from '../read.ts';
import { readIndexed } from './indexed.ts';
import { GATEWAY_GROUP, readBackendTarget, readReference } from './reference.ts';

type FilterReader = (raw: JsonObject, field: string, namespace: string) => RouteFilter;

/** Filters of a rule or backend in the order written. */
export function readFilters(parent: JsonObject, path: string, namespace: string): readonly RouteFilter[] {
  return readIndexed(parent, 'filters', path).map(([raw, field]) => {
    const type = readString(raw, 'type') ?? '';
    const reader = FILTERS.get(type);
    return reader === undefined ? { kind: 'unknown', type, field } : reader(raw, field, namespace);
  });
}

const FILTERS: ReadonlyMap<string, FilterReader> = new Map<string, FilterReader>([
  [
    'RequestHeaderModifier',
    (raw, field) => ({
      kind: 'RequestHeaderModifier',
      changes: readHeaderChanges(readObject(raw, 'requestHeaderModifier')),
      field,
    }),
  ],
  [
    'ResponseHeaderModifier',
    (raw, field) => ({
      kind: 'ResponseHeaderModifier',
      changes: readHeaderChanges(readObject(raw, 'responseHeaderModifier')),
      field,
    }),
  ],
  [
    'RequestRedirect',
    (raw, field) => {
      const redirect = readObject(raw, 'requestRedirect');
      return defined({
        kind: 'RequestRedirect' as const,
        scheme: readString(redirect, 'scheme') || undefined,
        hostname: readString(redirect, 'hostname') || undefined,
        path: readPathModifier(redirect),
        port: readNumber(redirect, 'port'),
        status: readNumber(redirect, 'statusCode') ?? 302,
        field,
      });
    },
  ],
  [
    'URLRewrite',
    (raw, field) => {
      const rewrite = readObject(raw, 'urlRewrite');
      return defined({
        kind: 'URLRewrite' as const,
        hostname: readString(rewrite, 'hostname') || undefined,
        path: readPathModifier(rewrite),
        field,
      });
    },
  ],
  [
    'RequestMirror',
    (raw, field, namespace) => {
      const mirror = readObject(raw, 'requestMirror');
      return {
        kind: 'RequestMirror',
        backend: readBackendTarget(readObject(mirror, 'backendRef'), `${field}.requestMirror.backendRef`, namespace),
        percent: mirrorPercent(mirror),
        field,
      };
    },
  ],
  ['CORS', (_raw, field) => ({ kind: 'CORS', field })],
  [
    'ExternalAuth',
    (raw, field, namespace) => ({
      kind: 'ExternalAuth',
      backend: readBackendTarget(
        readObject(readObject(raw, 'externalAuth'), 'backendRef'),
        `${field}.externalAuth.backendRef`,
        namespace,
      ),
      field,
    }),
  ],
  [
    'ExtensionRef',
    (raw, field, namespace) => ({
      kind: 'ExtensionRef',
      ref: readReference(readObject(raw, 'extensionRef'), `${field}.extensionRef`, {
        group: GATEWAY_GROUP,
        kind: '',
        namespace,
      }),
      field,
    }),
  ],
]);

/** percent, else fraction (denominator 100 by default), else everything. */
function mirrorPercent(mirror: JsonObject): number {
  const percent = readNumber(mirror, 'percent');
  if (percent !== undefined) return percent;
  const fraction = readOptionalObject(mirror, 'fraction');
  if (fraction === undefined) return 100;
  const denominator = readNumber(fraction, 'denominator') ?? 100;
  return denominator === 0 ? 0 : (100 * (readNumber(fraction, 'numerator') ?? 0)) / denominator;
}

function readHeaderChanges(raw: JsonObject): HeaderChanges {
  return { set: readHeaders(raw, 'set'), add: readHeaders(raw, 'add'), remove: readStrings(raw, 'remove') };
}

function readHeaders(raw: JsonObject, key: string): readonly HeaderValue[] {
  return readObjects(raw, key).map((header) => ({
    name: readString(header, 'name') ?? '',
    value: readString(header, 'value') ?? '',
  }));
}

function readPathModifier(parent: JsonObject): PathModifier | undefined {
  const raw = readOptionalObject(parent, 'path');
  if (raw === undefined) return undefined;
  const type = readString(raw, 'type');
  if (type === 'ReplaceFullPath') return { kind: type, value: readString(raw, 'replaceFullPath') ?? '' };
  if (type === 'ReplacePrefixMatch') return { kind: type, value: readString(raw, 'replacePrefixMatch') ?? '' };
  return { kind: 'unknown', value: '' };
}
