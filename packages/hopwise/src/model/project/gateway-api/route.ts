import type { JsonObject } from '../../../sources/contract.ts';
import type {
  GrpcRouteMatch,
  GrpcRouteRule,
  HttpRouteMatch,
  HttpRouteRule,
  MatchKind,
  RouteBackendRef,
  RouteBase,
  RouteParentStatus,
  RouteRetry,
  SessionPersistence,
  StreamRouteRule,
  ValueMatch,
} from '../../kinds/gateway-api.ts';
import type { Meta } from '../../meta.ts';
import {
  defined,
  hasField,
  readConditions,
  readList,
  readNumber,
  readObject,
  readObjects,
  readOptionalObject,
  readString,
  readStrings,
} from '../read.ts';
import { parseDuration } from './duration.ts';
import { readFilters } from './filter.ts';
import { readIndexed } from './indexed.ts';
import { readBackendTarget, readParentRef } from './reference.ts';

/** What all kinds of route have in common. */
export function readRouteBase(raw: JsonObject, meta: Meta): RouteBase {
  const spec = readObject(raw, 'spec');
  return {
    ...meta,
    parents: readIndexed(spec, 'parentRefs', 'spec').map(([ref, field]) => readParentRef(ref, field, meta.namespace)),
    hostnames: readStrings(spec, 'hostnames').map((host) => host.toLowerCase()),
    defaultGateways: readString(spec, 'useDefaultGateways') || 'None',
    parentStatuses: readParentStatuses(raw, 'parents', 'parentRef', meta.namespace),
    hasStatus: hasField(readObject(raw, 'status'), 'parents'),
  };
}

/** status.parents of routes and status.ancestors of policies have one shape. */
export function readParentStatuses(
  raw: JsonObject,
  list: 'parents' | 'ancestors',
  ref: 'parentRef' | 'ancestorRef',
  namespace: string,
): readonly RouteParentStatus[] {
  return readIndexed(readObject(raw, 'status'), list, 'status').map(([entry, field]) => {
    const observed = readObjects(entry, 'conditions').flatMap(
      (condition) => readNumber(condition, 'observedGeneration') ?? [],
    );
    return defined({
      parent: readParentRef(readObject(entry, ref), `${field}.${ref}`, namespace),
      controller: readString(entry, 'controllerName') ?? '',
      conditions: readConditions(entry),
      observedGeneration: observed.length === 0 ? undefined : Math.max(...observed),
    });
  });
}

export function readHttpRules(raw: JsonObject, namespace: string): readonly HttpRouteRule[] {
  const spec = readObject(raw, 'spec');
  // HTTPRouteSpec.rules has a default of one rule that matches everything and forwards nowhere.
  if (!hasField(spec, 'rules')) return [readHttpRule({}, 'spec.rules[0]', namespace)];
  return readIndexed(spec, 'rules', 'spec').map(([rule, field]) => readHttpRule(rule, field, namespace));
}

function readHttpRule(raw: JsonObject, field: string, namespace: string): HttpRouteRule {
  const timeouts = readObject(raw, 'timeouts');
  const matches = readIndexed(raw, 'matches', field).map(([match, path]) => readHttpMatch(match, path));
  return defined({
    ...readRuleBase(raw, field, namespace),
    matches: matches.length > 0 ? matches : [readHttpMatch({}, field)],
    requestTimeout: parseDuration(readString(timeouts, 'request')),
    backendRequestTimeout: parseDuration(readString(timeouts, 'backendRequest')),
    retry: readRetry(raw),
  });
}

function readHttpMatch(raw: JsonObject, field: string): HttpRouteMatch {
  const path = readObject(raw, 'path');
  const kind = readString(path, 'type') ?? 'PathPrefix';
  return defined({
    path: {
      kind: kind === 'Exact' || kind === 'PathPrefix' || kind === 'RegularExpression' ? kind : ('unknown' as const),
      value: readString(path, 'value') ?? '/',
    },
    method: readString(raw, 'method'),
    headers: readValueMatches(raw, 'headers', (name) => name.toLowerCase()),
    query: readValueMatches(raw, 'queryParams', (name) => name),
    field,
  });
}

