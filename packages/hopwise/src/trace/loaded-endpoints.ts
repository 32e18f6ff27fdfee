import { displayId, idOf, splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Rule } from '../routing/route-table.ts';
import type { EndpointGroup, GatewayConfigObservation, LoadedEndpoint } from '../sources/gateway-config-observation.ts';
import { isIpAddress } from './addresses.ts';
import { answeringBackends, usableEndpoints } from './backend-path.ts';
import { hostPort } from './join.ts';
import type { PathObservations } from './observed.ts';
import type { BackendPath, UnknownThing } from './trace.ts';

/** What the data plane has loaded for a path, held against the EndpointSlices. */
export interface LoadedEndpoints {
  readonly evidence: readonly Evidence[];
  /** A gateway Pod has loaded these and nothing else for a backend, and no Pod, Service or node has any of them. */
  readonly stale: { readonly addresses: readonly string[]; readonly evidence: readonly Evidence[] };
  /** Set when a gateway Pod has loaded none of a backend's endpoints. What it holds for unhealthy is the endpoints' matter. */
  readonly stuck: string | undefined;
  readonly unknowns: readonly UnknownThing[];
}

interface PathFacts {
  readonly model: ClusterModel;
  readonly rule?: Rule | undefined;
  readonly backends: readonly BackendPath[];
  readonly seen: Pick<PathObservations, 'gatewayConfig'>;
}

/** Backends that one group of endpoints is made of. */
interface Expected {
  readonly name: string;
  readonly paths: readonly BackendPath[];
  readonly isGroup: (name: string) => boolean;
}

interface Comparison {
  readonly evidence: Evidence;
  readonly staleAddresses?: readonly string[];
  readonly stuck?: boolean;
}

/** Compares group by group; what was not asked for, or cannot be compared, says nothing. */
export function loadedEndpoints(facts: PathFacts): LoadedEndpoints {
  const comparisons: Comparison[] = [];
  const unknowns: UnknownThing[] = [];
  const expected = facts.seen.gatewayConfig === undefined ? [] : expectedOf(facts);
  for (const observed of facts.seen.gatewayConfig ?? []) {
    const what = `configuration loaded by gateway Pod ${observed.namespace}/${observed.pod}`;
    if (observed.loaded.state === 'unread') {
      unknowns.push({ what, why: observed.loaded.why, settledBy: observed.loaded.settledBy });
      continue;
    }
    let compared = false;
    for (const wanted of expected) {
      for (const group of observed.loaded.groups.filter(({ name }) => wanted.isGroup(name))) {
        compared = true;
        comparisons.push(...compare(facts.model, observed, wanted, group));
      }
    }
    if (!compared && expected.length > 0)
      unknowns.push({
        what,
        why: `it names no endpoints in a way that hopwise knows for ${expected.map(({ name }) => name).join(', ')}`,
        settledBy: `a look at what the Pod answers at ${observed.asked}`,
      });
  }
  const stale = comparisons.filter(({ staleAddresses }) => staleAddresses !== undefined);
  return {
    evidence: comparisons.map(({ evidence }) => evidence),
    stale: {
      addresses: [...new Set(stale.flatMap(({ staleAddresses = [] }) => staleAddresses))],
      evidence: stale.map(({ evidence }) => evidence),
    },
    stuck: comparisons.find(({ stuck }) => stuck)?.evidence.text,
    unknowns,
  };
}

