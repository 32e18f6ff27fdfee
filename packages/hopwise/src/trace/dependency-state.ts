import { valueOf } from '../base/lookup.ts';
import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import { isIpAddress } from './addresses.ts';
import { complaintsOf } from './complaints.ts';
import { resolveInCluster } from './dns/resolve.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';
import { podsOnPath } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** A Service of this cluster that the app cannot reach, and that has nobody to answer. */
export interface DownDependency {
  readonly service: Service;
  /** The workload whose Pods should answer. */
  readonly workload: ObjectId | undefined;
  readonly evidence: readonly Evidence[];
}

/** What the app's complaints lead to when it addresses them rightly: Services whose Pods are not ready. */
export function downDependencies({
  model,
  trace,
  seen,
}: {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}): readonly DownDependency[] {
  const pods = podsOnPath(trace);
  const down = new Map<string, DownDependency>();
  for (const { kind, subject, line, lines } of complaintsOf(seen, pods)) {
    const pod = pods.find((entry) => entry.name === line.at.pod) ?? pods[0];
    if (kind !== 'unreachable' || subject === undefined || pod === undefined) continue;
    const service = serviceOf(model, subject, pod);
    if (service === undefined || service.selector === undefined || down.has(idOf(service))) continue;
    const slices = model.slicesOf(service);
    if (slices.state !== 'found') continue;
    const endpoints = slices.value.flatMap((slice) => slice.endpoints);
    if (endpoints.some((endpoint) => endpoint.ready)) continue;
    const behind = model.podsMatching(service.namespace, service.selector);
    const first = behind[0];
    const text = `Service ${service.namespace}/${service.name} has no ready endpoint (${endpoints.length} not ready)`;
    down.set(idOf(service), {
      service,
      workload: first === undefined ? undefined : model.controllerOf(first),
      evidence: [
        logEvidence(line, `the app cannot reach ${subject}`, lines),
        citeField(service, 'spec.selector', text),
        ...(first === undefined ? [] : [citeField(first, 'status', stateOf(first))]),
      ],
    });
  }
  return [...down.values()];
}

function serviceOf(model: ClusterModel, subject: string, pod: Pod): Service | undefined {
  if (isIpAddress(subject)) return valueOf(model.serviceByIP(subject));
  const answer = resolveInCluster(model, subject, pod);
  return answer.state === 'service' || answer.state === 'nxdomain' ? answer.service : undefined;
}

function stateOf(pod: Pod): string {
  const waiting = pod.statuses.flatMap(({ state }) => (state.kind === 'waiting' ? (state.reason ?? []) : []));
  const words = [pod.phase, ...waiting, pod.ready ? 'ready' : 'not ready'];
  return `Pod ${pod.namespace}/${pod.name} is ${[...new Set(words)].join(', ')}`;
}