/** Of several entries for one name only the first counts (HTTPHeaderMatch.Name, HTTPQueryParamMatch.Name). */
function readValueMatches(raw: JsonObject, key: string, normalise: (name: string) => string): readonly ValueMatch[] {
  const seen = new Map<string, ValueMatch>();
  for (const entry of readObjects(raw, key)) {
    const name = normalise(readString(entry, 'name') ?? '');
    if (seen.has(name)) continue;
    seen.set(name, { kind: readMatchKind(entry), name, value: readString(entry, 'value') ?? '' });
  }
  return [...seen.values()];
}

function readMatchKind(raw: JsonObject): MatchKind | 'unknown' {
  const kind = readString(raw, 'type') ?? 'Exact';
  return kind === 'Exact' || kind === 'RegularExpression' ? kind : 'unknown';
}

export function readGrpcRules(raw: JsonObject, namespace: string): readonly GrpcRouteRule[] {
  return readIndexed(readObject(raw, 'spec'), 'rules', 'spec').map(([rule, field]) => {
    const matches = readIndexed(rule, 'matches', field).map(([match, path]) => readGrpcMatch(match, path));
    return {
      ...readRuleBase(rule, field, namespace),
      matches: matches.length > 0 ? matches : [readGrpcMatch({}, field)],
    };
  });
}

function readGrpcMatch(raw: JsonObject, field: string): GrpcRouteMatch {
  const method = readOptionalObject(raw, 'method');
  return defined({
    method:
      method === undefined
        ? undefined
        : {
            kind: readMatchKind(method),
            service: readString(method, 'service') ?? '',
            method: readString(method, 'method') ?? '',
          },
    headers: readValueMatches(raw, 'headers', (name) => name.toLowerCase()),
    field,
  });
}

export function readStreamRules(raw: JsonObject, namespace: string): readonly StreamRouteRule[] {
  return readIndexed(readObject(raw, 'spec'), 'rules', 'spec').map(([rule, field]) =>
    defined({ name: readString(rule, 'name'), backends: readBackends(rule, field, namespace), field }),
  );
}

function readRuleBase(raw: JsonObject, field: string, namespace: string) {
  return defined({
    name: readString(raw, 'name'),
    filters: readFilters(raw, field, namespace),
    backends: readBackends(raw, field, namespace),
    persistence: readPersistence(raw),
    field,
  });
}

function readBackends(raw: JsonObject, path: string, namespace: string): readonly RouteBackendRef[] {
  return readIndexed(raw, 'backendRefs', path).map(([ref, field]) => ({
    ...readBackendTarget(ref, field, namespace),
    weight: readNumber(ref, 'weight') ?? 1,
    filters: readFilters(ref, field, namespace),
  }));
}

function readPersistence(raw: JsonObject): SessionPersistence | undefined {
  const persistence = readOptionalObject(raw, 'sessionPersistence');
  if (persistence === undefined) return undefined;
  const kind = readString(persistence, 'type') ?? 'Cookie';
  // sessionName is the name's place before v1.6 moved it into cookie and header.
  const detail = readObject(persistence, kind === 'Header' ? 'header' : 'cookie');
  return defined({ kind, name: readString(detail, 'name') ?? readString(persistence, 'sessionName') });
}

function readRetry(raw: JsonObject): RouteRetry | undefined {
  const retry = readOptionalObject(raw, 'retry');
  if (retry === undefined) return undefined;
  return defined({
    codes: readList(retry, 'codes').filter((code): code is number => typeof code === 'number'),
    attempts: readNumber(retry, 'attempts'),
    backoff: parseDuration(readString(retry, 'backoff')),
  });
}
