import { ABSENT, found, type Lookup } from '../../../base/lookup.ts';
import { objectId, splitId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Service, ServicePort } from '../../../model/kinds/service.ts';
import type {
  Action,
  BackendsAction,
  EffectiveSettings,
  NotUnderstood,
  PathMatch,
  Rewrite,
  RouteBackend,
  Rule,
  RuleMatch,
} from '../../route-table.ts';
import { canaryBranches, canaryShare } from './canary.ts';
import type { Redirect } from './features/redirect.ts';
import type { NginxInstance } from './instance.ts';
import { type Location, needsRewrite } from './locations.ts';
import { fillVariables, unknownVariables } from './nginx-text.ts';
import { annotationPath, fromAnnotation, type ParsedIngress } from './parsed-ingress.ts';
import { hostHeader, plainHost, requestUri, seenScheme } from './request-words.ts';
import { compileRewrite } from './rewrite-path.ts';
import type { Server } from './servers.ts';
import { backendTls } from './settings-of.ts';
import { DEFAULT_UPSTREAM, hasEndpoints, type Upstream } from './upstreams.ts';

/** What the rules of a location need to know about their surroundings. */
export interface Surroundings {
  readonly model: ClusterModel;
  readonly instance: NginxInstance;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** A certificate is configured for the host, so ssl-redirect applies. */
  readonly secured: boolean;
  readonly server: Server;
  /** Where requests go that no rule claims. */
  readonly fallback: Action;
}

/** The rules one location stands for, in the order NGINX decides: return, HTTPS redirect, canary, backend. */
export function locationRules(location: Location, path: PathMatch, place: Surroundings): readonly Rule[] {
  const { owner } = location;
  if (owner === undefined) return [];
  const base = {
    object: owner.object,
    field: location.field,
    notUnderstood: owner.notes,
    settings: settingsAt(location, owner, place),
    ...(owner.ingress.created === undefined ? {} : { created: owner.ingress.created }),
  };
  const rule = (action: Action, match: Omit<RuleMatch, 'path'> = {}, extra: Partial<Rule> = {}): Rule => ({
    ...base,
    match: { path, ...match },
    action,
    ...extra,
  });
  if (owner.denied !== undefined) {
    const why = `the controller denies this location: ${owner.denied.why}`;
    return [rule({ kind: 'fixed', status: 503, why, mode: 'request-refused' })];
  }
  const rules: Rule[] = [];
  if (owner.cors !== undefined) {
    const headers = owner.cors.origin === undefined ? {} : { headers: [owner.cors.origin] };
    const answer: Action = { kind: 'fixed', status: 204, why: 'NGINX answers the CORS preflight itself' };
    rules.push(rule(answer, { methods: ['OPTIONS'], ...headers }));
  }
  const redirect = location.bare === true ? undefined : owner.redirect;
  if (redirect !== undefined && redirect.url !== '')
    return [...rules, rule(redirectAction(redirect, place.instance), {}, redirectNotes(owner, redirect))];
  const rewritten = readRewriteOf(location, owner, place);
  const notUnderstood = [...owner.notes, ...rewritten.notUnderstood];
  if ('redirect' in rewritten) return [...rules, rule(rewritten.redirect, {}, { notUnderstood })];
  if (location.bare !== true) {
    rules.push(...httpsRedirects(location, owner, place).map((match) => rule(toHttps(owner, place.instance), match)));
  }
  if (location.upstream === DEFAULT_UPSTREAM) {
    // Nothing claims this path: the gateway's fallback answers, unless a default backend Service is configured.
    const { fallback } = place;
    if (fallback.kind !== 'backends') return location.hides === true ? [...rules, rule(fallback)] : rules;
    return [...rules, rule({ ...fallback, rewrite: rewritten.rewrite }, {}, { notUnderstood })];
  }
  rules.push(...backendRules(location, owner, place, rewritten, rule));
  return rules;
}

/** `return <code> <url>`: a URL that is only a path becomes absolute unless relative redirects are asked for. */
function redirectAction(redirect: Redirect, instance: NginxInstance): Action {
  const relative = redirect.relative || instance.config.bool('relative-redirects', false).value;
  return {
    kind: 'redirect',
    status: redirect.code,
    why: `annotation ${redirect.key}`,
    location: (request) => {
      const url = fillVariables(redirect.url, request);
      return url.startsWith('/') && !relative ? `${seenScheme(request, instance)}://${plainHost(request)}${url}` : url;
    },
  };
}

function redirectNotes(owner: ParsedIngress, redirect: Redirect): Partial<Rule> {
  const unknown = unknownVariables(redirect.url);
  if (unknown.length === 0) return {};
  const why = `the NGINX variables ${unknown.join(', ')} in the redirect are not evaluated`;
  return { notUnderstood: [...owner.notes, { object: owner.object, path: annotationPath(redirect.key), why }] };
}

