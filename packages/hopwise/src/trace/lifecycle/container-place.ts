import type { Container, ContainerStatus, Pod, PodSpec } from '../../model/kinds/pod.ts';
import type { Meta } from '../../model/meta.ts';

/** Path of a container's status in its Pod: `status.containerStatuses[1]`. */
export function statusPath(pod: Pod, status: ContainerStatus): string {
  const early = new Set(pod.spec.containers.filter((entry) => entry.role !== 'main').map((entry) => entry.name));
  const inits = pod.statuses.filter((entry) => early.has(entry.name));
  const at = inits.indexOf(status);
  return at === -1
    ? `status.containerStatuses[${pod.statuses.indexOf(status) - inits.length}]`
    : `status.initContainerStatuses[${at}]`;
}

/** Path of a container in the object that holds its template (or in a bare Pod): `spec.template.spec.containers[0]`. */
export function containerPath(owner: Meta, spec: PodSpec, container: Container): string {
  const prefix =
    owner.kind === 'Pod'
      ? 'spec'
      : owner.kind === 'CronJob'
        ? 'spec.jobTemplate.spec.template.spec'
        : 'spec.template.spec';
  const early = container.role !== 'main';
  const list = spec.containers.filter((entry) => (entry.role !== 'main') === early);
  const at = Math.max(
    0,
    list.findIndex((entry) => entry.name === container.name),
  );
  return `${prefix}.${early ? 'initContainers' : 'containers'}[${at}]`;
}
