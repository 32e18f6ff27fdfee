import { idOf } from '../../../base/object-id.ts';
import { readList, readNumber, readObject, readOptionalObject } from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';
import type { Action, NotUnderstood, RouteBackend, Rule, RuleMatch } from '../../route-table.ts';
import { expandRoutes } from './delegate.ts';
import { type Destination, type Mesh, readDestination } from './destination.ts';
import { ANY_REQUEST, type Entrance, isCatchAll, readHttpMatch } from './http-match.ts';
import { namespaceOf, readIndexed } from './objects.ts';
import { readRedirect, readRewrite } from './rewrite.ts';
import { readSettings } from './settings.ts';
import type { VirtualService } from './virtual-services.ts';

/**
 * Rules of one VirtualService at one entrance, in order. What comes after a match that takes everything is never reached
 * (pilot/pkg/networking/core/route/route.go BuildHTTPRoutesForVirtualService).
 */
export function readHttpRules(mesh: Mesh, service: VirtualService, entrance: Entrance): readonly Rule[] {
  const rules: Rule[] = [];
  for (const { owner, raw, field, matches } of expandRoutes(service, mesh.virtualServices)) {
    if (matches.length === 0) {
      rules.push(buildRule(mesh, owner, entrance, raw, field, field, ANY_REQUEST, []));
      return rules;
    }
    for (const [matchRaw, matchField] of matches) {
      const read = readHttpMatch(matchRaw, service.namespace, entrance);
      if (read === undefined) continue;
      const rule = buildRule(mesh, owner, entrance, raw, field, matchField, read.match, read.doubts);
      rules.push(matchField === field ? rule : { ...rule, pathAt: `${matchField}.uri` });
      if (isCatchAll(read.match)) return rules;
    }
  }
  return rules;
}

/** Rules of several VirtualServices for one host: those that take everything come last (SortVHostRoutes). */
export function mergeRules(rules: readonly Rule[]): readonly Rule[] {
  return [...rules.filter(({ match }) => !isCatchAll(match)), ...rules.filter(({ match }) => isCatchAll(match))];
}

function buildRule(
  mesh: Mesh,
  service: VirtualService,
  entrance: Entrance,
  raw: JsonObject,
  routeField: string,
  field: string,
  match: RuleMatch,
  matchDoubts: readonly string[],
): Rule {
  const object = idOf(service.object);
  const destinations = readDestinations(mesh, service, raw, routeField);
  const main = destinations.toSorted((a, b) => b.backend.weight - a.backend.weight)[0];
  const { rewrite, doubts } = readRewrite(raw, object, routeField, match.path);
  const notUnderstood = (path: string, why: string): NotUnderstood => ({ object, path, why });
  return {
    object,
    field,
    match,
    action: readAction(
      raw,
      routeField,
      entrance,
      [...destinations.map(({ backend }) => backend), ...readMirrors(mesh, service, raw, routeField)],
      rewrite,
    ),
    settings: readSettings(raw, service.object, routeField, main),
    notUnderstood: [
      ...matchDoubts.map((why) => notUnderstood(field, why)),
      ...doubts.map((why) => notUnderstood(`${routeField}.rewrite`, why)),
      ...faultDoubts(raw).map((doubt) => ({ object, path: `${routeField}.fault`, ...doubt })),
      ...destinations.flatMap(({ backend, doubt }) =>
        doubt === undefined ? [] : [notUnderstood(backend.field, doubt)],
      ),
    ],
    ...(service.object.created === undefined ? {} : { created: service.object.created }),
  };
}

function readAction(
  raw: JsonObject,
  field: string,
  entrance: Entrance,
  backends: readonly RouteBackend[],
  rewrite: ReturnType<typeof readRewrite>['rewrite'],
): Action {
  const redirect = readOptionalObject(raw, 'redirect');
  if (redirect !== undefined) return readRedirect(redirect, field, entrance);
  const direct = readOptionalObject(raw, 'directResponse');
  if (direct !== undefined) {
    return { kind: 'fixed', status: readNumber(direct, 'status') ?? 0, why: `directResponse at ${field}` };
  }
  const abort = readAbort(raw);
  if (abort !== undefined && abort.percent >= 100) {
    return { kind: 'fixed', status: abort.status, why: `fault.abort at ${field}.fault answers every request` };
  }
  if (backends.length === 0)
    return { kind: 'fixed', status: 503, why: `no destination at ${field}`, mode: 'no-service' };
  return { kind: 'backends', backends, rewrite };
}