/** Conditions under which plain HTTP is sent to HTTPS (rootfs/etc/nginx/lua/lua_ingress.lua: redirect_to_https). */
function httpsRedirects(
  location: Location,
  owner: ParsedIngress,
  place: Surroundings,
): readonly Omit<RuleMatch, 'path'>[] {
  const { sslRedirect, forceSslRedirect } = owner.rewrite;
  if (!forceSslRedirect && !(sslRedirect && place.secured)) return [];
  const exempt = place.instance.config.text('no-tls-redirect-locations', '/.well-known/acme-challenge').value;
  const spared = exempt
    .split(',')
    .map((entry) => entry.trim())
    .some((entry) => entry !== '' && location.path.startsWith(entry));
  if (spared) return [];
  const { config, tlsEndsBefore } = place.instance;
  if (!config.bool('use-forwarded-headers', false).value) {
    // Behind a load balancer that ends TLS every request looks like plain HTTP, unless the PROXY protocol tells the port.
    return tlsEndsBefore && !config.bool('use-proxy-protocol', false).value ? [{}] : [{ tls: false }];
  }
  const name = 'x-forwarded-proto';
  return [
    { headers: [{ name, kind: 'exact', value: 'http' }] },
    { tls: false, headers: [{ name, kind: 'absent', value: '' }] },
  ];
}

function toHttps(owner: ParsedIngress, instance: NginxInstance): Action {
  return {
    kind: 'redirect',
    status: redirectCode(instance),
    why: owner.rewrite.forceSslRedirect ? 'force-ssl-redirect' : 'ssl-redirect: the host has a TLS certificate',
    location: (request) => {
      const uri = requestUri(request);
      // Without preserve-trailing-slash the last slash goes (lua_ingress.lua: rewrite).
      const target = !owner.rewrite.preserveTrailingSlash && uri.endsWith('/') ? uri.slice(0, -1) : uri;
      return `https://${hostHeader(request).split(':')[0] ?? ''}${target}`;
    },
  };
}

/** http-redirect-code; anything but the four usual codes keeps the default. */
export function redirectCode(instance: NginxInstance): number {
  const status = instance.config.int('http-redirect-code', 308).value;
  return [301, 302, 307, 308].includes(status) ? status : 308;
}

type MakeRule = (action: Action, match?: Omit<RuleMatch, 'path'>, extra?: Partial<Rule>) => Rule;

function backendRules(
  location: Location,
  owner: ParsedIngress,
  place: Surroundings,
  rewritten: { readonly rewrite: Rewrite; readonly notUnderstood: readonly NotUnderstood[] },
  rule: MakeRule,
): readonly Rule[] {
  const upstream = place.upstreams.get(location.upstream);
  if (upstream === undefined) return [];
  const settings = upstreamSettings(settingsAt(location, owner, place), upstream, place.model);
  const extra = { settings, notUnderstood: [...owner.notes, ...rewritten.notUnderstood] };
  const toMain = (weight: number): RouteBackend => ({
    ...backendOf(place.model, upstream, weight),
    field: location.field,
    ...(location.field === 'spec.defaultBackend' ? { role: 'default-backend' as const } : {}),
  });
  const action = (backends: readonly RouteBackend[]): BackendsAction => ({
    kind: 'backends',
    backends,
    rewrite: rewritten.rewrite,
  });
  const replaced = defaultBackendOf(place, owner, upstream);
  if (replaced !== undefined) return [rule(action([replaced]), {}, extra)];
  const canary = usableCanary(place, upstream);
  if (canary?.canary === undefined) return [rule(action([toMain(1)]), {}, extra)];
  const toCanary = (weight: number): RouteBackend => ({
    ...backendOf(place.model, canary, weight),
    field: canary.field,
    fieldOf: canary.owner.object,
    role: 'canary',
  });
  const branches = canaryBranches(canary.canary).map((branch) =>
    rule(action([branch.to === 'canary' ? toCanary(1) : toMain(1)]), { headers: branch.headers }, extra),
  );
  const share = canaryShare(canary.canary);
  const weighted = [
    ...(share.main > 0 ? [toMain(share.main)] : []),
    ...(share.canary > 0 ? [toCanary(share.canary)] : []),
  ];
  return [...branches, rule(action(weighted), {}, extra)];
}

/** The default-backend annotation takes over while the rule's own Service has no endpoints and its own has some. */
function defaultBackendOf(place: Surroundings, owner: ParsedIngress, upstream: Upstream): RouteBackend | undefined {
  const { model } = place;
  const { namespace } = owner.ingress;
  if (owner.defaultBackend === undefined || upstreamAlive(place, upstream).state !== 'absent') return undefined;
  const service = model.get('Service', namespace, owner.defaultBackend.name);
  const [port] = service.state === 'found' ? service.value.ports : [];
  if (service.state !== 'found' || port === undefined || hasEndpoints(model, service.value, port).state === 'absent')
    return undefined;
  return {
    object: objectId('Service', namespace, service.value.name),
    port: port.port,
    weight: 1,
    field: annotationPath(owner.defaultBackend.key),
    role: 'default-backend',
  };
}

