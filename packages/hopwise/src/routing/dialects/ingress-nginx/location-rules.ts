import { splitId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
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
import type { NginxInstance } from './instance.ts';
import { type Location, needsRewrite } from './locations.ts';
import { annotationPath, fromAnnotation, type ParsedIngress } from './parsed-ingress.ts';
import { hostHeader, requestUri } from './request-words.ts';
import { compileRewrite } from './rewrite-path.ts';
import { DEFAULT_UPSTREAM, hasEndpoints, type Upstream } from './upstreams.ts';

/** What the rules of a location need to know about their surroundings. */
export interface Surroundings {
  readonly model: ClusterModel;
  readonly instance: NginxInstance;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** A certificate is configured for the host, so ssl-redirect applies. */
  readonly secured: boolean;
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
    notUnderstood: [] as readonly NotUnderstood[],
    settings: owner.settings,
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
  if (owner.corsEnabled) {
    rules.push(
      rule({ kind: 'fixed', status: 204, why: 'NGINX answers the CORS preflight itself' }, { methods: ['OPTIONS'] }),
    );
  }
  const redirect = location.bare === true ? undefined : owner.redirect;
  if (redirect !== undefined && redirect.url !== '') {
    return [
      ...rules,
      rule({
        kind: 'redirect',
        status: redirect.code,
        location: () => redirect.url,
        why: `annotation ${redirect.key}`,
      }),
    ];
  }
  if (location.bare !== true)
    rules.push(...httpsRedirects(location, owner, place).map((match) => rule(toHttps(owner, place.instance), match)));
  if (location.upstream === DEFAULT_UPSTREAM) {
    // Nothing claims this path: the gateway's fallback answers, unless a default backend Service is configured.
    return place.fallback.kind === 'backends' ? [...rules, rule(place.fallback)] : rules;
  }
  rules.push(...backendRules(location, owner, place, rule));
  return rules;
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
  if (!place.instance.config.bool('use-forwarded-headers', false).value) return [{ tls: false }];
  const name = 'x-forwarded-proto';
  return [
    { headers: [{ name, kind: 'exact', value: 'http' }] },
    { tls: false, headers: [{ name, kind: 'absent', value: '' }] },
  ];
}

function toHttps(owner: ParsedIngress, instance: NginxInstance): Action {
  const status = instance.config.int('http-redirect-code', 308).value;
  return {
    kind: 'redirect',
    status: [301, 302, 307, 308].includes(status) ? status : 308,
    why: owner.rewrite.forceSslRedirect ? 'force-ssl-redirect' : 'ssl-redirect: the host has a TLS certificate',
    location: (request) => {
      const uri = requestUri(request);
      // Without preserve-trailing-slash the last slash goes (lua_ingress.lua: rewrite).
      const target = !owner.rewrite.preserveTrailingSlash && uri.endsWith('/') ? uri.slice(0, -1) : uri;
      return `https://${hostHeader(request).split(':')[0] ?? ''}${target}`;
    },
  };
}

type MakeRule = (action: Action, match?: Omit<RuleMatch, 'path'>, extra?: Partial<Rule>) => Rule;

function backendRules(location: Location, owner: ParsedIngress, place: Surroundings, rule: MakeRule): readonly Rule[] {
  const upstream = place.upstreams.get(location.upstream);
  if (upstream === undefined) return [];
  const rewritten = readRewriteOf(location, owner);
  if ('redirect' in rewritten) return [rule(rewritten.redirect, {}, { notUnderstood: rewritten.notUnderstood })];
  const settings = upstreamSettings(owner.settings, upstream);
  const extra = { settings, notUnderstood: rewritten.notUnderstood };
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

/** Only the first alternative counts, and only while both it and the main upstream have endpoints (balancer.lua). */
function usableCanary(place: Surroundings, upstream: Upstream): Upstream | undefined {
  const [first] = upstream.alternatives;
  const canary = first === undefined ? undefined : place.upstreams.get(first);
  if (canary === undefined) return undefined;
  const alive = (of: Upstream): boolean => {
    const { namespace, name } = splitId(of.service);
    return hasEndpoints(place.model, place.model.get('Service', namespace, name)).state !== 'absent';
  };
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

/** The first port whose number, targetPort or name is what the Ingress wrote (controller.go: serviceEndpoints). */
function resolvePort(model: ClusterModel, upstream: Upstream): number | undefined {
  if (upstream.port === undefined) return undefined;
  const { namespace, name } = splitId(upstream.service);
  const service = model.get('Service', namespace, name);
  if (service.state !== 'found') return undefined;
  const wanted = String(upstream.port);
  const found = service.value.ports.find(
    (port) => String(port.port) === wanted || String(port.targetPort) === wanted || port.name === wanted,
  );
  return found?.port;
}

function upstreamSettings(settings: EffectiveSettings, upstream: Upstream): EffectiveSettings {
  const { owner } = upstream;
  if (!owner.serviceUpstream) return settings;
  return {
    ...settings,
    viaClusterIP: { value: true, from: owner.serviceUpstreamFrom },
  };
}

function readRewriteOf(
  location: Location,
  owner: ParsedIngress,
):
  | { readonly rewrite: Rewrite; readonly notUnderstood: readonly NotUnderstood[] }
  | { readonly redirect: Action; readonly notUnderstood: readonly NotUnderstood[] } {
  const host = owner.settings.hostHeader?.value;
  const plain: Rewrite = host === undefined ? {} : { host };
  if (!needsRewrite(location)) return { rewrite: plain, notUnderstood: [] };
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
      ...(compiled.notUnderstood === undefined
        ? { path: (request) => compiled.apply(request) ?? requestUri(request) }
        : {}),
      text: `rewrite (?i)${location.path} ${target}`,
      from: fromAnnotation(owner.object, targetKey),
    },
    notUnderstood,
  };
}
