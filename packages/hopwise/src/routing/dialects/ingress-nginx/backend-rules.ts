import { ABSENT, found, type Lookup } from '../../../base/lookup.ts';
import { objectId, splitId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Service, ServicePort } from '../../../model/kinds/service.ts';
import type { Action, BackendsAction, EffectiveSettings, RouteBackend, Rule, RuleMatch } from '../../route-table.ts';
import { canaryBranches, canaryShare } from './canary.ts';
import type { Location } from './locations.ts';
import { annotationPath, type ParsedIngress } from './parsed-ingress.ts';
import type { RewriteFound } from './rewrite-of.ts';
import { backendTls } from './settings-of.ts';
import type { Surroundings } from './surroundings.ts';
import { hasEndpoints, type Upstream } from './upstreams.ts';

/** Makes a rule of the location at hand. */
export type MakeRule = (action: Action, match?: Omit<RuleMatch, 'path'>, extra?: Partial<Rule>) => Rule;

/** The rules that send a location's requests on: canary decisions first, the weighted rest last. */
export function backendRules(
  location: Location,
  owner: ParsedIngress,
  place: Surroundings,
  rewritten: RewriteFound,
  rule: MakeRule,
): readonly Rule[] {
  const upstream = place.upstreams.get(location.upstream);
  if (upstream === undefined) return [];
  const settings = upstreamSettings(settingsAt(location, owner, place), upstream, place.model);
  const extra = { settings, notUnderstood: [...owner.notes, ...rewritten.notUnderstood] };
  const replaced = defaultBackendOf(place, owner, upstream);
  const own: RouteBackend = {
    ...backendOf(place.model, upstream, 1),
    field: location.field,
    ...(location.field === 'spec.defaultBackend' ? { role: 'default-backend' as const } : {}),
  };
  const toMain = (weight: number): RouteBackend => ({ ...(replaced ?? own), weight });
  const action = (backends: readonly RouteBackend[]): BackendsAction => ({
    kind: 'backends',
    backends,
    rewrite: rewritten.rewrite,
  });
  const canary = usableCanary(place, upstream, replaced !== undefined);
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
  return upstreamAlive(place, upstream).state === 'absent' ? liveDefaultBackend(place, owner) : undefined;
}

/** The Service of the default-backend annotation, while it has endpoints. */
export function liveDefaultBackend(place: Surroundings, owner: ParsedIngress): RouteBackend | undefined {
  const { model } = place;
  const { namespace } = owner.ingress;
  if (owner.defaultBackend === undefined) return undefined;
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
function usableCanary(place: Surroundings, upstream: Upstream, replaced: boolean): Upstream | undefined {
  const [first] = upstream.alternatives;
  const canary = first === undefined ? undefined : place.upstreams.get(first);
  if (canary === undefined) return undefined;
  const alive = (of: Upstream): boolean => upstreamAlive(place, of).state !== 'absent';
  return (replaced || alive(upstream)) && alive(canary) ? canary : undefined;
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
export function settingsAt(location: Location, owner: ParsedIngress, place: Surroundings): EffectiveSettings {
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
