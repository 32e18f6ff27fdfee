import type { ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { NetworkPolicy } from '../model/kinds/network-policy.ts';
import type { Pod } from '../model/kinds/pod.ts';
import { failedConnections } from './app-connections.ts';
import { usableEndpoints } from './backend-path.ts';
import { logEvidence } from './log-evidence.ts';
import type { ObservedMode, PathObservations } from './observed.ts';
import { type Flow, flowEndAt } from './policy/flow.ts';
import { judgeFlow } from './policy/judge.ts';
import type { EndpointPath, PolicyVerdict, Trace } from './trace.ts';

/** Connections of this request that policies forbid, grouped by the object that decides. */
export interface DeniedFlows {
  readonly by: ObjectId;
  readonly side: 'ingress' | 'egress';
  /** Undefined when whose Pods they are is not known. */
  readonly from: Pod | undefined;
  /** `10.244.0.14:11000` */
  readonly to: string;
  readonly why: string;
  readonly evidence: readonly Evidence[];
  /** Every flow of the path is denied, not only some. */
  readonly all: boolean;
  /** Seen to fail. */
  readonly observed: ObservedMode | undefined;
  /** The denied flows themselves, as far as both ends are known. */
  readonly flows: readonly Flow[];
  /** Between the app and something behind it, not between the gateway (or caller) and the app. */
  readonly behindApp: boolean;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

type Side = DeniedFlows['side'];

/** From the callers to the endpoints or out of the cluster, and from an app to what it needs. */
export function deniedFlows(world: Asked, side: Side): readonly DeniedFlows[] {
  return [...toEndpoints(world, side), ...outOfCluster(world, side), ...behindApp(world, side)];
}

interface Judged {
  readonly from: Pod | undefined;
  readonly to: string;
  readonly flow: Flow | undefined;
  readonly verdict: PolicyVerdict;
}

function toEndpoints({ model, trace, seen }: Asked, side: Side): readonly DeniedFlows[] {
  const flows = trace.backends
    .flatMap((path) => usableEndpoints(path))
    .flatMap((endpoint) =>
      endpoint.policy.map(
        ({ from, verdict }): Judged => ({
          from,
          to: `${endpoint.address}:${endpoint.port ?? '?'}`,
          flow: flowTo(model, from, endpoint),
          verdict,
        }),
      ),
    );
  return group(flows, side, false, (denied) => failedConnect(seen, denied));
}

function flowTo(model: ClusterModel, from: Pod | undefined, endpoint: EndpointPath): Flow | undefined {
  if (from === undefined || endpoint.port === undefined) return undefined;
  const { address, port, protocol, pod } = endpoint;
  const to: Flow['to'] =
    pod.state === 'found'
      ? { kind: 'pod', pod: pod.value, ...(address === '' ? {} : { address }) }
      : flowEndAt(model, address);
  return { from: { kind: 'pod', pod: from }, to, port, protocol };
}

function outOfCluster({ trace, seen }: Asked, side: Side): readonly DeniedFlows[] {
  const { leaving } = trace;
  if (leaving === undefined) return [];
  const { host, port, address } = leaving;
  const flows = leaving.flows.map(({ from, verdict }): Judged => {
    const to: Flow['to'] = address === undefined ? { kind: 'outside' } : { kind: 'outside', address };
    const flow: Flow | undefined =
      from === undefined ? undefined : { from: { kind: 'pod', pod: from }, to, port, protocol: 'TCP' };
    return { from, to: `${host}:${port}`, flow, verdict };
  });
  return group(flows, side, false, (denied) => failedConnect(seen, denied));
}

function group(
  flows: readonly Judged[],
  side: Side,
  isBehindApp: boolean,
  observe: (denied: readonly Judged[]) => ObservedMode | undefined,
): readonly DeniedFlows[] {
  const groups = new Map<ObjectId, Judged[]>();
  for (const entry of flows) {
    const by = entry.verdict.by[0];
    if (entry.verdict.state !== 'denied' || entry.verdict.side !== side || by === undefined) continue;
    groups.set(by, [...(groups.get(by) ?? []), entry]);
  }
  const all = flows.every(({ verdict }) => verdict.state === 'denied');
  return [...groups].map(([by, denied]) => {
    const [first] = denied as [Judged, ...Judged[]];
    return {
      by,
      side,
      from: first.from,
      to: first.to,
      why: first.verdict.why,
      evidence: first.verdict.evidence,
      all,
      observed: observe(denied),
      flows: denied.flatMap(({ flow }) => flow ?? []),
      behindApp: isBehindApp,
    };
  });
}

const HANGS: ReadonlySet<string> = new Set(['connect-timeout', 'refused', 'no-route-to-host']);

/** A connection that was seen to fail, at one of the denied addresses where the lines name any. */
function failedConnect(seen: PathObservations, denied: readonly Judged[]): ObservedMode | undefined {
  const addresses = new Set(denied.map(({ to }) => to));
  return seen.modes.find(
    (mode) =>
      mode.reporter !== 'app' &&
      HANGS.has(mode.mode) &&
      (mode.addresses.length === 0 || mode.addresses.some((address) => addresses.has(address))),
  );
}

/** The app's own connections that were seen to hang, judged by the same policies. */
function behindApp({ model, trace, seen }: Asked, side: Side): readonly DeniedFlows[] {
  const out: DeniedFlows[] = [];
  const troubled = seen.failing || seen.app.pods.some((pod) => pod.hasStatus && !pod.ready);
  if (!troubled || (trace.inCluster && seen.app.pods.length === 0)) return [];
  for (const connection of failedConnections(model, seen)) {
    const flows = connection.ends.map(({ end, port }): Judged => {
      const flow: Flow = { from: { kind: 'pod', pod: connection.from }, to: end, port, protocol: 'TCP' };
      return { from: connection.from, to: connection.to, flow, verdict: judgeFlow(model, flow) };
    });
    const observed: ObservedMode = {
      mode: connection.mode,
      reporter: 'app',
      count: connection.count,
      addresses: [connection.to],
      evidence: logEvidence(connection.line, `the app cannot connect to ${connection.to}`, connection.count),
    };
    for (const denied of group(flows, side, true, () => observed))
      if (!out.some((entry) => entry.by === denied.by)) out.push(denied);
  }
  return out.length > 0 || side === 'ingress' ? out : shutIn(model, seen);
}

/** No log says where the app connects, but its Pods may connect nowhere at all and the app itself made the failure. */
function shutIn(model: ClusterModel, seen: PathObservations): readonly DeniedFlows[] {
  const from = seen.app.pods[0];
  if (from === undefined || !seen.failing || seen.generatedBy?.hop !== 'app' || (seen.status ?? 0) < 500) return [];
  const flow: Flow = { from: { kind: 'pod', pod: from }, to: { kind: 'outside' }, port: 443, protocol: 'TCP' };
  const verdict = judgeFlow(model, flow);
  const by = verdict.by[0];
  const policy = by === undefined ? undefined : model.object(by);
  if (verdict.state !== 'denied' || verdict.side !== 'egress' || by === undefined || policy?.kind !== 'NetworkPolicy')
    return [];
  if ((policy as NetworkPolicy).egress.length > 0) return [];
  return [
    {
      by,
      side: 'egress',
      from,
      to: 'anywhere',
      why: verdict.why,
      evidence: verdict.evidence,
      all: true,
      observed: undefined,
      flows: [],
      behindApp: true,
    },
  ];
}
