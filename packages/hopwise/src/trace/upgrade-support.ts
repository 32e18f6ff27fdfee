import { idOf, type ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Meta } from '../model/meta.ts';
import type { JsonObject } from '../sources/contract.ts';
import { nestedProxies, withDirectives } from './nested-proxy.ts';
import { resolvedBackends } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** Does the way to the backend forward a WebSocket upgrade? */
export interface UpgradeSupport {
  readonly state: 'yes' | 'no' | 'unknown';
  readonly why: string;
  readonly object?: Meta;
  readonly path: string;
  readonly value?: string;
  readonly advice?: string;
  readonly patches: readonly { readonly object: ObjectId; readonly type: 'merge'; readonly patch: JsonObject }[];
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
}

/** The gateway's own settings first; then a proxy that runs before the app inside its Pods. */
export function upgradeSupport(world: Asked): UpgradeSupport {
  const setting = world.trace.rule?.settings.websocket;
  if (setting?.value === false) return switchedOff(world);
  // An NGINX passes Upgrade on only when told to (nginx.org, "WebSocket proxying").
  const nested = nestedProxies(world).find(({ text }) => !/\bUpgrade\b/i.test(text));
  if (nested !== undefined) {
    const { map, key, line } = nested;
    const text = withDirectives(nested.text, UPGRADE);
    return {
      state: 'no',
      why: `the NGINX in the backend’s Pod passes requests on without Upgrade (ConfigMap ${map.name})`,
      object: map,
      path: `data["${key}"]`,
      value: line,
      advice: `Pass Upgrade and Connection on in ${key} of ConfigMap ${map.namespace}/${map.name}, then restart its Pods`,
      patches: [{ object: idOf(map), type: 'merge', patch: { data: { [key]: text } } }],
    };
  }
  const state = setting?.value === true ? 'yes' : 'unknown';
  return { state, why: 'the gateway forwards Upgrade', path: '', patches: [] };
}

const UPGRADE = [
  'proxy_http_version 1.1;',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Connection "upgrade";',
];

interface Knob {
  readonly controller: RegExp;
  readonly key: string;
  readonly change: (world: Asked, route: Meta) => Pick<UpgradeSupport, 'why'> & { readonly value: string | null };
}

/**
 * Where each controller is told to forward Upgrade: F5's list of Services (docs.nginx.com, nginx.org/websocket-services),
 * Contour's list of paths (projectcontour.io/docs annotations), what switches it off for ingress-nginx.
 */
const KNOBS: readonly Knob[] = [
  { controller: /nginx\.org/, key: 'nginx.org/websocket-services', change: listService },
  { controller: /projectcontour/, key: 'projectcontour.io/websocket-routes', change: listPath },
  { controller: /ingress-nginx/, key: 'nginx.ingress.kubernetes.io/proxy-http-version', change: removed('1.0') },
  { controller: /ingress-nginx/, key: 'nginx.ingress.kubernetes.io/connection-proxy-header', change: removed() },
];

function switchedOff(world: Asked): UpgradeSupport {
  const { model, trace } = world;
  const setting = trace.rule?.settings.websocket;
  const from = setting?.from;
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  const controller = `${trace.gateway?.controller ?? ''} ${trace.gateway?.dialect ?? ''}`;
  const knob = KNOBS.find(
    (entry) =>
      entry.controller.test(controller) &&
      (from?.kind !== 'field' || from.path === `metadata.annotations["${entry.key}"]`),
  );
  if (knob === undefined || route === undefined || trace.gateway?.dialect === 'gateway-api') {
    const object = from?.kind === 'field' ? model.object(from.object) : route;
    return {
      state: 'no',
      why: 'the gateway does not forward Upgrade on this route',
      ...(object === undefined ? {} : { object }),
      path: from?.kind === 'field' ? from.path : 'spec',
      patches: [],
    };
  }
  const { why, value } = knob.change(world, route);
  const place = `${route.kind} ${route.namespace}/${route.name}`;
  return {
    state: 'no',
    why,
    object: route,
    path: `metadata.annotations["${knob.key}"]`,
    value: route.annotations[knob.key] ?? '',
    advice: value === null ? `Remove ${knob.key} from ${place}` : `Set ${knob.key}: "${value}" on ${place}`,
    patches: [{ object: idOf(route), type: 'merge', patch: { metadata: { annotations: { [knob.key]: value } } } }],
  };
}

const wordsOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** Names that are no Service of the namespace are left out of the new list: they forward nothing. */
function listService({ model, trace }: Asked, route: Meta): { why: string; value: string } {
  const key = 'nginx.org/websocket-services';
  const listed = wordsOf(route.annotations[key]);
  const name = resolvedBackends(trace)[0]?.service.name ?? '';
  const kept = listed.filter((entry) => model.get('Service', route.namespace, entry).state !== 'absent');
  const why =
    listed.length === 0
      ? `this controller forwards Upgrade only to Services in ${key}, and the Ingress has none`
      : `${key} lists ${listed.join(', ')}, the backend is ${name}`;
  return { why, value: [...kept, name].join(',') };
}

function listPath({ trace }: Asked, route: Meta): { why: string; value: string } {
  const key = 'projectcontour.io/websocket-routes';
  const listed = wordsOf(route.annotations[key]);
  const path = trace.rule?.match.path.value ?? '/';
  const why =
    listed.length === 0
      ? `Contour forwards Upgrade only on paths in ${key}, and the Ingress has none`
      : `${key} lists ${listed.join(', ')}, the path of the rule is ${path}`;
  return { why, value: [...listed, path].join(',') };
}

function removed(only?: string): Knob['change'] {
  return () => ({
    why:
      only === undefined
        ? 'the Connection header to the backend is replaced, so that Upgrade is lost'
        : `HTTP/${only} to the backend has no Upgrade`,
    value: null,
  });
}
