import type { Container, Pod } from '../model/kinds/pod.ts';
import type { Service, ServicePort } from '../model/kinds/service.ts';
import { imagePorts } from './image-ports.ts';
import { satisfies } from './intent/pod-makers.ts';
import type { DeclaredPort } from './intent/port-name.ts';
import type { PathFacts } from './lifecycle/path-facts.ts';
import { probePort } from './listening.ts';

/** Candidates with how many independent things name each. */
export function votesFor(
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
    // Most Services of a namespace have nothing to say here, and numbers are quicker to compare than labels.
    const named = other.ports.flatMap(({ targetPort }) =>
      typeof targetPort === 'number' && declared.some((entry) => entry.port.port === targetPort) ? targetPort : [],
    );
    if (named.length === 0 || other.name === service.name || other.selector === undefined) continue;
    if (satisfies(pod.labels, other.selector)) for (const targetPort of named) vote(targetPort, 1);
  }
  return votes;
}

/** Ports that serve operators, not requests. */
const AUXILIARY = /metrics|prom|health|admin|debug|probe|status|mgmt|management|jmx|pprof/i;

/** The declared port is what this Service port is for: the same name or number, or the only one for requests. */
export function isCounterpart(
  service: Service,
  port: ServicePort,
  declared: readonly DeclaredPort[],
  meant: number,
): boolean {
  const own = declared.find((entry) => entry.port.port === meant)?.port;
  if (own === undefined) return false;
  if (own.port === port.port || (own.name !== undefined && own.name === port.name)) return true;
  // Clients of a headless Service may use any port; and what another port of the Service leads to is not this one's.
  if (service.headless || service.ports.some((other) => other !== port && other.targetPort === meant)) return false;
  const forRequests = declared.filter((entry) => entry.port.name === undefined || !AUXILIARY.test(entry.port.name));
  const candidates = forRequests.length === 0 ? declared : forRequests;
  return candidates.length === 1 && candidates[0]?.port.port === meant;
}

/** By container, which the Pods of one template share. */
const known = new WeakMap<Container, Map<number, boolean>>();

/** The number stands by itself in an argument, the command or a variable. */
export function mentions(container: Container, port: number): boolean {
  let answers = known.get(container);
  if (answers === undefined) {
    answers = new Map();
    known.set(container, answers);
  }
  let answer = answers.get(port);
  if (answer === undefined) {
    const words = [...container.command, ...container.args, ...container.env.flatMap((entry) => entry.value ?? [])];
    const alone = new RegExp(`(?:^|\\D)${port}(?:\\D|$)`);
    answer = words.some((word) => alone.test(word));
    answers.set(port, answer);
  }
  return answer;
}