/** Whether the upstream has an address to send to, as the controller sees it (controller.go: createUpstreams). */
function upstreamAlive(place: Surroundings, upstream: Upstream): Lookup<true> {
  const { namespace, name } = splitId(upstream.service);
  const service = place.model.get('Service', namespace, name);
  if (service.state !== 'found') return service;
  if (service.value.type === 'ExternalName') return place.instance.externalNameAllowed ? found(true) : ABSENT;
  const port = findPort(service.value, upstream.port);
  if (upstream.owner.serviceUpstream && hasClusterEndpoint(service.value, upstream.port)) return found(true);
  return port === undefined ? ABSENT : hasEndpoints(place.model, service.value, port);
}

/** Only the first alternative counts, and only while both it and the main upstream have endpoints (balancer.lua). */
function usableCanary(place: Surroundings, upstream: Upstream): Upstream | undefined {
  const [first] = upstream.alternatives;
  const canary = first === undefined ? undefined : place.upstreams.get(first);
  if (canary === undefined) return undefined;
  const alive = (of: Upstream): boolean => upstreamAlive(place, of).state !== 'absent';
  return alive(upstream) && alive(canary) ? canary : undefined;
}

function backendOf(model: ClusterModel, upstream: Upstream, weight: number): Omit<RouteBackend, 'field'> {
  const servicePort = resolvePort(model, upstream);
  return {
    object: upstream.service,
    ...(upstream.port === undefined ? {} : { port: upstream.port }),
    weight,
    ...(servicePort === undefined ? {} : { servicePort }),
  };
}

function resolvePort(model: ClusterModel, upstream: Upstream): number | undefined {
  const { namespace, name } = splitId(upstream.service);
  const service = model.get('Service', namespace, name);
  return service.state === 'found' ? findPort(service.value, upstream.port)?.port : undefined;
}

/** The first port whose number, targetPort or name is what the Ingress wrote (controller.go: serviceEndpoints). */
function findPort(service: Service, wanted: number | string | undefined): ServicePort | undefined {
  const text = String(wanted ?? 0);
  return service.ports.find(
    (port) => String(port.port) === text || String(port.targetPort) === text || port.name === text,
  );
}

/** TLS settings of the server hold where the location's own Ingress brings none (proxy-ssl-location-only switches that off). */
function settingsAt(location: Location, owner: ParsedIngress, place: Surroundings): EffectiveSettings {
  const inherited = place.server.proxyTls;
  if (owner.proxyTls !== undefined || inherited === undefined || owner.settings.backendTls === undefined)
    return owner.settings;
  if (place.instance.config.bool('proxy-ssl-location-only', false).value || location.bare === true)
    return owner.settings;
  return { ...owner.settings, backendTls: backendTls(inherited.tls, inherited.owner.object) };
}

function upstreamSettings(settings: EffectiveSettings, upstream: Upstream, model: ClusterModel): EffectiveSettings {
  const { owner, service } = upstream;
  if (!owner.serviceUpstream) return settings;
  const { namespace, name } = splitId(service);
  const lookup = model.get('Service', namespace, name);
  if (lookup.state === 'found' && !hasClusterEndpoint(lookup.value, upstream.port)) return settings;
  return { ...settings, viaClusterIP: { value: true, from: owner.serviceUpstreamFrom } };
}

/** A ClusterIP can be used with any port number, or with a name the Service has (getServiceClusterEndpoint); else the endpoints are. */
function hasClusterEndpoint(service: Service, port: number | string | undefined): boolean {
  if (service.headless || service.clusterIPs.length === 0) return false;
  return typeof port !== 'string' || service.ports.some((entry) => entry.name === port);
}

function readRewriteOf(
  location: Location,
  owner: ParsedIngress,
  place: Surroundings,
):
  | { readonly rewrite: Rewrite; readonly notUnderstood: readonly NotUnderstood[] }
  | { readonly redirect: Action; readonly notUnderstood: readonly NotUnderstood[] } {
  const host = owner.settings.hostHeader?.value;
  const plain: Rewrite = {
    ...(host === undefined ? {} : { host }),
    ...(Object.keys(place.instance.requestHeaders).length > 0 ? { headers: place.instance.requestHeaders } : {}),
  };
  if (!needsRewrite(location)) return { rewrite: plain, notUnderstood: [] };
  const prefix = owner.forwardedPrefix;
  const headers = prefix === '' ? plain.headers : { ...plain.headers, 'x-forwarded-prefix': prefix };
  const { target, targetKey = '' } = owner.rewrite;
  const compiled = compileRewrite(location.path, target);
  const notUnderstood =
    compiled.notUnderstood === undefined
      ? []
      : [{ object: owner.object, path: annotationPath(targetKey), why: compiled.notUnderstood }];
  if (compiled.redirects) {
    return {
      redirect: {
        kind: 'redirect',
        status: 302,
        why: 'rewrite-target is a URL',
        location: (request) => compiled.apply(request) ?? target,
      },
      notUnderstood,
    };
  }
  return {
    rewrite: {
      ...plain,
      ...(headers === undefined ? {} : { headers }),
      ...(compiled.notUnderstood === undefined
        ? { path: (request) => compiled.apply(request) ?? requestUri(request) }
        : {}),
      text: `rewrite (?i)${location.path} ${target}`,
      from: fromAnnotation(owner.object, targetKey),
    },
    notUnderstood,
  };
}
