import { idOf, type ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Meta } from '../model/meta.ts';
import type { JsonObject } from '../sources/contract.ts';
import { resolvedBackends } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** Does the gateway forward a WebSocket upgrade to this backend? */
export interface UpgradeSupport {
  readonly state: 'yes' | 'no' | 'unknown';
  readonly why: string;
  readonly object?: Meta;
  readonly path: string;
  readonly value?: string;
  readonly advice?: string;
  readonly patches: readonly { readonly object: ObjectId; readonly type: 'merge'; readonly patch: JsonObject }[];
}

const LIST = 'nginx.org/websocket-services';

/**
 * F5's controller forwards Upgrade only to Services listed in nginx.org/websocket-services (docs.nginx.com, WebSocket
 * support). Other controllers forward it always; a dialect that knows better says so in its settings.
 */
export function upgradeSupport({
  model,
  trace,
}: {
  readonly model: ClusterModel;
  readonly trace: Trace;
}): UpgradeSupport {
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  const setting = trace.rule?.settings.websocket;
  if (setting?.value === false) {
    const object = setting.from.kind === 'field' ? model.object(setting.from.object) : route;
    return {
      state: 'no',
      why: 'the gateway does not forward Upgrade on this route',
      ...(object === undefined ? {} : { object }),
      path: setting.from.kind === 'field' ? setting.from.path : 'spec',
      patches: [],
    };
  }
  const service = resolvedBackends(trace)[0]?.service;
  if (/^nginx\.org\//.test(trace.gateway?.controller ?? '') && route !== undefined && service !== undefined) {
    const listed = (route.annotations[LIST] ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    if (listed.includes(service.name))
      return {
        state: 'yes',
        why: `${LIST} lists ${service.name}`,
        path: `metadata.annotations["${LIST}"]`,
        patches: [],
      };
    const names = [
      ...listed.filter((name) => model.get('Service', route.namespace, name).state === 'found'),
      service.name,
    ].join(',');
    return {
      state: 'no',
      why:
        listed.length === 0
          ? `this controller forwards Upgrade only to Services in ${LIST}, and the Ingress has none`
          : `${LIST} lists ${listed.join(', ')}, the backend is ${service.name}`,
      object: route,
      path: `metadata.annotations["${LIST}"]`,
      value: route.annotations[LIST] ?? '',
      advice: `Set ${LIST}: "${names}" on ${route.kind} ${route.namespace}/${route.name}`,
      patches: [{ object: idOf(route), type: 'merge', patch: { metadata: { annotations: { [LIST]: names } } } }],
    };
  }
  return {
    state: setting?.value === true ? 'yes' : 'unknown',
    why: 'the gateway forwards Upgrade',
    path: '',
    patches: [],
  };
}
