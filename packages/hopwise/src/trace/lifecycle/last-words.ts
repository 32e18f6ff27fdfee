import type { Evidence } from '../../model/evidence.ts';
import type { Container, Pod, Terminated } from '../../model/kinds/pod.ts';
import type { AppEvent, LogEntry, Observations } from '../../sources/observations.ts';
import { logEvidence } from '../log-evidence.ts';

/** What an application says just before it ends, most telling first. */
const TELLING: readonly AppEvent[] = [
  'config-missing',
  'config-invalid',
  'bind-failed',
  'out-of-memory',
  'dependency-dns-failure',
  'dependency-refused',
  'dependency-auth-failed',
  'dependency-unreachable',
  'dependency-timeout',
  'dependency-error',
  'crash',
  'not-found',
];
const SLACK = 3_000;

export interface LastWord {
  readonly event: AppEvent | 'config-rejected';
  readonly subject?: string;
  readonly evidence: Evidence;
}

/** The most telling line of a container's last run (or of the run before, from its previous log). */
export function lastWord(
  observations: Observations,
  pod: Pod,
  container: Container,
  ended: Terminated | undefined,
): LastWord | undefined {
  const own = observations.entries.filter(
    (entry) =>
      entry.at.namespace === pod.namespace &&
      entry.at.pod === pod.name &&
      entry.at.container === container.name &&
      isOfRun(entry, ended),
  );
  const rejected = own.findLast((entry) => entry.type === 'controller' && entry.event === 'config-rejected');
  if (rejected?.type === 'controller')
    return {
      event: 'config-rejected',
      ...(rejected.subject === undefined ? {} : { subject: rejected.subject }),
      evidence: logEvidence(rejected, rejected.message),
    };
  for (const event of TELLING) {
    const line = own.findLast((entry) => entry.type === 'app-event' && entry.event === event);
    if (line?.type !== 'app-event') continue;
    const about = line.subject === undefined ? '' : ` (${line.subject})`;
    return {
      event,
      ...(line.subject === undefined ? {} : { subject: line.subject }),
      evidence: logEvidence(line, `the app says: ${event.replaceAll('-', ' ')}${about}`),
    };
  }
  const failure = own.findLast((entry) => entry.type === 'backend-error');
  return failure?.type === 'backend-error'
    ? {
        event: failure.mode === 'dns-failure' ? 'dependency-dns-failure' : 'dependency-error',
        ...(failure.address === undefined ? {} : { subject: failure.address }),
        evidence: logEvidence(failure, failure.phrase),
      }
    : undefined;
}

function isOfRun(entry: LogEntry, ended: Terminated | undefined): boolean {
  if (entry.time === undefined || ended === undefined) return true;
  if (ended.started !== undefined && entry.time < ended.started - SLACK) return false;
  return ended.finished === undefined || entry.time <= ended.finished + SLACK || !entry.at.previous;
}
