import { ABSENT, found, type Lookup, unknown, valueOf } from '../base/lookup.ts';
import { splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod, Protocol } from '../model/kinds/pod.ts';
import type { EndpointSlice, Service, ServicePort, SliceEndpoint } from '../model/kinds/service.ts';
import type { Labels } from '../model/meta.ts';
import type { RouteBackend } from '../routing/route-table.ts';
import { type FlowEnd, flowEndAt } from './policy/flow.ts';
import { judgeFlow } from './policy/judge.ts';
import type { BackendPath, EndpointPath, PolicyFlow } from './trace.ts';

/** A verdict from every caller to every endpoint of a big Service is of no use to anybody; these many tell the story. */
const MOST_CALLERS = 6;
const MOST_JUDGED_ENDPOINTS = 24;

/** Who connects to the endpoints: Pods, clients outside the cluster, or somebody whose Pods are not known. */
export type Callers = readonly Pod[] | 'outside' | undefined;

/** From a route's backend (or a Service asked directly) to the endpoints behind it. */
export function walkBackend(model: ClusterModel, ref: RouteBackend, callers: Callers): BackendPath {
  const { kind, namespace, name } = splitId(ref.object);
  if (kind !== 'Service') {
    const why = unknown(`${kind} backends are not modelled`);
    return { ref, service: why, port: why, slices: why, selected: [], endpoints: [] };
  }
  const service = model.get('Service', namespace, name);
  if (service.state !== 'found') return { ref, service, port: service, slices: service, selected: [], endpoints: [] };
  const port = findServicePort(service.value, ref.servicePort ?? ref.port);
  const slices = service.value.type === 'ExternalName' ? ABSENT : model.slicesOf(service.value);
  const asked = narrowed(service.value, ref);
  const selected = asked.selector === undefined ? [] : model.podsMatching(namespace, asked.selector);
  const servicePort = valueOf(port);
  const endpoints =
    slices.state === 'found' && servicePort !== undefined
      ? listEndpoints(model, slices.value, (slice) => slicePort(slice, servicePort), servicePort.protocol, {
          callers,
          throughNodes: service.value.externalTrafficPolicy === 'Cluster',
        })
      : [];
  const { labels } = ref.narrowed ?? {};
  return {
    ref,
    service: asked === service.value ? service : found(asked),
    port,
    slices,
    selected,
    endpoints: labels === undefined ? endpoints : endpoints.filter(({ pod }) => mayHave(pod, labels)),
  };
}

/** The Service with the selection that this route makes of it: what its Pods are looked for by from here on. */
function narrowed(service: Service, { narrowed: by }: RouteBackend): Service {
  if (by === undefined || service.selector === undefined) return service;
  return { ...service, selector: { ...service.selector, ...by.labels } };
}

function mayHave(pod: Lookup<Pod>, labels: Labels): boolean {
  if (pod.state !== 'found') return pod.state === 'unknown';
  const own = pod.value.labels;
  return Object.entries(labels).every(([key, value]) => Object.hasOwn(own, key) && own[key] === value);
}

/** The backends that answer requests: not mirrors, and not those without a share unless there are no others. */
export function answeringBackends(paths: readonly BackendPath[]): readonly BackendPath[] {
  const answering = paths.filter(({ ref }) => ref.weight > 0 && ref.role !== 'mirror');
  return answering.length === 0 ? paths : answering;
}

/** A route names a Service port by number or name; without one, a Service with a single port is meant. */
export function findServicePort(service: Service, wanted: number | string | undefined): Lookup<ServicePort> {
  if (wanted === undefined) {
    const only = service.ports[0];
    return only === undefined ? ABSENT : found(only);
  }
  const port =
    typeof wanted === 'number'
      ? (service.ports.find((entry) => entry.port === wanted && entry.protocol === 'TCP') ??
        service.ports.find((entry) => entry.port === wanted))
      : service.ports.find((entry) => entry.name === wanted);
  return port === undefined ? ABSENT : found(port);
}

interface Asking {
  readonly callers: Callers;
  /** Clients outside come over any node, which may put its own address in place of theirs. */
  readonly throughNodes: boolean;
}

