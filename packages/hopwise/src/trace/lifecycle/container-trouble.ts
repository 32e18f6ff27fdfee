import { idOf } from '../../base/object-id.ts';
import { citeEvent, citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Container, ContainerStatus, Pod, Probe } from '../../model/kinds/pod.ts';
import { statusPath } from './container-place.ts';
import { lastRestart, stillRestarting } from './restarts.ts';
import type { PodTrouble } from './trouble.ts';

/** Waiting reasons of k8s.io/kubernetes pkg/kubelet/images/types.go. */
const IMAGE_REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);
/** The container cannot be made from its own specification (pkg/kubelet/kuberuntime/kuberuntime_container.go). */
const CONFIG_REASONS: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'PreCreateHookError',
]);
/** The container was made but its first process cannot be started. */
const START_REASONS: ReadonlySet<string> = new Set(['RunContainerError', 'StartError', 'ContainerCannotRun']);
/** A start that fails on a mount is a wrong volume; on a missing executable it is a wrong command. */
const MOUNT_FAULT = /\bmount(?:ing|s)?\b|rootfs|subPath|not a directory/i;

export function containerTrouble(
  model: ClusterModel,
  pod: Pod,
  container: Container,
  status: ContainerStatus,
): PodTrouble | undefined {
  const { state } = status;
  const path = statusPath(pod, status);
  const base = { pod, container, status };
  if (state.kind === 'waiting') {
    const reason = state.reason ?? '';
    const said = state.message === undefined ? reason : `${reason}: ${state.message}`;
    const cited = citeField(pod, `${path}.state.waiting`, `container ${status.name} waits: ${said}`, reason);
    const message = state.message ?? latestFailure(model, pod, container.name);
    const told = message === undefined ? {} : { message };
    if (IMAGE_REASONS.has(reason))
      return {
        ...base,
        trouble: 'image',
        sure: true,
        ...told,
        evidence: [cited, ...pullEvents(model, pod, container)],
      };
    if (CONFIG_REASONS.has(reason)) return { ...base, trouble: 'config', sure: true, ...told, evidence: [cited] };
    if (START_REASONS.has(reason))
      return { ...base, trouble: startFault(message), sure: true, ...told, evidence: [cited] };
    if (reason === 'CrashLoopBackOff') return restartTrouble(model, base, [cited]);
    // ContainerCreating and PodInitializing say nothing by themselves; the events may.
    const pull = pullEvents(model, pod, container).at(-1);
    return pull === undefined
      ? { ...base, trouble: 'unknown', sure: false, ...told, evidence: [cited] }
      : { ...base, trouble: 'image', sure: true, message: pull.text, evidence: [cited, pull] };
  }
  if (state.kind === 'terminated') {
    if (container.role === 'init' && state.exitCode === 0) return undefined;
    return restartTrouble(model, base, []);
  }
  if (state.kind !== 'running' || (status.ready && container.role !== 'init')) return undefined;
  if (container.role === 'init')
    return {
      ...base,
      trouble: 'unknown',
      sure: false,
      message: `init container ${status.name} is still running`,
      evidence: [citeField(pod, `${path}.state.running`, `init container ${status.name} is still running`)],
    };
  if (stillRestarting(model, pod, container, status)) return restartTrouble(model, base, []);
  return probeTrouble(model, base, path);
}

type Base = Pick<PodTrouble, 'pod'> & { readonly container: Container; readonly status: ContainerStatus };

function startFault(message: string | undefined): 'config' | 'crash' {
  return message !== undefined && MOUNT_FAULT.test(message) ? 'config' : 'crash';
}

function restartTrouble(model: ClusterModel, base: Base, cited: readonly Evidence[]): PodTrouble {
  const restart = lastRestart(model, base.pod, base.container, base.status);
  if (restart === undefined) return { ...base, trouble: 'crash', sure: cited.length > 0, evidence: cited };
  const { message, reason } = restart.terminated;
  const config = START_REASONS.has(reason ?? '') && startFault(message) === 'config';
  return {
    ...base,
    trouble: config ? 'config' : restart.why,
    sure: restart.sure,
    ...(message === undefined ? {} : { message }),
    evidence: [...cited, ...restart.evidence],
  };
}

/** A running container that is not ready: its startup probe has not passed yet, or its readiness probe fails. */
function probeTrouble(model: ClusterModel, base: Base, path: string): PodTrouble {
  const { pod, container, status } = base;
  const starting = status.started === false && container.startup !== undefined;
  const probe = starting ? container.startup : container.readiness;
  const cited = citeField(pod, `${path}.ready`, `container ${status.name} runs but is not ready`, 'false');
  if (probe === undefined) return { ...base, trouble: 'unknown', sure: false, evidence: [cited] };
  const events = unhealthyEvents(model, pod, starting ? 'Startup' : 'Readiness');
  const last = events.at(-1);
  const running = status.state.kind === 'running' ? status.state.since : undefined;
  const waited = running === undefined ? Number.POSITIVE_INFINITY : model.now - running;
  const failures = events.reduce((sum, event) => sum + event.count, 0);
  return {
    ...base,
    // The kubelet kills the container once the startup probe has used up its attempts.
    trouble: starting && failures >= probe.failureThreshold ? 'liveness' : 'readiness',
    sure: failures >= probe.failureThreshold || (waited > 2 * patienceOf(probe) && !starting),
    ...(last === undefined ? {} : { message: last.message }),
    evidence: [cited, ...(last === undefined ? [] : [citeEvent(last)])],
  };
}

/** Milliseconds until a probe that never passes counts as failed. */
export function patienceOf(probe: Probe): number {
  return (probe.initialDelaySeconds + probe.periodSeconds * probe.failureThreshold) * 1000;
}

export function unhealthyEvents(
  model: ClusterModel,
  pod: Pod,
  role: 'Readiness' | 'Liveness' | 'Startup',
): readonly ReturnType<ClusterModel['eventsAbout']>[number][] {
  return model
    .eventsAbout(idOf(pod))
    .filter(
      (event) =>
        (event.reason === 'Unhealthy' || event.reason === 'ProbeWarning' || event.reason === 'ProbeError') &&
        event.message.startsWith(`${role} probe`),
    );
}

function pullEvents(model: ClusterModel, pod: Pod, container: Container): ReturnType<typeof citeEvent>[] {
  const events = model
    .eventsAbout(idOf(pod))
    .filter(
      (event) =>
        (event.reason === 'Failed' || event.reason === 'ErrImageNeverPull' || event.reason === 'InspectFailed') &&
        event.message.includes(container.image) &&
        /pull|image/i.test(event.message),
    );
  return events.slice(-1).map(citeEvent);
}

function latestFailure(model: ClusterModel, pod: Pod, container: string): string | undefined {
  return model
    .eventsAbout(idOf(pod))
    .findLast(
      (event) => event.reason === 'Failed' && (event.message.includes(container) || pod.spec.containers.length === 1),
    )?.message;
}
