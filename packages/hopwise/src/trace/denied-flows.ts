import type { ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { NetworkPolicy } from '../model/kinds/network-policy.ts';
import type { Pod } from '../model/kinds/pod.ts';
import { splitHostPort } from './addresses.ts';
import { usableEndpoints } from './backend-path.ts';
import { logEvidence } from './log-evidence.ts';
import type { ObservedMode, PathObservations } from './observed.ts';
import { type Flow, type FlowVerdict, flowEndAt } from './policy/flow.ts';
import { judgeFlow } from './policy/judge.ts';
import type { Trace } from './trace.ts';

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
  /** Seen to hang. */
  readonly observed: ObservedMode | undefined;
  readonly flow: Flow | undefined;
  /** Between the app and something behind it, not between the gateway and the app. */
  readonly behindApp: boolean;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

/** From the callers to the endpoints, and from an app that proxies on to where it connects. */
export function deniedFlows(world: Asked, side: 'ingress' | 'egress'): readonly DeniedFlows[] {
  return [...toEndpoints(world, side), ...behindApp(world, side)];
}

function toEndpoints({ model, trace, seen }: Asked, side: 'ingress' | 'egress'): readonly DeniedFlows[] {
  const flows = trace.backends
    .flatMap((path) => usableEndpoints(path))
    .flatMap((endpoint) => endpoint.policy.map((flow) => ({ endpoint, ...flow })));
  const denied = flows.filter((flow) => flow.verdict.state === 'denied' && flow.verdict.side === side);
  const hung = seen.modes.find(
    (mode) =>
      mode.reporter === 'gateway' &&
      (mode.mode === 'connect-timeout' || mode.mode === 'refused' || mode.mode === 'no-route-to-host'),
  );
  const groups = new Map<ObjectId, DeniedFlows>();
  for (const { endpoint, from, verdict } of denied) {
    const by = verdict.by[0];
    if (by === undefined || groups.has(by)) continue;
    const pod = endpoint.pod.state === 'found' ? endpoint.pod.value : undefined;
    groups.set(by, {
      by,
      side,
      from,
      to: `${endpoint.address}:${endpoint.port ?? '?'}`,
      why: verdict.why,
      evidence: verdict.evidence,
      all: flows.every((flow) => flow.verdict.state === 'denied'),
      observed: hung,
      flow:
        from === undefined || endpoint.port === undefined
          ? undefined
          : {
              from: { kind: 'pod', pod: from },
              to:
                pod === undefined
                  ? flowEndAt(model, endpoint.address)
                  : { kind: 'pod', pod, address: endpoint.address },
              port: endpoint.port,
              protocol: endpoint.protocol,
            },
      behindApp: false,
    });
  }
  return [...groups.values()];
}

/** The app's own connections that were seen to hang, judged by the same policies. */
function behindApp({ model, trace, seen }: Asked, side: 'ingress' | 'egress'): readonly DeniedFlows[] {
  const out: DeniedFlows[] = [];
  const done = new Set<string>();
  const lines = seen.app.errors.filter(
    (entry) =>
      entry.address !== undefined &&
      (entry.mode === 'connect-timeout' || entry.mode === 'refused' || entry.mode === 'no-route-to-host'),
  );
  for (const line of lines.reverse()) {
    const target = splitHostPort(line.address as string);
    const from = seen.app.pods.find((pod) => pod.name === line.at.pod) ?? seen.app.pods[0];
    if (target === undefined || from === undefined || done.has(line.address as string)) continue;
    done.add(line.address as string);
    for (const destination of destinationsOf(model, target.host, target.port)) {
      const flow: Flow = {
        from: { kind: 'pod', pod: from },
        to: flowEndAt(model, destination.host),
        port: destination.port,
        protocol: 'TCP',
      };
      const verdict: FlowVerdict = judgeFlow(model, flow);
      const by = verdict.by[0];
      if (
        verdict.state !== 'denied' ||
        verdict.side !== side ||
        by === undefined ||
        out.some((entry) => entry.by === by)
      )
        continue;
      const observed: ObservedMode = {
        mode: line.mode,
        reporter: 'app',
        count: 1,
        addresses: [line.address as string],
        evidence: logEvidence(line, line.phrase),
      };
      out.push({
        by,
        side,
        from,
        to: line.address as string,
        why: verdict.why,
        evidence: verdict.evidence,
        all: true,
        observed,
        flow,
        behindApp: true,
      });
    }
  }
  if (trace.inCluster && seen.app.pods.length === 0) return [];
  return out.length > 0 || side === 'ingress' ? out : shutIn(model, seen);
}

/** A ClusterIP is translated before policies judge: its endpoints are what counts. */
function destinationsOf(
  model: ClusterModel,
  host: string,
  port: number,
): readonly { readonly host: string; readonly port: number }[] {
  const service = model.serviceByIP(host);
  if (service.state !== 'found') return [{ host, port }];
  const slices = model.slicesOf(service.value);
  const wanted = service.value.ports.find((entry) => entry.port === port);
  if (slices.state !== 'found' || wanted === undefined) return [];
  return slices.value
    .flatMap((slice) => {
      const number = slice.ports.find((entry) => entry.name === (wanted.name ?? ''))?.port;
      return number === undefined
        ? []
        : slice.endpoints.flatMap((endpoint) => endpoint.addresses.map((address) => ({ host: address, port: number })));
    })
    .slice(0, 6);
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
      flow: undefined,
      behindApp: true,
    },
  ];
}
