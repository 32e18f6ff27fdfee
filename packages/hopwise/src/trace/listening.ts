import { idOf } from '../base/object-id.ts';
import { citeEvent, citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Container, Pod, Probe } from '../model/kinds/pod.ts';
import type { ListenEntry, Observations } from '../sources/observations.ts';
import { hostPort } from './join.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';

/**
 * What is known about a process listening on a port of a Pod, from every honest source. containerPort is documentation and
 * proves nothing.
 */
export interface PortKnowledge {
  readonly port: number;
  /** The process takes connections from outside the Pod on it: `no` needs a refusal or a loopback-only listen line. */
  readonly open: 'yes' | 'no' | 'unknown';
  /** It listens, but on a loopback address only. */
  readonly loopbackOnly: boolean;
  readonly speaksTls: boolean | undefined;
  readonly evidence: readonly Evidence[];
}

const LOOPBACK = /^(?:127\.|::1$|localhost$|\[::1\]$)/;

export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address);
}

/** Listen lines of this very Pod, or of its siblings when it has none (same template, same process). */
export function listenLinesOf(pod: Pod, listens: readonly ListenEntry[]): readonly ListenEntry[] {
  const current = listens.filter((entry) => !entry.at.previous && entry.at.namespace === pod.namespace);
  const own = current.filter((entry) => entry.at.pod === pod.name);
  return own.length > 0 ? own : current;
}

export function learnPort(model: ClusterModel, pod: Pod, port: number, seen: PathObservations): PortKnowledge {
  const lines = listenLinesOf(pod, seen.app.listens).filter((entry) => entry.port === port);
  const outward = lines.find((entry) => !isLoopback(entry.address));
  const answered = answeredAt(pod, port, seen);
  const refused = refusedAt(pod, port, seen);
  const probe = probeOn(pod, port);
  const loopback = outward === undefined ? lines.find((entry) => isLoopback(entry.address)) : undefined;
  const event = probe?.passes === true ? undefined : refusedProbe(model, pod, port);
  return {
    port,
    open:
      answered !== undefined || probe?.passes === true
        ? 'yes'
        : refused !== undefined || loopback !== undefined
          ? 'no'
          : outward !== undefined
            ? 'yes'
            : event !== undefined && !pod.ready
              ? 'no'
              : 'unknown',
    loopbackOnly: loopback !== undefined,
    speaksTls:
      (outward ?? loopback)?.tls ??
      (probe?.passes === true && probe.scheme !== undefined ? probe.scheme === 'HTTPS' : undefined),
    // Most of what is learned of a big cluster is weighed and dropped: it is only written out when asked for.
    get evidence() {
      const said = (line: ListenEntry | undefined, only: string): readonly Evidence[] =>
        line === undefined ? [] : [logEvidence(line, `listens on ${line.address || '*'}:${port}${only}`)];
      const passes = `the kubelet's ${probe?.kind} probe on port ${port} passes`;
      return [
        ...(answered === undefined ? [] : [answered]),
        ...said(outward, ''),
        ...said(loopback, ' only'),
        ...(refused === undefined ? [] : [refused]),
        ...(probe?.passes === true ? [citeField(pod, 'status.conditions', passes)] : []),
        ...(event === undefined ? [] : [event]),
      ];
    },
  };
}

/** Ports the process says it listens on, other than loopback. */
export function listenPorts(pod: Pod, seen: PathObservations): readonly ListenEntry[] {
  return listenLinesOf(pod, seen.app.listens).filter((entry) => entry.port !== undefined && !isLoopback(entry.address));
}

function answeredAt(pod: Pod, port: number, seen: PathObservations): Evidence | undefined {
  if (seen.access.length === 0 && seen.nearby.length === 0) return undefined;
  const addresses = new Set(pod.ips.map((ip) => hostPort(ip, port)));
  for (const entry of [...seen.access, ...seen.nearby].reverse()) {
    const attempt = entry.attempts.find(
      (candidate) =>
        candidate.address !== undefined &&
        addresses.has(candidate.address) &&
        candidate.status !== undefined &&
        candidate.status < 502 &&
        (candidate.bytes ?? 1) > 0,
    );
    if (attempt !== undefined) return logEvidence(entry, `${attempt.address} answered ${attempt.status}`);
  }
  return undefined;
}

function refusedAt(pod: Pod, port: number, seen: PathObservations): Evidence | undefined {
  if (seen.errors.length === 0 && seen.otherErrors.length === 0) return undefined;
  const addresses = new Set(pod.ips.map((ip) => hostPort(ip, port)));
  const lines = [...seen.errors, ...seen.otherErrors].filter(
    (entry) => entry.mode === 'refused' && entry.address !== undefined && addresses.has(entry.address),
  );
  const last = lines.at(-1);
  return last === undefined ? undefined : logEvidence(last, `connection refused at ${last.address}`, lines.length);
}

/** A network probe of the Pod on this port; `passes` when the container is ready by it (or, for liveness, keeps running). */
export function probeOn(
  pod: Pod,
  port: number,
): (Probe & { readonly passes: boolean; readonly role: 'readiness' | 'liveness' | 'startup' }) | undefined {
  for (const container of pod.spec.containers) {
    if (container.role === 'init') continue;
    const status = pod.statuses.find((entry) => entry.name === container.name);
    for (const role of ['readiness', 'startup', 'liveness'] as const) {
      const probe = container[role];
      if (probe === undefined || probe.kind === 'exec' || probePort(container, probe) !== port) continue;
      const passes =
        role === 'readiness'
          ? status?.ready === true
          : role === 'startup'
            ? status?.started === true && status.state.kind === 'running'
            : false;
      return { ...probe, passes, role };
    }
  }
  return undefined;
}

/** The number a probe's port stands for; a name is looked up in its own container only (kubelet resolveContainerPort). */
export function probePort(container: Container, probe: Probe): number | undefined {
  if (typeof probe.port === 'number') return probe.port;
  if (probe.port === undefined) return undefined;
  if (/^\d+$/.test(probe.port)) return Number(probe.port);
  return container.ports.find((entry) => entry.name === probe.port)?.port;
}

function refusedProbe(model: ClusterModel, pod: Pod, port: number): Evidence | undefined {
  const event = model
    .eventsAbout(idOf(pod))
    .findLast(
      (entry) =>
        entry.reason === 'Unhealthy' && entry.message.includes(`:${port}`) && /connection refused/i.test(entry.message),
    );
  return event === undefined ? undefined : citeEvent(event);
}

/** Listen lines of any Pod, for callers that look at other workloads than the one on the path. */
export function listensIn(observations: Observations, namespace: string, pod: string): readonly ListenEntry[] {
  return observations.entries.filter(
    (entry): entry is ListenEntry =>
      entry.type === 'listen' && entry.at.namespace === namespace && entry.at.pod === pod && !entry.at.previous,
  );
}
