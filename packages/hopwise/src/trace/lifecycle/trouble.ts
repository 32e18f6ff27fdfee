import { idOf } from '../../base/object-id.ts';
import { citeEvent, citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Container, ContainerStatus, Pod } from '../../model/kinds/pod.ts';
import { containerTrouble } from './container-trouble.ts';
import { findFailedVolume } from './volumes.ts';

/**
 * What keeps a Pod from serving, one answer per Pod: the first thing in the order of its life that went wrong. `unknown` is
 * an unready Pod whose status does not say why.
 */
export type Trouble =
  | 'unscheduled'
  | 'node'
  | 'image'
  | 'config'
  | 'oom'
  | 'liveness'
  | 'crash'
  | 'readiness'
  | 'gate'
  | 'unknown';

/** Earlier and deeper first: what decides between containers of one Pod and between equally many Pods. */
export const TROUBLES: readonly Trouble[] = [
  'image',
  'config',
  'unscheduled',
  'oom',
  'liveness',
  'crash',
  'node',
  'readiness',
  'gate',
  'unknown',
];

export interface PodTrouble {
  readonly pod: Pod;
  readonly trouble: Trouble;
  readonly container?: Container;
  readonly status?: ContainerStatus;
  /** What the scheduler, kubelet or runtime said. */
  readonly message?: string;
  /** Its own status or an event says so; otherwise it is a conclusion. */
  readonly sure: boolean;
  readonly evidence: readonly Evidence[];
}

/** A Pod that counts: it has not finished and nobody asked for its deletion. */
export function isLive(pod: Pod): boolean {
  return pod.deleting === undefined && pod.phase !== 'Succeeded' && pod.phase !== 'Failed';
}

/** Undefined for Pods that are ready, gone, or were never run (plain manifests). */
export function troubleOf(model: ClusterModel, pod: Pod): PodTrouble | undefined {
  if (!pod.hasStatus || !isLive(pod) || pod.ready) return undefined;
  return (
    unscheduled(model, pod) ??
    nodeTrouble(model, pod) ??
    worstContainer(model, pod) ??
    gateTrouble(pod) ?? {
      pod,
      trouble: 'unknown',
      sure: false,
      evidence: [citeField(pod, 'status.conditions', `Pod ${pod.name} is not ready`, conditionText(pod))],
    }
  );
}

function conditionText(pod: Pod): string {
  const ready = pod.conditions.find((condition) => condition.type === 'Ready');
  return ready?.reason ?? pod.reason ?? pod.phase;
}

/** The scheduler's own condition (PodScheduled False, Unschedulable), else its events about a Pod without a node. */
function unscheduled(model: ClusterModel, pod: Pod): PodTrouble | undefined {
  if (pod.nodeName !== undefined && pod.nodeName !== '') return undefined;
  const condition = pod.conditions.find((entry) => entry.type === 'PodScheduled' && entry.status === 'False');
  const event = model.eventsAbout(idOf(pod)).findLast((entry) => entry.reason === 'FailedScheduling');
  if (condition === undefined && event === undefined) return undefined;
  const message = condition?.message ?? event?.message;
  const evidence: Evidence[] = [];
  if (condition !== undefined)
    evidence.push(
      citeField(
        pod,
        'status.conditions',
        `PodScheduled is False: ${message ?? condition.reason ?? ''}`,
        condition.reason,
      ),
    );
  if (event !== undefined) evidence.push(citeEvent(event));
  return { pod, trouble: 'unscheduled', sure: true, evidence, ...(message === undefined ? {} : { message }) };
}

/** A node that stopped reporting takes its Pods out of rotation whatever their containers do. */
function nodeTrouble(model: ClusterModel, pod: Pod): PodTrouble | undefined {
  if (pod.nodeName === undefined) return undefined;
  const node = model.get('Node', '', pod.nodeName);
  if (node.state !== 'found') return undefined;
  const ready = node.value.conditions.find((condition) => condition.type === 'Ready');
  if (ready === undefined || ready.status === 'True') return undefined;
  const message = `Node ${node.value.name} is not ready${ready.reason === undefined ? '' : ` (${ready.reason})`}`;
  return {
    pod,
    trouble: 'node',
    sure: true,
    message,
    evidence: [citeField(node.value, 'status.conditions', message, ready.status)],
  };
}

function worstContainer(model: ClusterModel, pod: Pod): PodTrouble | undefined {
  const found: PodTrouble[] = [];
  for (const status of pod.statuses) {
    const container = pod.spec.containers.find((entry) => entry.name === status.name);
    if (container === undefined) continue;
    const trouble = containerTrouble(model, pod, container, status);
    if (trouble !== undefined) found.push(trouble);
  }
  if (found.length === 0 || found.every((entry) => entry.trouble === 'unknown')) {
    const volume = findFailedVolume(model, pod);
    if (volume !== undefined) return { pod, trouble: 'config', ...volume };
  }
  return found.sort((a, b) => TROUBLES.indexOf(a.trouble) - TROUBLES.indexOf(b.trouble))[0];
}

/** Readiness gates are conditions that somebody outside the kubelet sets (a load balancer's target health). */
function gateTrouble(pod: Pod): PodTrouble | undefined {
  const open = pod.spec.readinessGates.find(
    (gate) => !pod.conditions.some((condition) => condition.type === gate && condition.status === 'True'),
  );
  if (open === undefined) return undefined;
  const message = `readiness gate ${open} is not fulfilled`;
  return {
    pod,
    trouble: 'gate',
    sure: true,
    message,
    evidence: [citeField(pod, 'spec.readinessGates', message, open)],
  };
}
