import { idOf, type ObjectId } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Service } from '../../model/kinds/service.ts';
import { corefileFaults } from './corefile-faults.ts';
import { dnsSetupOf } from './dns-setup.ts';

export interface DnsHealth {
  readonly state: 'ok' | 'broken' | 'suspect' | 'unknown';
  readonly why: string;
  readonly evidence: readonly Evidence[];
  /** What to look at or change. */
  readonly object?: ObjectId;
}

/** Can cluster DNS answer at all? Looks at its Service, the endpoints, the Pods and the Corefile. */
export function examineClusterDns(model: ClusterModel): DnsHealth {
  const { services } = dnsSetupOf(model);
  const [service] = services;
  if (service === undefined) {
    return { state: 'unknown', why: 'no cluster DNS Service is in the input', evidence: [] };
  }
  const served = services.map((entry) => examineService(model, entry));
  const worst = served.find((health) => health.state !== 'broken') ?? (served[0] as DnsHealth);
  if (worst.state === 'broken') return blameCorefile(model, worst);
  const [fault] = corefileFaults(model);
  if (fault !== undefined) return fault;
  return worst;
}

/** DNS that is down because its configuration stops it from starting is the configuration's fault. */
function blameCorefile(model: ClusterModel, down: DnsHealth): DnsHealth {
  const fault = corefileFaults(model).find((entry) => entry.stopsStart);
  if (fault === undefined) return down;
  return {
    ...down,
    why: `${down.why}; ${fault.why}`,
    evidence: [...down.evidence, ...fault.evidence],
    ...(fault.object === undefined ? {} : { object: fault.object }),
  };
}

function examineService(model: ClusterModel, service: Service): DnsHealth {
  const name = `Service ${service.namespace}/${service.name}`;
  if (service.ports.length > 0 && !service.ports.some((port) => port.port === 53 && port.protocol === 'UDP')) {
    return {
      state: 'broken',
      why: `${name} has no UDP port 53`,
      evidence: [citeField(service, 'spec.ports', 'no entry with port 53 and protocol UDP')],
      object: idOf(service),
    };
  }
  if (service.selector === undefined)
    return { state: 'unknown', why: `${name} has no selector`, evidence: [], object: idOf(service) };
  const pods = model
    .podsMatching(service.namespace, service.selector)
    .filter((pod) => pod.phase !== 'Succeeded' && pod.phase !== 'Failed');
  const slices = model.slicesOf(service);
  if (slices.state === 'unknown') return { state: 'unknown', why: slices.why, evidence: [], object: idOf(service) };
  if (model.manifestsOnly) return { state: 'ok', why: `${name} is defined`, evidence: [] };
  // The UDP port is often left out of captured slices (its key collides with the TCP port's); addresses alone count.
  const ready = (slices.state === 'found' ? slices.value : [])
    .flatMap((slice) => slice.endpoints)
    .filter((endpoint) => endpoint.ready);
  if (ready.length > 0) return examineRunning(model, service, pods, ready.length);
  return explainNoEndpoints(model, service, pods);
}

/** Enough of DNS answers; Pods that come and go make it answer sometimes. */
function examineRunning(model: ClusterModel, service: Service, pods: readonly Pod[], ready: number): DnsHealth {
  const failing = pods.filter((pod) => !pod.ready && failureOf(pod) !== undefined);
  const [first] = failing;
  if (first === undefined)
    return {
      state: 'ok',
      why: `Service ${service.namespace}/${service.name} has ${ready} ready endpoints`,
      evidence: [],
    };
  return {
    state: 'suspect',
    why: `${failing.length} of ${pods.length} cluster DNS Pods fail (${failureOf(first)}); the others answer`,
    evidence: failing.map((pod) => citeField(pod, 'status.containerStatuses', `${pod.name}: ${failureOf(pod)}`)),
    object: model.controllerOf(first),
  };
}

function explainNoEndpoints(model: ClusterModel, service: Service, pods: readonly Pod[]): DnsHealth {
  const name = `Service ${service.namespace}/${service.name}`;
  const [first] = pods;
  if (first !== undefined) {
    const why = failureOf(first);
    return {
      state: 'broken',
      why: `${name} has no ready endpoint: ${pods.length} Pods of cluster DNS run, none is ready${why === undefined ? '' : ` (${why})`}`,
      evidence: pods.map((pod) =>
        citeField(
          pod,
          'status.conditions',
          `${pod.name} is not ready${failureOf(pod) === undefined ? '' : `: ${failureOf(pod)}`}`,
        ),
      ),
      object: model.controllerOf(first),
    };
  }
  if (!model.isRead('Pod', service.namespace)) {
    return { state: 'unknown', why: `the Pods of ${name} were not read`, evidence: [], object: idOf(service) };
  }
  const asleep = model
    .listIn('Deployment', service.namespace)
    .find((workload) => workload.replicas === 0 && matches(service, workload.template.labels));
  if (asleep !== undefined) {
    return {
      state: 'broken',
      why: `${name} has no endpoint: Deployment ${asleep.namespace}/${asleep.name} is scaled to zero`,
      evidence: [citeField(asleep, 'spec.replicas', 'no replica of cluster DNS is wanted', 0)],
      object: idOf(asleep),
    };
  }
  return {
    state: 'broken',
    why: `${name} has no endpoint: its selector matches no Pod`,
    evidence: [citeField(service, 'spec.selector', 'matches no Pod', JSON.stringify({ ...service.selector }))],
    object: idOf(service),
  };
}

function matches(service: Service, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(service.selector ?? {}).every(([key, value]) => labels[key] === value);
}

/** Why a Pod does not run, when its status says so. */
function failureOf(pod: Pod): string | undefined {
  for (const { state, restarts } of pod.statuses) {
    if (
      state.kind === 'waiting' &&
      state.reason !== undefined &&
      state.reason !== 'ContainerCreating' &&
      state.reason !== 'PodInitializing'
    ) {
      return restarts > 0 ? `${state.reason}, ${restarts} restarts` : state.reason;
    }
    if (state.kind === 'terminated' && (state.exitCode ?? 0) !== 0)
      return state.reason ?? `exit code ${state.exitCode}`;
  }
  return undefined;
}