/** Every endpoint of the slices with the port it is asked at and the policies' verdicts on who asks. */
export function listEndpoints(
  model: ClusterModel,
  slices: readonly EndpointSlice[],
  portIn: (slice: EndpointSlice) => number | undefined,
  protocol: Protocol,
  asking: Asking,
): readonly EndpointPath[] {
  const paths: EndpointPath[] = [];
  for (const slice of slices) {
    const number = portIn(slice);
    for (const endpoint of slice.endpoints) {
      const address = endpoint.addresses[0] ?? '';
      const pod = podOf(model, endpoint, address, slice);
      const judged =
        number !== undefined && paths.length < MOST_JUDGED_ENDPOINTS && (pod.state === 'found' || address !== '');
      paths.push({
        address,
        ...(number === undefined ? {} : { port: number }),
        protocol,
        ready: endpoint.ready,
        serving: endpoint.serving,
        terminating: endpoint.terminating,
        usable: endpoint.ready && number !== undefined,
        ...(endpoint.nodeName === undefined ? {} : { nodeName: endpoint.nodeName }),
        pod,
        slice,
        policy: judged ? judgeCallers(model, asking, valueOf(pod), address, number, protocol) : [],
      });
    }
  }
  return paths;
}

/** The slice's port of the same name; an EndpointSlice without a port number means the target port itself. */
function slicePort(slice: EndpointSlice, port: ServicePort): number | undefined {
  const entry = slice.ports.find(
    (candidate) => candidate.name === (port.name ?? '') && candidate.protocol === port.protocol,
  );
  if (entry !== undefined) return entry.port ?? (typeof port.targetPort === 'number' ? port.targetPort : undefined);
  // Hand-written slices of single-port Services often leave the names different; kube-proxy needs them equal, so only an
  // unnamed Service port falls back to a lone unnamed slice port.
  return undefined;
}

function podOf(model: ClusterModel, endpoint: SliceEndpoint, address: string, slice: EndpointSlice): Lookup<Pod> {
  const target = endpoint.target;
  if (target?.kind === 'Pod') {
    const pod = model.get('Pod', target.namespace === '' ? slice.namespace : target.namespace, target.name);
    return pod.state === 'found' ? pod : (templatePod(model, slice.namespace, target.name) ?? model.podByIP(address));
  }
  return address === '' ? ABSENT : model.podByIP(address);
}

/** Plain manifests: the Pod a workload would make is in the list but not in the records. */
function templatePod(model: ClusterModel, namespace: string, name: string): Lookup<Pod> | undefined {
  if (!model.manifestsOnly) return undefined;
  const pod = model.listIn('Pod', namespace).find((candidate) => candidate.name === name);
  return pod === undefined ? undefined : found(pod);
}

function judgeCallers(
  model: ClusterModel,
  { callers, throughNodes }: Asking,
  pod: Pod | undefined,
  address: string,
  port: number,
  protocol: Protocol,
): readonly PolicyFlow[] {
  const to: FlowEnd =
    pod === undefined
      ? flowEndAt(model, address)
      : address === ''
        ? { kind: 'pod', pod }
        : { kind: 'pod', pod, address };
  const flow = { to, port, protocol };
  if (callers === 'outside')
    return [{ from: undefined, verdict: judgeFlow(model, { from: { kind: 'outside', throughNodes }, ...flow }) }];
  if (callers === undefined) {
    // Whoever the caller is: a policy that admits nobody denies it too. Anything short of that is not known.
    const verdict = judgeFlow(model, { from: { kind: 'unread' }, ...flow });
    return verdict.state === 'denied' ? [{ from: undefined, verdict }] : [];
  }
  return callers
    .slice(0, MOST_CALLERS)
    .map((from) => ({ from, verdict: judgeFlow(model, { from: { kind: 'pod', pod: from }, ...flow }) }));
}

/** Endpoints that requests are sent to now. */
export function usableEndpoints(path: BackendPath): readonly EndpointPath[] {
  return path.endpoints.filter((endpoint) => endpoint.usable);
}

/** The Pods behind a backend: those of its endpoints, else those its selector matches. */
export function podsBehind(path: BackendPath): readonly Pod[] {
  const fromEndpoints = path.endpoints.flatMap((endpoint) => valueOf(endpoint.pod) ?? []);
  return fromEndpoints.length > 0 ? fromEndpoints : path.selected;
}
