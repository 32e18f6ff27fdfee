import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { AppEventEntry, BackendErrorEntry, ControllerEntry, Observations } from '../sources/observations.ts';
import { hostPart, isIpAddress } from './addresses.ts';
import type { PathObservations } from './observed.ts';
import type { Trace } from './trace.ts';

export type LookupLine = BackendErrorEntry | AppEventEntry | ControllerEntry;

/** A name that somebody on the path could not resolve. */
export interface LookupFailure {
  readonly line: LookupLine;
  /** The Pod that asked. */
  readonly pod: Pod | undefined;
  /** Lower case, without port and trailing dot; undefined when the line does not name it. */
  readonly name: string | undefined;
  /** DNS said that there is no such name, gave no answer, or the words cannot tell. */
  readonly answer: 'no-such-name' | 'no-answer' | 'unclear';
  /** The server that was asked, when the line names it. */
  readonly server: string | undefined;
  /** Asked by NGINX's own resolver, which takes every name as it is: no search path, no /etc/hosts. */
  readonly asIs: boolean;
  /** The application's own complaint, not that of a proxy about the backend of a request. */
  readonly byApp: boolean;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
  readonly observations: Observations;
}

/** Complaints this far from the failing requests are about something else. */
const NEAR_MS = 10 * 60_000;

/** Failed look-ups that the proxies, the app and the callers of a path report, oldest first. */
export function lookupFailures({ model, trace, seen, observations }: Asked): readonly LookupFailure[] {
  const near = (line: LookupLine): boolean =>
    seen.lastFailure === undefined || line.time === undefined || Math.abs(seen.lastFailure - line.time) <= NEAR_MS;
  const proxies = [...seen.errors, ...seen.app.errors].filter((entry) => entry.mode === 'dns-failure' && near(entry));
  const events = seen.app.events.filter((entry) => entry.event === 'dependency-dns-failure' && near(entry));
  const controllers = seen.controller.filter((entry) => entry.event === 'dns-failure');
  // A tunnel or proxy that is no gateway of the table (cloudflared, a hand-made nginx) may be the one in front.
  const elsewhere =
    trace.rule === undefined && !trace.inCluster && proxies.length === 0
      ? observations.entries.filter(
          (entry): entry is BackendErrorEntry =>
            entry.type === 'backend-error' && entry.mode === 'dns-failure' && entry.host === trace.request.host,
        )
      : [];
  const lines: readonly LookupLine[] = [...proxies, ...elsewhere, ...controllers, ...events];
  return lines.filter((line) => !isServersOwn(line)).map((line) => read(model, line));
}

/** What cluster DNS itself logs is about whoever asked it. */
function isServersOwn(line: LookupLine): boolean {
  return line.type === 'backend-error' && line.format === 'coredns';
}

function read(model: ClusterModel, line: LookupLine): LookupFailure {
  const { quote } = line.at;
  const pod = model.get('Pod', line.at.namespace, line.at.pod);
  return {
    line,
    pod: pod.state === 'found' ? pod.value : undefined,
    name: nameIn(line),
    answer: answerIn(quote),
    server: SERVER.exec(quote)?.[1],
    asIs: quote.includes('could not be resolved ('),
    byApp: line.type === 'app-event',
  };
}

/** Go: `lookup cart on 10.96.0.10:53: no such host`. */
const SERVER = /\blookup \S{1,255} on \[?([0-9a-fA-F.:]{2,45})\]?:\d{1,5}:/;

function nameIn(line: LookupLine): string | undefined {
  const text = line.type === 'backend-error' ? line.address : line.subject;
  if (text === undefined) return undefined;
  const name = hostPart(text.replace(/^[a-z+]{1,20}:\/\//i, '').replace(/\/.*$/, ''));
  return name === '' || isIpAddress(name) ? undefined : name.toLowerCase().replace(/\.$/, '');
}

/**
 * The resolvers' words: Go net, c-ares and Node, glibc and musl gai_strerror, NGINX's resolver (ngx_resolver_strerror).
 * "No such name" is an answer; a timeout, SERVFAIL or a refused query is none.
 */
const NO_SUCH_NAME =
  /no such host|ENOTFOUND|ENODATA|NXDOMAIN|name or service not known|name does not resolve|nodename nor servname|host not found|\(3: /i;
const NO_ANSWER =
  /\btimed out|\btime-?out\b|\bETIMEOUT\b|server misbehaving|SERVFAIL|server failure|temporary failure in name resolution|EAI_AGAIN|\btry again|connection refused|ECONNREFUSED|\(110: |\(2: |\(5: |operation not permitted|network is unreachable|no route to host/i;

export function answerIn(text: string): LookupFailure['answer'] {
  if (NO_SUCH_NAME.test(text)) return 'no-such-name';
  return NO_ANSWER.test(text) ? 'no-answer' : 'unclear';
}
