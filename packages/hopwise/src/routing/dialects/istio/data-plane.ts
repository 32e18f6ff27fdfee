import { found, type Lookup, unknown } from '../../../base/lookup.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Pod } from '../../../model/kinds/pod.ts';
import type { Service } from '../../../model/kinds/service.ts';
import type { Labels } from '../../../model/meta.ts';
import type { IstioGateway } from './gateways.ts';

/** Gateways that the same Pods serve: Istio merges them into one configuration. */
export interface DataPlane {
  readonly gateways: readonly IstioGateway[];
  readonly pods: Lookup<readonly Pod[]>;
  readonly services: readonly Service[];
  /** Namespace of the Pods: the caller's in all look-ups. */
  readonly namespace: string;
}

/**
 * Groups Gateways by the Pods their selectors find in any namespace (networking/v1/gateway.proto Gateway.selector); without
 * Pods to look at, by the selector itself.
 */
export function groupByDataPlane(model: ClusterModel, gateways: readonly IstioGateway[]): readonly DataPlane[] {
  const groups = new Map<string, { gateways: IstioGateway[]; pods: readonly Pod[]; services: readonly Service[] }>();
  for (const gateway of gateways) {
    const pods = findPods(model, gateway.selector);
    const services = findServices(model, gateway, pods);
    const key = pods.length > 0 ? pods.map(placeOf).join(' ') : JSON.stringify(Object.entries(gateway.selector).sort());
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { gateways: [gateway], pods, services });
    else group.gateways.push(gateway);
  }
  return [...groups.values()].map((group) => ({
    gateways: group.gateways,
    pods: lookupPods(model, group.pods, group.gateways),
    services: group.services,
    namespace: group.pods[0]?.namespace ?? group.services[0]?.namespace ?? group.gateways[0]?.namespace ?? '',
  }));
}

/** Gateway Pods stand behind a Service that selects by some of the same labels: no need to look at every Pod. */
function findPods(model: ClusterModel, selector: Labels): readonly Pod[] {
  if (Object.keys(selector).length === 0) return [];
  return model.namespaces().flatMap((namespace) => model.podsMatching(namespace, selector));
}

function findServices(model: ClusterModel, gateway: IstioGateway, pods: readonly Pod[]): readonly Service[] {
  const namespaces = new Set(pods.length > 0 ? pods.map(({ namespace }) => namespace) : model.namespaces());
  return [...namespaces]
    .flatMap((namespace) => model.listIn('Service', namespace))
    .filter(({ selector }) => selector !== undefined && selects(selector, pods, gateway.selector));
}

function selects(selector: Labels, pods: readonly Pod[], labels: Labels): boolean {
  const entries = Object.entries(selector);
  if (entries.length === 0) return false;
  const fits = (target: Labels) => entries.every(([key, value]) => Object.hasOwn(target, key) && target[key] === value);
  return pods.length > 0 ? pods.some((pod) => fits(pod.labels)) : fits(labels);
}

function lookupPods(
  model: ClusterModel,
  pods: readonly Pod[],
  gateways: readonly IstioGateway[],
): Lookup<readonly Pod[]> {
  if (pods.length > 0) return found(pods);
  const { state } = model.coverage('Pod');
  if (state === 'complete' && !model.manifestsOnly) return found([]);
  const selector = Object.entries(gateways[0]?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return unknown(`no Pod with ${selector.join(', ')} was read`, 'kubectl get pods -A -o yaml');
}

function placeOf({ namespace, name }: Pod): string {
  return `${namespace}/${name}`;
}

/**
 * The port clients use for a server: its own number where a Service exposes that, else the Service port that leads to it
 * (server ports may name the Pod's port).
 */
export function exposedPort(services: readonly Service[], port: number): number {
  const ports = services.flatMap((service) => service.ports);
  if (ports.some((entry) => entry.port === port)) return port;
  return ports.find((entry) => entry.targetPort === port)?.port ?? port;
}
