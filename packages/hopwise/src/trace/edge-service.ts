import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeEvent, citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import type { JsonObject } from '../sources/contract.ts';
import { podsBehind } from './backend-path.ts';
import type { PathObservations } from './observed.ts';
import { workloadOf } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** Why the load balancer (or node port) in front of a gateway, or of an app that has none, has nothing to send to. */
export interface MissingTargets {
  readonly object: ObjectId;
  readonly why: string;
  /** The same in a few words, where it is no load balancer that lacks something. */
  readonly short?: string;
  readonly sureness: 'proven' | 'strong' | 'likely';
  readonly evidence: readonly Evidence[];
  /** The merge patch that mends it, when there is one. */
  readonly patch: JsonObject | undefined;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

/** Reasons of the events that cloud controllers write when they cannot build or fill a load balancer. */
const LB_FAILURE =
  /^(?:SyncLoadBalancerFailed|FailedDeployModel|FailedBuildModel|UnAvailableLoadBalancer|FailedNetworkReconcile|EnsureLoadBalancerFailed|CreatingLoadBalancerFailed|AllocationFailed|Translate|Sync)$/;
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** Undefined when requests come through, or when nothing about what clients meet first is known to be wrong. */
export function missingTargets(world: Asked): MissingTargets | undefined {
  const { model, trace, seen } = world;
  const reached = seen.access.length > 0 || seen.generatedBy?.hop === 'gateway' || seen.generatedBy?.hop === 'app';
  if (model.manifestsOnly || reached) return undefined;
  if (trace.entry !== undefined) return notMade(world, trace.entry) ?? localOnly(world, trace.entry);
  if (trace.gateway === undefined || trace.inCluster) return undefined;
  const service = frontService(world);
  return (
    (service === undefined
      ? undefined
      : (notMade(world, service) ?? selectsNothing(world, service) ?? localOnly(world, service))) ?? routeNotMade(world)
  );
}

/** The Service by which clients reach the gateway: the one that has the address, else the only one of its namespace. */
function frontService({ model, trace, seen }: Asked): Service | undefined {
  const address = seen.response?.connectedTo?.address ?? trace.gateway?.addresses[0]?.ip;
  const owner = address === undefined ? undefined : model.serviceByIP(address);
  if (owner?.state === 'found' && owner.value.type === 'LoadBalancer') return owner.value;
  const own = trace.gateway?.services.filter((entry) => entry.type !== 'ClusterIP') ?? [];
  if (own[0] !== undefined) return own[0];
  const namespaces = new Set(gatewayPods(trace).map((pod) => pod.namespace));
  const near = [...namespaces].flatMap((namespace) =>
    model.listIn('Service', namespace).filter((entry) => isPublic(entry) && servesWeb(entry)),
  );
  return near.length === 1 ? near[0] : undefined;
}

function isPublic({ type }: Service): boolean {
  return type === 'LoadBalancer' || type === 'NodePort';
}

function servesWeb({ ports }: Service): boolean {
  return ports.some(({ port, name }) => port === 80 || port === 443 || /^https?$/.test(name ?? ''));
}

/** The Pods that clients' connections end at: the gateway's, or the app's where no gateway stands in the way. */
function targetPods(trace: Trace): readonly Pod[] {
  if (trace.entry === undefined) return gatewayPods(trace);
  return trace.backends.flatMap(podsBehind).filter((pod) => pod.deleting === undefined);
}

function gatewayPods({ gateway }: Trace): readonly Pod[] {
  return gateway?.pods.state === 'found' ? gateway.pods.value.filter((pod) => pod.deleting === undefined) : [];
}

/** The cloud could not make the load balancer, and says so. */
function notMade({ model }: Asked, service: Service): MissingTargets | undefined {
  if (service.type !== 'LoadBalancer' || !service.hasStatus || service.addresses.length > 0) return undefined;
  const event = model
    .eventsAbout(idOf(service))
    .findLast((entry) => LB_FAILURE.test(entry.reason) && entry.type !== 'Normal');
  if (event === undefined) return undefined;
  return {
    object: idOf(service),
    why: `the load balancer could not be made: ${event.message.slice(0, 120)}`,
    sureness: 'proven',
    evidence: [citeField(service, 'status.loadBalancer', 'the Service has no address'), citeEvent(event)],
    patch: undefined,
  };
}

/** Ready Pods of the gateway are there, and the Service in front of them selects none. */
function selectsNothing({ model, trace }: Asked, service: Service): MissingTargets | undefined {
  const ready = gatewayPods(trace).filter((pod) => pod.ready && pod.namespace === service.namespace);
  const [first] = ready;
  if (first === undefined || service.selector === undefined) return undefined;
  const slices = model.slicesOf(service);
  const filled = slices.state !== 'found' || slices.value.some((slice) => slice.endpoints.some((entry) => entry.ready));
  if (filled || model.podsMatching(service.namespace, service.selector).some((pod) => pod.ready)) return undefined;
  const wanted = workloadOf(model, first)?.selector.requirements.flatMap(({ key, operator, values }) =>
    operator === 'In' && values[0] !== undefined ? [[key, values[0]] as const] : [],
  );
  const shown = Object.entries(service.selector).map(([key, value]) => `${key}=${value}`);
  return {
    object: idOf(service),
    why: `its selector matches no Pod of ${trace.gateway?.name ?? 'the gateway'}`,
    sureness: 'strong',
    evidence: [
      citeField(service, 'spec.selector', `the selector is ${shown.join(',')}`, shown.join(',')),
      citeField(first, 'metadata.labels', `the gateway's Pod ${first.name} has other labels`),
    ],
    patch:
      wanted === undefined || wanted.length === 0
        ? undefined
        : { spec: { selector: replaced(service.selector, Object.fromEntries(wanted)) } },
  };
}

/** A merge patch that leaves exactly these labels. */
function replaced(old: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): JsonObject {
  const gone = Object.fromEntries(Object.keys(old).map((key) => [key, null]));
  return { ...gone, ...wanted };
}

/** externalTrafficPolicy Local: only nodes with a ready Pod behind the Service answer. */
function localOnly({ model, trace, seen }: Asked, service: Service): MissingTargets | undefined {
  if (service.externalTrafficPolicy !== 'Local' || !isPublic(service)) return undefined;
  const whose = trace.entry === undefined ? 'the gateway' : `Service ${service.name}`;
  const nodes = new Set(targetPods(trace).flatMap((pod) => (pod.ready ? (pod.nodeName ?? []) : [])));
  if (nodes.size === 0) return undefined;
  const patch: JsonObject = { spec: { externalTrafficPolicy: 'Cluster' } };
  const text = `only nodes with a Pod of ${whose} answer`;
  const policy = citeField(service, 'spec.externalTrafficPolicy', text, 'Local');
  // Of a connection that was never made only the URL says where it was to go.
  const node = model.nodeByIP(seen.response?.connectedTo?.address ?? trace.request.urlHost);
  if (node.state === 'found' && !nodes.has(node.value.name) && seen.failing)
    return {
      object: idOf(service),
      why: `the request went to node ${node.value.name}, which has no Pod of ${whose}`,
      short: `node ${node.value.name} has no Pod to answer`,
      sureness: 'proven',
      evidence: [
        policy,
        citeField(node.value, 'metadata.name', `the Pods of ${whose} are on ${[...nodes].join(', ')}`),
      ],
      patch,
    };
  const used = [...nodes].map((name) => model.get('Node', '', name));
  const excluded = used.flatMap((entry) =>
    entry.state === 'found' && Object.hasOwn(entry.value.labels, EXCLUDED) ? [entry.value] : [],
  );
  const [first] = excluded;
  if (service.type !== 'LoadBalancer' || first === undefined || excluded.length < used.length) return undefined;
  return {
    object: idOf(service),
    why: `every node with a Pod of ${whose} is kept out of load balancers`,
    sureness: 'strong',
    evidence: [
      policy,
      citeField(first, `metadata.labels["${EXCLUDED}"]`, `Node ${first.name} is excluded from load balancers`),
    ],
    patch,
  };
}

/** An Ingress that is its own load balancer (ALB, GKE, AGIC) and could not be built. */
function routeNotMade({ model, trace }: Asked): MissingTargets | undefined {
  const id = trace.rule?.object;
  const route = id === undefined ? undefined : model.object(id);
  if (id === undefined || route === undefined || trace.gateway?.pods.state === 'found') return undefined;
  const event = model
    .eventsAbout(id)
    .findLast(
      (entry) =>
        LB_FAILURE.test(entry.reason) && entry.type === 'Warning' && (entry.last ?? 0) > model.now - 86_400_000,
    );
  if (event === undefined) return undefined;
  const made = trace.gateway?.addresses.length !== 0;
  return {
    object: id,
    why: `the load balancer could not be ${made ? 'brought up to date' : 'made'}: ${event.message.slice(0, 120)}`,
    sureness: made ? 'likely' : 'proven',
    evidence: [citeEvent(event), ...(made ? [] : [citeField(route, 'status.loadBalancer', 'it has no address')])],
    patch: undefined,
  };
}
