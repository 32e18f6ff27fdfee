import { idOf } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import {
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readOptionalObject,
  readString,
  readStringMap,
  readStrings,
} from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';
import { byDefault, ENVOY_ROUTE_TIMEOUT } from '../../envoy.ts';
import { parseDuration } from '../../go-duration.ts';
import type {
  Action,
  EffectiveSettings,
  NameMatch,
  NotUnderstood,
  PathMatch,
  Rewrite,
  Rule,
  RuleMatch,
} from '../../route-table.ts';
import { findByRef, listGloo, namespaceOf, readIndexed, specOf } from './objects.ts';
import { readTarget, settingsOfTarget, type Target } from './upstream.ts';

const ANY: RuleMatch = { path: { kind: 'prefix', value: '/' } };
const MAX_DEPTH = 10;

/** Rules of a list of routes in order, those of delegated RouteTables in place of the route that delegates. */
export function readRoutes(
  model: ClusterModel,
  owner: ForeignObject,
  parent: JsonObject,
  path: string,
  inherited: readonly RuleMatch[] = [ANY],
  depth = 0,
): readonly Rule[] {
  return readIndexed(parent, 'routes', path).flatMap(([raw, field]) => {
    const matchers = readIndexed(raw, 'matchers', field).map(([matcher, matcherField]) => ({
      match: readMatcher(matcher),
      field: matcherField,
    }));
    const matches = matchers.length > 0 ? matchers : inherited.map((match) => ({ match, field }));
    const delegate = readOptionalObject(raw, 'delegateAction');
    if (delegate !== undefined)
      return followDelegate(
        model,
        owner,
        delegate,
        field,
        matches.map(({ match }) => match),
        depth,
      );
    return matches.map(({ match, field: at }) => ({
      ...buildRule(model, owner, raw, field, at, match),
      ...(at === field ? {} : { pathAt: `${at}.${match.path.kind}` }),
    }));
  });
}

/**
 * Routes of a RouteTable are for paths below the delegating route's prefix; routes without matchers take its matcher
 * (gateway/pkg/translator/converter.go). Selected tables are ordered by weight, then by name.
 */
function followDelegate(
  model: ClusterModel,
  owner: ForeignObject,
  delegate: JsonObject,
  field: string,
  matches: readonly RuleMatch[],
  depth: number,
): readonly Rule[] {
  const tables = listGloo(model, 'RouteTable');
  const ref =
    readOptionalObject(delegate, 'ref') ?? (readString(delegate, 'name') === undefined ? undefined : delegate);
  const chosen =
    ref === undefined
      ? selectTables(tables, readObject(delegate, 'selector'), owner)
      : [findByRef(tables, ref, namespaceOf(owner))];
  if (depth >= MAX_DEPTH) return [];
  return chosen.flatMap((table) =>
    table === undefined
      ? [missingTable(owner, field, matches[0] ?? ANY)]
      : readRoutes(model, table, specOf(table), 'spec', matches, depth + 1),
  );
}

function selectTables(
  tables: readonly ForeignObject[],
  selector: JsonObject,
  owner: ForeignObject,
): readonly ForeignObject[] {
  const namespaces = readStrings(selector, 'namespaces');
  const labels = Object.entries(readStringMap(selector, 'labels'));
  const inNamespace = (namespace: string) =>
    namespaces.length === 0
      ? namespace === namespaceOf(owner)
      : namespaces.includes('*') || namespaces.includes(namespace);
  return tables
    .filter(
      (table) =>
        inNamespace(namespaceOf(table)) &&
        labels.every(([key, value]) => Object.hasOwn(table.labels, key) && table.labels[key] === value),
    )
    .toSorted((a, b) => (readNumber(specOf(a), 'weight') ?? 0) - (readNumber(specOf(b), 'weight') ?? 0));
}

function missingTable(owner: ForeignObject, field: string, match: RuleMatch): Rule {
  const object = idOf(owner);
  return {
    object,
    field,
    match,
    action: { kind: 'fixed', status: 404, why: 'the RouteTable it delegates to was not found' },
    settings: {},
    notUnderstood: [{ object, path: `${field}.delegateAction`, why: 'the RouteTable is not in the input' }],
  };
}

