import { idOf } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import { resolvePort } from '../model/derive.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Container, Pod } from '../model/kinds/pod.ts';
import type { Service, ServicePort } from '../model/kinds/service.ts';
import { podsBehind } from './backend-path.ts';
import { imagePorts } from './image-ports.ts';
import { satisfies } from './intent/pod-makers.ts';
import { type DeclaredPort, declaredPorts } from './intent/port-name.ts';
import type { PathFacts } from './lifecycle/path-troubles.ts';
import { isLive, troubleOf } from './lifecycle/trouble.ts';
import { learnPort, listenPorts, probePort } from './listening.ts';
import { logEvidence } from './log-evidence.ts';
import type { BackendPath } from './trace.ts';

/** All that is known about whether the process behind a Service port listens where the Service sends. */
export interface TargetPort {
  readonly pod: Pod;
  readonly number: number;
  /** A connection was refused there, by the gateway's or the kubelet's word. */
  readonly refused: boolean;
  /** Something answers or listens there. */
  readonly open: boolean;
  readonly loopbackOnly: boolean;
  /** Ports on which the process is known to take connections: it said so, or a probe passes. */
  readonly heard: readonly number[];
  /** The process said where it listens, and this port is not among it. */
  readonly said: boolean;
  /** Declared TCP ports; documentation only. */
  readonly declared: readonly DeclaredPort[];
  /** The Pod's own settings name the number (argument, command, variable), or its image is known to listen there. */
  readonly configured: boolean;
  /** The port that was meant, when the facts point to one. */
  readonly meant: number | undefined;
  /** Independent things that point to `meant` (a probe, a variable, a name, another Service, the image). */
  readonly agreeing: number;
  readonly evidence: readonly Evidence[];
}

/** The Pods behind a backend that may show whether its target port is right. */
export function examineTargets(
  facts: PathFacts,
  path: BackendPath,
  service: Service,
  port: ServicePort,
): readonly TargetPort[] {
  return podsBehind(path)
    .filter(isLive)
    .flatMap((pod) => examinePod(facts, path, service, port, pod));
}

/**
 * Pods that do not run listen nowhere. One whose probes fail belongs here only when they are refused on this very port while
 * the process says that it listens on another.
 */
function examinePod(
  facts: PathFacts,
  path: BackendPath,
  service: Service,
  port: ServicePort,
  pod: Pod,
): readonly TargetPort[] {
  const trouble = troubleOf(facts.model, pod)?.trouble;
  if (trouble !== undefined && trouble !== 'readiness' && trouble !== 'liveness') return [];
  const number = path.endpoints.find((entry) => pod.ips.includes(entry.address))?.port ?? resolvePort(port, pod)?.port;
  if (number === undefined) return [];
  const target = examineTargetPort(facts, service, port, pod, number);
  return trouble === undefined || (target.refused && target.said) ? [target] : [];
}

function examineTargetPort(
  facts: PathFacts,
  service: Service,
  port: ServicePort,
  pod: Pod,
  number: number,
): TargetPort {
  const { model, seen } = facts;
  const learned = learnPort(model, pod, number, seen);
  const lines = listenPorts(pod, seen).filter((entry) => entry.port !== number);
  const probed = passingProbes(pod).filter((entry) => entry !== number);
  const heard = [...new Set([...lines.flatMap((entry) => entry.port ?? []), ...probed])];
  const declared = declaredPorts(pod);
  const votes = votesFor(facts, service, port, pod, number, heard, declared);
  const [meant, agreeing] = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [undefined, 0];
  const evidence: Evidence[] = [...learned.evidence];
  for (const line of lines.slice(0, 2))
    evidence.push(logEvidence(line, `the process listens on ${line.address || '*'}:${line.port}`));
  if (probed.length > 0)
    evidence.push(
      citeField(
        pod,
        'status.conditions',
        `the kubelet's probe on port ${probed.join(', ')} passes: the process listens there`,
      ),
    );
  return {
    pod,
    number,
    refused: learned.open === 'no' && !learned.loopbackOnly,
    open: learned.open === 'yes',
    loopbackOnly: learned.loopbackOnly,
    heard,
    said: lines.length > 0 && learned.open !== 'yes',
    declared,
    configured: serving(pod).some(
      (container) => mentions(container, number) || imagePorts(container.image).includes(number),
    ),
    meant,
    agreeing,
    evidence,
  };
}

/** Ports on which a network probe of a ready container passes. */
function passingProbes(pod: Pod): readonly number[] {
  return serving(pod).flatMap((container) => {
    const status = pod.statuses.find((entry) => entry.name === container.name);
    const { readiness } = container;
    if (readiness === undefined || readiness.kind === 'exec' || status?.ready !== true) return [];
    return probePort(container, readiness) ?? [];
  });
}

function serving(pod: Pod): readonly Container[] {
  return pod.spec.containers.filter((container) => container.role !== 'init');
}

/** Candidates with how many independent things name each. */
function votesFor(
  { model }: PathFacts,
  service: Service,
  port: ServicePort,
  pod: Pod,
  number: number,
  heard: readonly number[],
  declared: readonly DeclaredPort[],
): ReadonlyMap<number, number> {
  const votes = new Map<number, number>();
  const vote = (candidate: number, weight: number): void => {
    if (candidate !== number) votes.set(candidate, (votes.get(candidate) ?? 0) + weight);
  };
  for (const candidate of heard) vote(candidate, 2);
  for (const { container, port: own } of declared) {
    const only = declared.length === 1;
    if (only) vote(own.port, 1);
    if (own.name !== undefined && own.name === port.name) vote(own.port, 1);
    if (own.port === port.port) vote(own.port, 1);
    if (mentions(container, own.port)) vote(own.port, 1);
    if (imagePorts(container.image).includes(own.port)) vote(own.port, 1);
    for (const role of ['readiness', 'liveness', 'startup'] as const) {
      const probe = container[role];
      if (probe !== undefined && probePort(container, probe) === own.port) vote(own.port, 1);
    }
  }
  for (const other of model.listIn('Service', service.namespace)) {
    if (idOf(other) === idOf(service) || other.selector === undefined || !satisfies(pod.labels, other.selector))
      continue;
    for (const { targetPort } of other.ports)
      if (typeof targetPort === 'number' && declared.some((entry) => entry.port.port === targetPort))
        vote(targetPort, 1);
  }
  return votes;
}

/** The number stands by itself in an argument, the command or a variable. */
export function mentions(container: Container, port: number): boolean {
  const words = [...container.command, ...container.args, ...container.env.flatMap((entry) => entry.value ?? [])];
  const alone = new RegExp(`(?:^|\\D)${port}(?:\\D|$)`);
  return words.some((word) => alone.test(word));
}
