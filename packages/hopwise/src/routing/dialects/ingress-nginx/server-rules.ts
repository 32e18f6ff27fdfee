import { objectId } from '../../../base/object-id.ts';
import { toBytes } from '../../match/bytes.ts';
import type { Request } from '../../request.ts';
import type { Action, PathMatch, Rule } from '../../route-table.ts';
import { CATCH_ALL } from './catch-all.ts';
import { seenStatus } from './custom-errors.ts';
import type { NginxInstance } from './instance.ts';
import { locationRules } from './location-rules.ts';
import { type Location, needsRegex } from './locations.ts';
import { fillVariables } from './nginx-text.ts';
import type { ParsedIngress } from './parsed-ingress.ts';
import { writesRelative } from './redirects.ts';
import { hostHeader, plainHost, seenScheme } from './request-words.ts';
import type { Server } from './servers.ts';
import type { Surroundings } from './surroundings.ts';
import { DEFAULT_UPSTREAM } from './upstreams.ts';
import { escapeUri, uriOf } from './uri.ts';

/** All rules of one server, in the order in which the first match wins. */
export function serverRules(server: Server, place: Surroundings): readonly Rule[] {
  if (server.closed !== undefined) return [closedRule(server.closed.owner, server.closed.field, place)];
  const regex = server.locations.some(needsRegex);
  const first = [...passthroughRules(server, place), ...appRootRules(server, place.instance)];
  const located = regex ? regexRules(server, place) : plainRules(server, place);
  return [...first, ...withOwnLocations(server, place, located, regex)];
}

/**
 * The catch-all server answers health checks and /nginx_status itself (nginx.tmpl). They are plain prefixes among others by
 * length; in a server of expressions the one for `/` always matches before them.
 */
function withOwnLocations(
  server: Server,
  place: Surroundings,
  rules: readonly Rule[],
  regex: boolean,
): readonly Rule[] {
  if (server.hostname !== CATCH_ALL || regex) return rules;
  const { controller, healthPath } = place.instance;
  const object = controller.workload ?? objectId('IngressClass', '', controller.classes[0]?.name ?? 'nginx');
  const own = (value: string, status: number, why: string): Rule => ({
    object,
    field: 'spec.template.spec.containers[0].args',
    match: { path: { kind: 'prefix', value } },
    action: { kind: 'fixed', status, why },
    settings: {},
    notUnderstood: [],
  });
  const health = own(healthPath, 200, 'the controller answers health checks itself');
  const status = own('/nginx_status', 403, 'only the controller itself may read /nginx_status');
  const length = (rule: Rule): number => (rule.match.path.kind === 'prefix' ? rule.match.path.value.length : Infinity);
  const all = [...rules, health, status].map((rule, at) => ({ rule, at }));
  return all
    .sort((left, right) => byLength(length(left.rule), length(right.rule)) || left.at - right.at)
    .map(({ rule }) => rule);
}

function byLength(left: number, right: number): number {
  return left === right ? 0 : right > left ? 1 : -1;
}

function closedRule(owner: ParsedIngress, field: string, place: Surroundings): Rule {
  const why = `the controller closes the host: ${owner.serverDenied?.why ?? ''}`;
  return {
    object: owner.object,
    field,
    match: { path: { kind: 'prefix', value: '/' } },
    action: { kind: 'fixed', status: seenStatus(403, place.interception), why, mode: 'request-refused' },
    settings: owner.settings,
    notUnderstood: owner.notes,
  };
}

/** One expression per location, tried in order, ignoring case and open at the end (template.go: buildLocation). */
function regexRules(server: Server, place: Surroundings): readonly Rule[] {
  const last = server.locations.length - 1;
  return server.locations.flatMap((location, at) =>
    locationRules(
      location.isDefault && at < last ? { ...location, hides: true } : location,
      { kind: 'regex', value: `^${location.path}`, engine: 'pcre', ignoreCase: true, full: false },
      place,
    ),
  );
}