function compare(
  model: ClusterModel,
  { namespace, pod }: GatewayConfigObservation,
  { name, paths }: Expected,
  group: EndpointGroup,
): readonly Comparison[] {
  // Where it sends to a Service's own address, or to endpoints that are not addresses, kube-proxy or a mesh chooses the Pod.
  const throughService = ({ address }: LoadedEndpoint): boolean =>
    !isIpAddress(address) || model.serviceByIP(address).state === 'found';
  if (group.partial || group.endpoints.some(throughService)) return [];
  const known = new Set(paths.flatMap((path) => path.endpoints.map(({ address }) => address)));
  // Backends that get no answers asked of them (mirrors, weight 0) need not be loaded.
  const usable = answeringBackends(paths)
    .filter(({ ref }) => ref.weight > 0)
    .flatMap(usableEndpoints)
    .filter(({ port }) => port !== undefined);
  if (usable.length === 0) return [];
  const gateway = `gateway Pod ${namespace}/${pod}`;
  const loaded = new Map(group.endpoints.map((endpoint) => [hostPort(endpoint.address, endpoint.port), endpoint]));
  const wanted = [...new Set(usable.map(({ address, port }) => hostPort(address, port)))];
  const gone = [...loaded].filter(([, { address }]) => !known.has(address) && belongsToNobody(model, address));
  const comparisons: Comparison[] = [];
  if (gone.length > 0) {
    const all = gone.length === loaded.size;
    const text = `${gateway} has loaded ${some(gone.map(([key]) => key))} for ${name}, which no Pod has; the endpoints are ${some(wanted)}`;
    const staleAddresses = [...new Set(gone.map(([, { address }]) => address))];
    comparisons.push({ evidence: evidenceOf(text), ...(all ? { staleAddresses, stuck: true } : {}) });
  }
  const lacking = wanted.filter((key) => !loaded.has(key));
  // Addresses that may be a Service's, because not all Services were read, say nothing of what is behind them.
  const explained = gone.length === loaded.size || group.endpoints.every(({ address }) => known.has(address));
  if (lacking.length > 0) {
    const text = `${gateway} has not loaded ${some(lacking)}, which the EndpointSlices of ${name} have ready; it has ${loaded.size === 0 ? 'none' : some([...loaded.keys()])}`;
    comparisons.push({ evidence: evidenceOf(text), stuck: explained && lacking.length === wanted.length });
  }
  const held = wanted.flatMap((key) => {
    const [fault] = loaded.get(key)?.faults ?? [];
    return fault === undefined ? [] : [{ key, fault }];
  });
  if (held[0] !== undefined) {
    const text = `${gateway} holds ${some(held.map(({ key }) => key))} of ${name} for unhealthy: ${held[0].fault}`;
    comparisons.push({ evidence: evidenceOf(text) });
  }
  if (comparisons.length > 0) return comparisons;
  return [{ evidence: evidenceOf(`${gateway} has loaded the ready endpoints of ${name}: ${some(wanted)}`) }];
}

/** Only of what was read completely; a Pod that came up since is one that nobody has read. */
function belongsToNobody(model: ClusterModel, address: string): boolean {
  return (
    model.podByIP(address).state === 'absent' &&
    model.serviceByIP(address).state === 'absent' &&
    model.nodeByIP(address).state !== 'found' &&
    !/^(?:127\.|::1$)/.test(address)
  );
}

/** By the proxies' own rules for names; EndpointSlices that were not read can be held against nothing. */
function expectedOf({ rule, backends }: PathFacts): readonly Expected[] {
  const read = backends.filter(({ slices, service }) => slices.state === 'found' && service.state === 'found');
  const services = read.flatMap((path): readonly Expected[] => {
    const { service, port } = path;
    if (service.state !== 'found' || port.state !== 'found') return [];
    const { namespace, name } = service.value;
    const ports = [String(port.value.port), ...(port.value.name === undefined ? [] : [port.value.name])];
    return [
      {
        name: displayId(idOf(service.value)),
        paths: [path],
        isGroup: (group) => isOfService(group, namespace, name, ports),
      },
    ];
  });
  const route = rule === undefined ? undefined : splitId(rule.object);
  const index = /^spec\.rules\[(\d+)\]/.exec(rule?.field ?? '')?.[1];
  if (route === undefined || index === undefined || read.length < backends.length) return services;
  if (route.kind !== 'HTTPRoute' && route.kind !== 'GRPCRoute') return services;
  // envoyproxy/gateway internal/gatewayapi/helpers.go, irRouteDestinationName: one cluster for a rule, all its backends in it.
  const cluster = `${route.kind.toLowerCase()}/${route.namespace}/${route.name}/rule/${index}`;
  return [
    ...services,
    {
      name: `${displayId(rule?.object ?? idOf(route))} rule ${index}`,
      paths: read,
      isGroup: (group) => group === cluster,
    },
  ];
}

function isOfService(group: string, namespace: string, name: string, ports: readonly string[]): boolean {
  return ports.some(
    (port) =>
      // istio pkg/model BuildSubsetKey: direction|port|subset|host.
      group.startsWith(`outbound|${port}||${name}.${namespace}.svc.`) ||
      // traefik pkg/provider/kubernetes/ingress and crd: namespace-service-port@provider.
      group === `${namespace}-${name}-${port}@kubernetes` ||
      group === `${namespace}-${name}-${port}@kubernetescrd` ||
      // contour internal/envoy Clustername: namespace/service/port/digest.
      group.startsWith(`${namespace}/${name}/${port}/`) ||
      // kgateway: kube_namespace_service_port.
      group === `kube_${namespace}_${name}_${port}`,
  );
}

function evidenceOf(text: string): Evidence {
  return { type: 'probe', text };
}

function some(list: readonly string[]): string {
  return list.length > 3 ? `${list.slice(0, 3).join(', ')} and ${list.length - 3} more` : list.join(', ');
}
