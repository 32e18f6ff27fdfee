import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Container, ContainerPort, Pod } from '../../model/kinds/pod.ts';
import type { Service, ServicePort } from '../../model/kinds/service.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import { containerPath } from '../lifecycle/container-place.ts';
import { formerTemplates } from '../lifecycle/former-template.ts';
import { similarNames } from '../similar.ts';
import { podMakers, satisfies } from './pod-makers.ts';

/** The declared port a Service means by a name that no container has, and which of the two lost it. */
export interface PortNameVerdict {
  readonly side: 'service' | 'workload';
  readonly meant: DeclaredPort | undefined;
  readonly evidence: readonly Evidence[];
}
export interface DeclaredPort {
  readonly container: Container;
  readonly port: ContainerPort;
  readonly index: number;
}

/** TCP ports of containers that run beside each other; init containers never serve. */
export function declaredPorts(pod: Pod): readonly DeclaredPort[] {
  return pod.spec.containers.flatMap((container) =>
    container.role === 'init'
      ? []
      : container.ports.flatMap((port, index) => (port.protocol === 'TCP' ? [{ container, port, index }] : [])),
  );
}

export function judgePortName(
  model: ClusterModel,
  service: Service,
  asked: ServicePort,
  pod: Pod,
  workload: Workload | undefined,
): PortNameVerdict {
  const wanted = String(asked.targetPort);
  const ports = declaredPorts(pod);
  const meant = meantPort(asked, wanted, ports);
  const evidence: Evidence[] = [];
  let balance = 0;
  const say = (side: PortNameVerdict['side'], weight: number, said?: Evidence): void => {
    balance += side === 'workload' ? weight : -weight;
    if (said !== undefined && side === 'workload') evidence.push(said);
  };
  const name = meant?.port.name;
  if (asked.name === wanted) say('workload', 1);
  if (name !== undefined && name === asked.name) say('service', 2);
  for (const { container } of ports) {
    for (const role of ['readiness', 'liveness', 'startup'] as const) {
      const probed = container[role]?.port;
      if (probed === wanted) {
        const owner = workload ?? pod;
        const at = `${containerPath(owner, pod.spec, container)}.${role}Probe`;
        say('workload', 3, citeField(owner, at, `its own ${role} probe asks for port ${wanted} too`, wanted));
      } else if (probed !== undefined && probed === name) say('service', 1);
    }
  }
  for (const { revision, replicaSet } of workload === undefined ? [] : formerTemplates(model, workload).slice(0, 3)) {
    const names = replicaSet.template.spec.containers.flatMap((entry) => entry.ports.map((port) => port.name));
    if (names.includes(wanted))
      say(
        'workload',
        3,
        citeField(replicaSet, 'spec.template.spec.containers', `revision ${revision} declared port ${wanted}`, wanted),
      );
  }
  for (const other of model.listIn('Service', service.namespace)) {
    if (other.name === service.name || other.selector === undefined || !satisfies(pod.labels, other.selector)) continue;
    if (other.ports.some((port) => port.targetPort === wanted))
      say('workload', 1, citeField(other, 'spec.ports', `Service ${other.name} asks for port ${wanted} too`, wanted));
    if (name !== undefined && other.ports.some((port) => port.targetPort === name)) say('service', 1);
  }
  say(isCustom(model, service, pod, wanted) ? 'workload' : 'service', isCustom(model, service, pod, wanted) ? 1 : 0);
  return {
    side: balance > 0 && workload !== undefined ? 'workload' : 'service',
    meant,
    evidence: evidence.slice(0, 2),
  };
}

function meantPort(asked: ServicePort, wanted: string, ports: readonly DeclaredPort[]): DeclaredPort | undefined {
  const names = ports.flatMap(({ port }) => port.name ?? []);
  const near = similarNames(wanted, names)[0];
  return (
    ports.find(({ port }) => near !== undefined && port.name === near) ??
    ports.find(({ port }) => port.name !== undefined && port.name === asked.name) ??
    ports.find(({ port }) => port.port === asked.port) ??
    ports.find(
      ({ container, port }) =>
        container.readiness?.port === port.port || (port.name !== undefined && container.readiness?.port === port.name),
    ) ??
    (ports.length === 1 ? ports[0] : undefined)
  );
}

/** Most other workloads of the namespace declare a port of that name. */
function isCustom(model: ClusterModel, service: Service, pod: Pod, wanted: string): boolean {
  const owner = model.controllerOf(pod);
  const others = podMakers(model, service.namespace).filter(
    (maker) => maker.object !== owner && maker.spec !== undefined,
  );
  const having = others.filter((maker) =>
    maker.spec?.containers.some((container) => container.ports.some((port) => port.name === wanted)),
  );
  return having.length > 0 && having.length * 2 >= others.length;
}
