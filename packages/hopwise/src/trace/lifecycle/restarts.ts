import { idOf } from '../../base/object-id.ts';
import { citeEvent, citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Container, ContainerStatus, Pod, Terminated } from '../../model/kinds/pod.ts';
import { statusPath } from './container-place.ts';

/** Why a container ended last time. */
export interface Restart {
  readonly pod: Pod;
  readonly container: Container;
  readonly status: ContainerStatus;
  readonly why: 'oom' | 'liveness' | 'crash';
  /** The status or an event of the kubelet says so. */
  readonly sure: boolean;
  readonly terminated: Terminated;
  readonly evidence: readonly Evidence[];
}

/** Exit codes of a process that was told to go: SIGKILL, SIGTERM, or a clean end after SIGTERM. */
const SIGNALLED: ReadonlySet<number> = new Set([137, 143]);
/** The back-off between restarts grows to five minutes; a run that has lasted longer than this is no loop any more. */
const LONGEST_LOOP = 15 * 60_000;
const SHORTEST_LOOP = 60_000;

/** The latest end of a container that was not its regular one; undefined when it never ended. */
export function lastRestart(
  model: ClusterModel,
  pod: Pod,
  container: Container,
  status: ContainerStatus,
): Restart | undefined {
  const current = status.state.kind === 'terminated';
  const terminated = status.state.kind === 'terminated' ? status.state : status.last;
  if (terminated === undefined) return undefined;
  const cited = citeField(
    pod,
    `${statusPath(pod, status)}.${current ? 'state' : 'lastState'}.terminated`,
    `container ${status.name} ended: ${endText(terminated)}${status.restarts > 0 ? `, ${status.restarts} restarts` : ''}`,
    terminated.reason,
  );
  const base = { pod, container, status, terminated };
  if (terminated.reason === 'OOMKilled') return { ...base, why: 'oom', sure: true, evidence: [cited] };
  const kill = killEvent(model, pod, container, terminated);
  if (kill !== undefined) return { ...base, why: 'liveness', sure: true, evidence: [cited, citeEvent(kill)] };
  const signalled = SIGNALLED.has(terminated.exitCode ?? -1);
  const probed = container.liveness !== undefined || container.startup !== undefined;
  const failing = failedProbe(model, pod, terminated);
  if (probed && (signalled || terminated.exitCode === 0) && failing !== undefined)
    return { ...base, why: 'liveness', sure: true, evidence: [cited, citeEvent(failing)] };
  if (probed && signalled) return { ...base, why: 'liveness', sure: false, evidence: [cited] };
  return { ...base, why: 'crash', sure: true, evidence: [cited] };
}

export function endText(terminated: Terminated): string {
  const code = terminated.exitCode === undefined ? '' : `exit code ${terminated.exitCode}`;
  return [terminated.reason, code].filter((part) => part !== undefined && part !== '').join(', ') || 'terminated';
}

/** Runs at this moment, but only between two ends: it restarted lately, and not for longer than such a run used to last. */
export function stillRestarting(model: ClusterModel, pod: Pod, container: Container, status: ContainerStatus): boolean {
  if (status.state.kind !== 'running' || status.last?.finished === undefined || status.restarts < 2) return false;
  const since = status.state.since ?? status.last.finished;
  const running = model.now - since;
  if (running > LONGEST_LOOP) return false;
  const before = status.last.started === undefined ? 0 : status.last.finished - status.last.started;
  if (running <= Math.max(3 * before, SHORTEST_LOOP)) return true;
  const restart = lastRestart(model, pod, container, status);
  return restart?.why === 'liveness' && restart.sure && running <= LONGEST_LOOP / 3;
}

type Event = ReturnType<ClusterModel['eventsAbout']>[number];

/** The kubelet announces each kill: `Container web failed liveness probe, will be restarted` (kuberuntime_manager.go). */
function killEvent(model: ClusterModel, pod: Pod, container: Container, terminated: Terminated): Event | undefined {
  return model
    .eventsAbout(idOf(pod))
    .findLast(
      (event) =>
        event.reason === 'Killing' &&
        /failed (?:liveness|startup) probe/.test(event.message) &&
        (event.message.includes(container.name) || pod.spec.containers.length === 1) &&
        isOfThisRun(event, terminated),
    );
}

function failedProbe(model: ClusterModel, pod: Pod, terminated: Terminated): Event | undefined {
  return model
    .eventsAbout(idOf(pod))
    .findLast(
      (event) =>
        event.reason === 'Unhealthy' &&
        /^(?:Liveness|Startup) probe (?:failed|errored)/.test(event.message) &&
        isOfThisRun(event, terminated),
    );
}

function isOfThisRun(event: Event, terminated: Terminated): boolean {
  return event.last === undefined || terminated.started === undefined || event.last >= terminated.started;
}