/** matchers.proto: plain string prefix, exact, or RE2 on the whole path; an empty header value means presence. */
function readMatcher(raw: JsonObject): RuleMatch {
  const headers = readObjects(raw, 'headers').map((header) => readNameMatch(header, true));
  const query = readObjects(raw, 'queryParameters').map((parameter) => readNameMatch(parameter, false));
  const methods = readStrings(raw, 'methods');
  return {
    path: readPath(raw),
    ...(methods.length === 0 ? {} : { methods: methods.map((method) => method.toUpperCase()) }),
    ...(headers.length === 0 ? {} : { headers }),
    ...(query.length === 0 ? {} : { query }),
  };
}

function readPath(raw: JsonObject): PathMatch {
  const ignoreCase = readBoolean(raw, 'caseSensitive') === false ? { ignoreCase: true } : {};
  const exact = readString(raw, 'exact');
  if (exact !== undefined) return { kind: 'exact', value: exact, ...ignoreCase };
  const regex = readString(raw, 'regex');
  if (regex !== undefined) return { kind: 'regex', value: regex, engine: 're2', full: true, ...ignoreCase };
  return { kind: 'prefix', value: readString(raw, 'prefix') ?? '/', ...ignoreCase };
}

function readNameMatch(raw: JsonObject, header: boolean): NameMatch {
  const name = readString(raw, 'name') ?? '';
  const value = readString(raw, 'value') ?? '';
  const inverted = readBoolean(raw, 'invertMatch') === true;
  const kind =
    value === '' ? (inverted ? 'absent' : 'present') : readBoolean(raw, 'regex') === true ? 'regex' : 'exact';
  return { name: header ? name.toLowerCase() : name, kind, value };
}

function buildRule(
  model: ClusterModel,
  owner: ForeignObject,
  raw: JsonObject,
  routeField: string,
  field: string,
  match: RuleMatch,
): Rule {
  const object = idOf(owner);
  const targets = readTargets(model, owner, raw, routeField);
  const main = targets.toSorted((a, b) => b.backend.weight - a.backend.weight)[0];
  return {
    object,
    field,
    match,
    action: readAction(raw, routeField, match.path, targets, object),
    settings: {
      ...routeSettings(raw, object, routeField),
      ...(main === undefined ? {} : settingsOfTarget(model, main)),
    },
    notUnderstood: [...targets.flatMap(({ notUnderstood }) => notUnderstood), ...doubtsOf(raw, object, routeField)],
    ...(owner.created === undefined ? {} : { created: owner.created }),
  };
}

function readTargets(model: ClusterModel, owner: ForeignObject, raw: JsonObject, field: string): readonly Target[] {
  const action = readObject(raw, 'routeAction');
  const base = `${field}.routeAction`;
  const single = readOptionalObject(action, 'single');
  if (single !== undefined) return [readTarget(model, owner, single, `${base}.single`, 1)];
  const multi = readOptionalObject(action, 'multi');
  if (multi !== undefined) return readWeighted(model, owner, multi, `${base}.multi`);
  const group = readOptionalObject(action, 'upstreamGroup');
  if (group === undefined) return [];
  const found = findByRef(listGloo(model, 'UpstreamGroup'), group, namespaceOf(owner));
  return found === undefined ? [] : readWeighted(model, found, specOf(found), 'spec');
}

function readWeighted(model: ClusterModel, owner: ForeignObject, raw: JsonObject, path: string): readonly Target[] {
  return readIndexed(raw, 'destinations', path).map(([entry, field]) =>
    readTarget(
      model,
      owner,
      readObject(entry, 'destination'),
      `${field}.destination`,
      readNumber(entry, 'weight') ?? 0,
    ),
  );
}

const REDIRECT_CODES: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

function readAction(
  raw: JsonObject,
  field: string,
  path: PathMatch,
  targets: readonly Target[],
  object: Rule['object'],
): Action {
  const redirect = readOptionalObject(raw, 'redirectAction');
  if (redirect !== undefined) return readRedirect(redirect, field, path);
  const direct = readOptionalObject(raw, 'directResponseAction');
  if (direct !== undefined)
    return { kind: 'fixed', status: readNumber(direct, 'status') ?? 0, why: `directResponseAction at ${field}` };
  if (targets.length === 0)
    return { kind: 'fixed', status: 404, why: `no destination at ${field}`, mode: 'no-service' };
  return {
    kind: 'backends',
    backends: targets.map(({ backend }) => backend),
    rewrite: readRewrite(raw, field, path, object),
  };
}

