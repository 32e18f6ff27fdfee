import type { Pod } from '../model/kinds/pod.ts';
import type { AppEventEntry, BackendErrorEntry } from '../sources/observations.ts';
import { splitHostPort } from './addresses.ts';
import { nearFailure } from './near-failure.ts';
import type { PathObservations } from './observed.ts';

export type ComplaintLine = AppEventEntry | BackendErrorEntry;

/** What the app says about something it needs: whom it cannot reach, or what that refuses. */
export interface Complaint {
  readonly kind: 'unresolved' | 'unreachable' | 'credential' | 'missing';
  /** Host as the app names it, lower case; of a credential the user, of something missing its name. */
  readonly subject: string | undefined;
  readonly port: number | undefined;
  readonly line: ComplaintLine;
  readonly lines: number;
}

const KINDS: ReadonlyMap<AppEventEntry['event'], Complaint['kind']> = new Map([
  ['dependency-dns-failure', 'unresolved'],
  ['dependency-refused', 'unreachable'],
  ['dependency-timeout', 'unreachable'],
  ['dependency-unreachable', 'unreachable'],
  ['dependency-auth-failed', 'credential'],
]);
/** `database "x" does not exist`: what it names is no host (see sources/logs/application/rules/dependencies.ts). */
const MISSING =
  /\b(?:database|role|relation|schema|collection|bucket|queue|vhost)\b.{0,120}(?:does not exist|not found)|Unknown database/i;

/** The dependencies that the app of this path complains about now, each once, with its latest line. */
export function complaintsOf(seen: PathObservations, pods: readonly Pod[]): readonly Complaint[] {
  const known = new Map<string, Complaint>();
  const names = new Set(pods.map((pod) => pod.name));
  // What Pods that do not run said before they ended is as new as their last end.
  const now = (line: ComplaintLine): boolean =>
    nearFailure(seen, line.time) || !seen.failing || !names.has(line.at.pod);
  for (const line of [...seen.app.events, ...seen.app.errors]) {
    const read = line.type === 'app-event' ? readEvent(line) : readError(line);
    if (read === undefined || !now(line)) continue;
    const key = `${read.kind} ${read.subject ?? ''}:${read.port ?? ''}`;
    known.set(key, { ...read, line, lines: (known.get(key)?.lines ?? 0) + 1 });
  }
  return [...known.values()];
}

type Read = Pick<Complaint, 'kind' | 'subject' | 'port'>;

function readEvent(event: AppEventEntry): Read | undefined {
  const kind = KINDS.get(event.event);
  if (kind === 'credential') return { kind, subject: event.subject, port: undefined };
  if (event.event === 'dependency-error')
    return MISSING.test(event.at.quote) && event.subject !== undefined
      ? { kind: 'missing', subject: event.subject, port: undefined }
      : readAddress('unreachable', event.subject, true);
  return kind === undefined ? undefined : readAddress(kind, event.subject, false);
}

/** The app is a proxy itself: what it says of its own backends. */
function readError(error: BackendErrorEntry): Read | undefined {
  switch (error.mode) {
    case 'dns-failure':
      return readAddress('unresolved', error.address, false);
    case 'refused':
    case 'connect-timeout':
    case 'no-route-to-host':
      return readAddress('unreachable', error.address, false);
    default:
      return undefined;
  }
}

/** `portNeeded`: the text may be any word, only a port makes an address of it. */
function readAddress(kind: Complaint['kind'], text: string | undefined, portNeeded: boolean): Read | undefined {
  if (text === undefined) return undefined;
  const bare = text
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^[^@/]*@/, '')
    .replace(/[/?].*$/, '');
  const split = splitHostPort(bare);
  const host = (split?.host ?? bare).toLowerCase().replace(/\.$/, '');
  if (host === '' || /^(?:localhost$|127\.|::1$|0\.0\.0\.0$)/.test(host) || !/^[a-z0-9_.:-]+$/.test(host))
    return undefined;
  return portNeeded && split === undefined ? undefined : { kind, subject: host, port: split?.port };
}
