import { valueOf } from '../base/lookup.ts';
import { idOf, type ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Setting } from '../routing/route-table.ts';
import type { JsonObject } from '../sources/contract.ts';
import { bindingTimeout } from './binding-timeout.ts';
import { timeoutKnob } from './timeout-knob.ts';
import type { Trace } from './trace.ts';

/** Where it is said how long a silent upgraded connection is kept. */
export interface TunnelKnob {
  readonly object: ObjectId;
  readonly name: string;
  readonly setting: Setting<number> | undefined;
  readonly patches: readonly { readonly object: ObjectId; readonly type: 'merge'; readonly patch: JsonObject }[];
  readonly reached: (after: { readonly model: ClusterModel; readonly trace: Trace }) => boolean;
}

const HOUR = 3600;
const TUNNEL = 'timeout-tunnel';

/**
 * HAProxy has a timeout of its own for tunnels, set in its controller's ConfigMap (timeout-tunnel); other proxies use the
 * read timeout of the route (nginx.org, "WebSocket proxying": proxy_read_timeout).
 */
export function tunnelKnob(world: { readonly model: ClusterModel; readonly trace: Trace }): TunnelKnob | undefined {
  const { model, trace } = world;
  if (/haproxy/.test(trace.gateway?.controller ?? '')) {
    const map = configMapWith(model, trace);
    if (map === undefined) return undefined;
    const object = idOf(map);
    const patch = { data: { [TUNNEL]: '1h' } };
    const reached: TunnelKnob['reached'] = (after) => configMapWith(after.model, after.trace)?.data[TUNNEL] === '1h';
    return { object, name: `${TUNNEL}: 1h`, setting: undefined, patches: [{ object, type: 'merge', patch }], reached };
  }
  const setting = bindingTimeout(trace, undefined);
  const knob = timeoutKnob(world, HOUR);
  if (knob === undefined) return undefined;
  const patches = knob.patches.flatMap((patch) =>
    patch.type === 'merge' ? [{ ...patch, type: 'merge' as const, patch: patch.patch as JsonObject }] : [],
  );
  return { object: knob.object, name: knob.name, setting, patches, reached: knob.reached };
}

function configMapWith(model: ClusterModel, trace: Trace): ReturnType<typeof listed>[number] | undefined {
  const namespaces = new Set((valueOf(trace.gateway?.pods ?? { state: 'absent' }) ?? []).map((pod) => pod.namespace));
  return [...namespaces]
    .flatMap((namespace) => listed(model, namespace))
    .find((map) => Object.hasOwn(map.data, TUNNEL));
}

function listed(model: ClusterModel, namespace: string) {
  return model.listIn('ConfigMap', namespace);
}