/** A single destination gets everything whatever its weight; of several, those of weight 0 get nothing. */
function readDestinations(mesh: Mesh, service: VirtualService, raw: JsonObject, field: string): readonly Destination[] {
  const routes = readIndexed(raw, 'route', field);
  return routes.map(([route, path]) =>
    readDestination(
      mesh,
      readObject(route, 'destination'),
      service.namespace,
      `${path}.destination`,
      routes.length === 1 ? 1 : (readNumber(route, 'weight') ?? 0),
    ),
  );
}

function readMirrors(mesh: Mesh, service: VirtualService, raw: JsonObject, field: string): readonly RouteBackend[] {
  const single = readOptionalObject(raw, 'mirror');
  const all = [
    ...(single === undefined ? [] : [[single, `${field}.mirror`] as const]),
    ...readIndexed(raw, 'mirrors', field).map(
      ([entry, path]) => [readObject(entry, 'destination'), `${path}.destination`] as const,
    ),
  ];
  return all.map(([destination, path]) => ({
    ...readDestination(mesh, destination, namespaceOf(service.object), path, 0).backend,
    role: 'mirror',
  }));
}

function readAbort(raw: JsonObject): { readonly status: number; readonly percent: number } | undefined {
  const abort = readOptionalObject(readObject(raw, 'fault'), 'abort');
  if (abort === undefined) return undefined;
  const status = readNumber(abort, 'httpStatus');
  if (status === undefined) return undefined;
  return {
    status,
    percent: readNumber(readObject(abort, 'percentage'), 'value') ?? readNumber(abort, 'percent') ?? 100,
  };
}

/** Faults injected into some of the requests. */
function faultDoubts(raw: JsonObject): readonly Omit<NotUnderstood, 'object' | 'path'>[] {
  const fault = readObject(raw, 'fault');
  const abort = readAbort(raw);
  const effect = 'adds-status';
  return [
    ...(abort !== undefined && abort.percent < 100
      ? [
          {
            why: `${abort.percent} % of the requests are answered ${abort.status}`,
            effect,
            mayAnswer: [abort.status],
          } as const,
        ]
      : []),
    ...(readOptionalObject(fault, 'delay') === undefined
      ? []
      : [{ why: 'requests are delayed on purpose', effect, mayAnswer: [504] } as const]),
  ];
}

/** Server names of a TLS route, and its only destination list. */
export function readTlsRules(
  mesh: Mesh,
  service: VirtualService,
  entrance: Entrance,
): readonly { readonly hosts: readonly string[]; readonly rule: Rule }[] {
  return service.tls.flatMap(([raw, field]) => {
    const hosts = readIndexed(raw, 'match', field)
      .filter(([match]) => [0, undefined, entrance.port].includes(readNumber(match, 'port')))
      .flatMap(([match]) => readList(match, 'sniHosts').filter((host): host is string => typeof host === 'string'));
    const destinations = readDestinations(mesh, service, raw, field).map(({ backend }) => backend);
    return [{ hosts: hosts.map((host) => host.toLowerCase()), rule: connectionRule(service, field, destinations) }];
  });
}

/** TCP routes take every connection of their port. */
export function readTcpRules(mesh: Mesh, service: VirtualService, entrance: Entrance): readonly Rule[] {
  return service.tcp.flatMap(([raw, field]) => {
    const matches = readIndexed(raw, 'match', field);
    const fits =
      matches.length === 0 || matches.some(([match]) => [undefined, entrance.port].includes(readNumber(match, 'port')));
    return fits
      ? [
          connectionRule(
            service,
            field,
            readDestinations(mesh, service, raw, field).map(({ backend }) => backend),
          ),
        ]
      : [];
  });
}

function connectionRule(service: VirtualService, field: string, backends: readonly RouteBackend[]): Rule {
  return {
    object: idOf(service.object),
    field,
    match: { path: { kind: 'prefix', value: '' } },
    action: { kind: 'backends', backends, rewrite: {} },
    settings: {},
    notUnderstood: [],
  };
}

/** What `tls.httpsRedirect` answers on a plain listener (networking/v1/gateway.proto ServerTLSSettings). */
export function httpsRedirectRule(object: Rule['object'], field: string): Rule {
  return {
    object,
    field: `${field}.tls.httpsRedirect`,
    match: ANY_REQUEST,
    action: {
      kind: 'redirect',
      status: 301,
      location: (request) => `https://${request.host}${request.path}${request.query}`,
      why: `httpsRedirect at ${field}`,
    },
    settings: {},
    notUnderstood: [],
  };
}
