import type { Evidence } from '../../model/evidence.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import { hostPort } from '../join.ts';
import { logEvidence } from '../log-evidence.ts';
import type { PathFacts } from './path-facts.ts';
import { servingContainer } from './rollout-times.ts';

/** From when on a Pod's container ran, and from when on it served. */
export interface ServingSince {
  readonly started: number;
  readonly ready: number;
  readonly evidence: Evidence | undefined;
}

const LONGEST_START = 10 * 60_000;

/**
 * A container's start and its first sign of serving: its listen or ready line, else the first answer the gateway got from it.
 * Undefined when either is not known.
 */
export function servingSince({ seen }: PathFacts, pod: Pod, port: number | undefined): ServingSince | undefined {
  const container = servingContainer(pod, port);
  const status = pod.statuses.find((entry) => entry.name === container?.name);
  if (container === undefined || status?.state.kind !== 'running' || status.state.since === undefined) return undefined;
  const started = status.state.since;
  const listen = seen.app.listens.find(
    (entry) =>
      entry.at.pod === pod.name &&
      !entry.at.previous &&
      entry.time !== undefined &&
      entry.time >= started &&
      (port === undefined || entry.port === port),
  );
  const ready = seen.app.events.find(
    (entry) =>
      entry.event === 'ready' &&
      entry.at.pod === pod.name &&
      !entry.at.previous &&
      entry.time !== undefined &&
      entry.time >= started,
  );
  const said = [listen, ready].filter((entry) => entry !== undefined).sort((a, b) => (b.time ?? 0) - (a.time ?? 0))[0];
  if (said?.time !== undefined)
    return {
      started,
      ready: said.time,
      evidence: logEvidence(said, `it serves ${Math.round((said.time - started) / 1000)} s after its start`),
    };
  const own = new Set(pod.ips.map((ip) => hostPort(ip, port)));
  const answer = [...seen.access, ...seen.nearby].find(
    (entry) =>
      entry.time !== undefined &&
      entry.time >= started &&
      entry.attempts.some(
        (attempt) =>
          attempt.address !== undefined &&
          own.has(attempt.address) &&
          attempt.status !== undefined &&
          attempt.status < 500,
      ),
  );
  // A log that begins long after the start says nothing of when the Pod began to serve.
  return answer?.time === undefined || answer.time - started > LONGEST_START
    ? undefined
    : {
        started,
        ready: answer.time,
        evidence: logEvidence(
          answer,
          `its first answer comes ${Math.round((answer.time - started) / 1000)} s after its start`,
        ),
      };
}
