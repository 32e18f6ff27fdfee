import { valueOf } from '../base/lookup.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { GatewayInstance } from '../routing/route-table.ts';
import { type ConfigDialect, type GatewayConfigTarget, MOST_PODS } from '../sources/gateway-config/contract.ts';
import type { Trace } from '../trace/trace.ts';

/** Which Pods of the request's gateway to ask what they have loaded, and in whose language. */
export function planGatewayConfig({ gateway }: Trace): readonly GatewayConfigTarget[] {
  if (gateway === undefined) return [];
  const ready = (valueOf(gateway.pods) ?? []).filter((pod) => pod.ready && pod.deleting === undefined);
  return ready
    .slice(0, MOST_PODS)
    .map((pod) => ({ namespace: pod.namespace, pod: pod.name, dialect: dialectOf(gateway, pod) }));
}

/** From the images that run; an Istio sidecar beside another proxy is not the gateway. */
function dialectOf({ controller, dialect }: GatewayInstance, pod: Pod): ConfigDialect | undefined {
  const istio = dialect === 'istio' || controller.startsWith('istio.io/');
  const own = pod.spec.containers.filter(({ name }) => istio || name !== 'istio-proxy');
  const images = own.map(({ image }) => image.slice(image.lastIndexOf('/') + 1));
  if (images.some((image) => image.includes('traefik'))) return 'traefik';
  if (istio && own.some(({ name }) => name === 'istio-proxy')) return 'istio';
  return images.some((image) => /(?:^|-)envoy/.test(image)) ? 'envoy' : undefined;
}