/** NGINX without expressions: exact names first, then the longest prefix. */
function plainRules(server: Server, place: Surroundings): readonly Rule[] {
  const exact = server.locations.filter((location) => location.pathType === 'Exact');
  const prefixes = server.locations.filter((location) => location.pathType === 'Prefix');
  return [
    ...exact.flatMap((location) => locationRules(location, { kind: 'exact', value: location.path }, place)),
    ...slashRedirects(exact, prefixes, place.instance),
    ...prefixes.flatMap((location) => locationRules(location, { kind: 'prefix', value: location.path }, place)),
  ];
}

/**
 * A proxied location that ends in a slash answers its name without the slash with a redirect to it, unless that name is a
 * location itself (NGINX ngx_http_core_find_static_location: auto_redirect).
 */
function slashRedirects(
  exact: readonly Location[],
  prefixes: readonly Location[],
  instance: NginxInstance,
): readonly Rule[] {
  const names = new Set(exact.map((location) => location.path));
  const seen = new Set<string>();
  return [...exact, ...prefixes].flatMap((location) => {
    const bare = location.path.slice(0, -1);
    const { owner } = location;
    if (!location.path.endsWith('/') || bare === '' || names.has(bare) || seen.has(bare)) return [];
    if (owner === undefined || owner.denied !== undefined) return [];
    seen.add(bare);
    const path: PathMatch = { kind: 'exact', value: bare };
    const action: Action = {
      kind: 'redirect',
      status: 301,
      why: 'NGINX adds the trailing slash of the path',
      location: (request) => slashLocation(location, owner, request, instance),
    };
    return [
      {
        object: owner.object,
        field: location.field,
        match: { path },
        action,
        settings: owner.settings,
        notUnderstood: [],
      },
    ];
  });
}

/** ngx_http_core_find_config_phase: the location's name escaped, the arguments as sent, absolute unless told otherwise. */
function slashLocation(location: Location, owner: ParsedIngress, request: Request, instance: NginxInstance): string {
  const args = uriOf(request)?.args ?? '';
  const target = escapeUri(toBytes(location.path)) + (args === '' ? '' : `?${args}`);
  if (writesRelative(owner.redirect, instance)) return target;
  return `${seenScheme(request, instance)}://${plainHost(request)}${target}`;
}

/** `if ($uri = /) return 302` at server level, before any location is looked at; the first location that has one counts. */
function appRootRules(server: Server, instance: NginxInstance): readonly Rule[] {
  const location = server.locations.find(
    (entry) => entry.bare !== true && entry.owner !== undefined && entry.owner.rewrite.appRoot !== '',
  );
  const owner = location?.owner;
  if (location === undefined || owner === undefined) return [];
  const root = owner.rewrite.appRoot;
  return [
    {
      object: owner.object,
      field: location.field,
      match: { path: { kind: 'exact', value: '/' } },
      action: {
        kind: 'redirect',
        status: 302,
        why: 'annotation app-root',
        location: (request) =>
          `${seenScheme(request, instance)}://${hostHeader(request)}${fillVariables(root, request)}`,
      },
      settings: owner.settings,
      notUnderstood: owner.notes,
    },
  ];
}

/** With --enable-ssl-passthrough the TLS stream of the host goes to the backend of `/`, whatever the path. */
function passthroughRules(server: Server, place: Surroundings): readonly Rule[] {
  if (!server.sslPassthrough || !place.instance.sslPassthrough) return [];
  const location = server.locations.find((entry) => entry.path === '/');
  if (location === undefined || location.upstream === DEFAULT_UPSTREAM || location.owner === undefined) return [];
  const upstream = place.upstreams.get(location.upstream);
  if (upstream === undefined) return [];
  const { owner } = location;
  const from = owner.settings.backendProtocol?.from ?? { kind: 'default' as const, reference: '' };
  return [
    {
      object: owner.object,
      field: location.field,
      match: { path: { kind: 'prefix', value: '/' }, tls: true },
      action: {
        kind: 'backends',
        rewrite: {},
        backends: [
          {
            object: upstream.service,
            ...(upstream.port === undefined ? {} : { port: upstream.port }),
            weight: 1,
            field: location.field,
          },
        ],
      },
      settings: { ...owner.settings, backendProtocol: { value: 'https', from }, viaClusterIP: { value: true, from } },
      notUnderstood: owner.notes,
    },
  ];
}
