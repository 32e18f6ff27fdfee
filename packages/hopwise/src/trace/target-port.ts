import { citeField } from '../model/cite.ts';
import { resolvePort } from '../model/derive.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Container, Pod } from '../model/kinds/pod.ts';
import type { Service, ServicePort } from '../model/kinds/service.ts';
import type { ListenEntry } from '../sources/observations.ts';
import { podsBehind } from './backend-path.ts';
import { configMapsOf } from './config-source.ts';
import { imagePorts } from './image-ports.ts';
import { type DeclaredPort, declaredPorts } from './intent/port-name.ts';
import type { PathFacts } from './lifecycle/path-facts.ts';
import { isLive, troubleOf } from './lifecycle/trouble.ts';
import { learnPort, listenPorts, type PortKnowledge, probePort } from './listening.ts';
import { logEvidence } from './log-evidence.ts';
import { isCounterpart, mentions, votesFor } from './target-port-votes.ts';
import type { BackendPath } from './trace.ts';

/** Whether the process behind a Service port listens where the Service sends, as far as was seen. */
export interface SeenTarget {
  readonly pod: Pod;
  readonly number: number;
  /** A connection was refused there, by the gateway's or the kubelet's word. */
  readonly refused: boolean;
  /** Something answers or listens there. */
  readonly open: boolean;
  readonly loopbackOnly: boolean;
  /** The process said where it listens, and this port is not among it. */
  readonly said: boolean;
  readonly learned: PortKnowledge;
}

/** All that is known about it. */
export interface TargetPort extends SeenTarget {
  /** Ports on which the process is known to take connections: it said so, or a probe passes. */
  readonly heard: readonly number[];
  /** Declared TCP ports; documentation only. */
  readonly declared: readonly DeclaredPort[];
  /** The Pod's own settings name the number (argument, command, variable, mounted file), or its image is known for it. */
  readonly configured: boolean;
  /** The port that was meant, when the facts point to one. */
  readonly meant: number | undefined;
  /** Independent things that point to `meant` (a probe, a variable, a name, another Service, the image). */
  readonly agreeing: number;
  /** A probe asks a port that is not declared: this manifest does not list what is served. */
  readonly undocumented: boolean;
  /** `meant` is the counterpart of this Service port: the same name or number, or the only port for requests. */
  readonly counterpart: boolean;
  readonly evidence: readonly Evidence[];
}

/** The Pods behind a backend that may show whether its target port is right. */
export function seeTargets(facts: PathFacts, path: BackendPath, port: ServicePort): readonly SeenTarget[] {
  return podsBehind(path)
    .filter(isLive)
    .flatMap((pod) => seeTarget(facts, path, port, pod));
}

/**
 * Pods that do not run listen nowhere. One whose probes fail belongs here only when they are refused on this very port while
 * the process says that it listens on another.
 */
function seeTarget(facts: PathFacts, path: BackendPath, port: ServicePort, pod: Pod): readonly SeenTarget[] {
  const trouble = troubleOf(facts.model, pod)?.trouble;
  if (trouble !== undefined && trouble !== 'readiness' && trouble !== 'liveness') return [];
  const number = path.endpoints.find((entry) => pod.ips.includes(entry.address))?.port ?? resolvePort(port, pod)?.port;
  if (number === undefined) return [];
  const learned = learnPort(facts.model, pod, number, facts.seen);
  const target: SeenTarget = {
    pod,
    number,
    refused: learned.open === 'no' && !learned.loopbackOnly,
    open: learned.open === 'yes',
    loopbackOnly: learned.loopbackOnly,
    said: learned.open !== 'yes' && otherLines(facts, pod, number).length > 0,
    learned,
  };
  return trouble === undefined || (target.refused && target.said) ? [target] : [];
}

function otherLines({ seen }: PathFacts, pod: Pod, number: number): readonly ListenEntry[] {
  return listenPorts(pod, seen).filter((entry) => entry.port !== number);
}

/** Everything else about a target, from the Pod's own settings and its neighbours: asked for one Pod of many. */
export function examineTarget(facts: PathFacts, service: Service, port: ServicePort, target: SeenTarget): TargetPort {
  const { pod, number, learned } = target;
  const lines = otherLines(facts, pod, number);
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
    ...target,
    heard,
    declared,
    configured:
      serving(pod).some((container) => mentions(container, number) || imagePorts(container.image).includes(number)) ||
      inMountedFiles(facts.model, pod, number),
    undocumented: probedPorts(pod).some((probe) => declared.every((entry) => entry.port.port !== probe)),
    meant,
    agreeing,
    counterpart: meant !== undefined && isCounterpart(service, port, declared, meant),
    evidence,
  };
}

function probedPorts(pod: Pod): readonly number[] {
  return serving(pod).flatMap((container) =>
    [container.readiness, container.liveness, container.startup].flatMap((probe) =>
      probe === undefined || probe.kind === 'exec' ? [] : (probePort(container, probe) ?? []),
    ),
  );
}

function inMountedFiles(model: PathFacts['model'], pod: Pod, port: number): boolean {
  const names = configMapsOf(pod);
  if (names.length === 0) return false;
  const alone = new RegExp(`(?:^|\\D)${port}(?:\\D|$)`);
  return names.some((name) => {
    const map = model.get('ConfigMap', pod.namespace, name);
    return map.state === 'found' && Object.values(map.value.data).some((text) => alone.test(text));
  });
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