/** proxy.proto RedirectAction over Envoy's: what is not given stays as the request has it. */
function readRedirect(redirect: JsonObject, field: string, path: PathMatch): Action {
  const whole = readString(redirect, 'pathRedirect');
  const prefix = readString(redirect, 'prefixRewrite');
  const host = readString(redirect, 'hostRedirect') || undefined;
  const port = readNumber(redirect, 'portRedirect');
  const stripped = readBoolean(redirect, 'stripQuery') === true;
  return {
    kind: 'redirect',
    status: REDIRECT_CODES[readString(redirect, 'responseCode') ?? ''] ?? 301,
    location: (request) => {
      const secure = request.tls || readBoolean(redirect, 'httpsRedirect') === true;
      const target = whole ?? (prefix === undefined ? request.path : prefix + request.path.slice(path.value.length));
      return `${secure ? 'https' : 'http'}://${host ?? request.host}${port === undefined ? '' : `:${port}`}${target}${stripped ? '' : request.query}`;
    },
    why: `redirectAction at ${field}`,
  };
}

/** route_options.proto: prefixRewrite replaces the matched prefix as plain text, the whole path otherwise. */
function readRewrite(raw: JsonObject, field: string, path: PathMatch, object: Rule['object']): Rewrite {
  const options = readObject(raw, 'options');
  const prefix = readString(options, 'prefixRewrite');
  const host = readString(options, 'hostRewrite') || undefined;
  if (prefix === undefined && host === undefined) return {};
  return {
    ...(prefix === undefined
      ? {}
      : {
          path: (request) =>
            prefix + (path.kind === 'prefix' ? request.path.slice(path.value.length) : '') + request.query,
          text: `prefix ${path.value} becomes ${prefix}`,
        }),
    ...(host === undefined ? {} : { host }),
    from: { kind: 'field', object, path: `${field}.options` },
  };
}

/** Options that change where a request goes or how it is answered and are not read. */
const UNREAD_OPTIONS = [
  'regexRewrite',
  'stagedTransformations',
  'transformations',
  'faults',
  'extauth',
  'jwt',
  'ratelimit',
  'waf',
];

function doubtsOf(raw: JsonObject, object: Rule['object'], field: string): readonly NotUnderstood[] {
  const options = readObject(raw, 'options');
  const unread = UNREAD_OPTIONS.filter((key) => Object.hasOwn(options, key));
  return [
    ...unread.map((key) => ({ object, path: `${field}.options.${key}`, why: `${key} is not modelled` })),
    ...(readOptionalObject(raw, 'optionsConfigRefs') === undefined
      ? []
      : [{ object, path: `${field}.optionsConfigRefs`, why: 'the RouteOptions it refers to are not read' }]),
  ];
}

function routeSettings(raw: JsonObject, object: Rule['object'], field: string): EffectiveSettings {
  const options = readObject(raw, 'options');
  const retries = readObject(options, 'retries');
  const at = (path: string) => ({ kind: 'field' as const, object, path: `${field}.options.${path}` });
  const timeout = parseDuration(readString(options, 'timeout'));
  const perTry = parseDuration(readString(retries, 'perTryTimeout'));
  const retryOn = readString(retries, 'retryOn');
  const tries = readNumber(retries, 'numRetries');
  return {
    ...ENVOY_ROUTE_TIMEOUT,
    websocket: byDefault(true, 'Gloo: websocket upgrades are on'),
    ...(timeout === undefined ? {} : { requestTimeout: { value: timeout, from: at('timeout') } }),
    ...(perTry === undefined ? {} : { readTimeout: { value: perTry, from: at('retries.perTryTimeout') } }),
    ...(retryOn === undefined ? {} : { retries: { value: retryOn, from: at('retries.retryOn') } }),
    ...(tries === undefined ? {} : { retryTries: { value: tries, from: at('retries.numRetries') } }),
  };
}
