import { valueOf } from '../base/lookup.ts';
import { splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Request } from '../routing/request.ts';
import type { FailureMode } from '../sources/failure.ts';
import { readNetworkFailure } from '../sources/logs/network-failure.ts';
import type { AppEvent, AppEventEntry, BackendErrorEntry, LogEntry, Observations } from '../sources/observations.ts';
import { splitHostPort } from './addresses.ts';
import { dnsSetupOf } from './dns/dns-setup.ts';
import type { InClusterWalk } from './in-cluster.ts';
import type { BackendPath } from './trace.ts';

/** Complaints that the caller's log has left behind by so much are history. */
const STALE_AFTER_MS = 10 * 60_000;

const MODE_OF: ReadonlyMap<AppEvent, FailureMode> = new Map([
  ['dependency-dns-failure', 'dns-failure'],
  ['dependency-refused', 'refused'],
  ['dependency-timeout', 'connect-timeout'],
  ['dependency-unreachable', 'no-route-to-host'],
  ['dependency-error', 'reset'],
]);

/**
 * What an in-cluster caller's own log says about the address it asks, in the shape of a proxy's error line: to the request
 * the caller is what a gateway is to one from outside. Without a named caller every Pod's complaint counts.
 */
export class CallerLines {
  readonly #names: ReadonlySet<string>;
  readonly #addresses: ReadonlySet<string>;
  readonly #endpoints: ReadonlySet<string>;
  readonly #pods: ReadonlySet<string> | undefined;
  readonly #port: number;
  readonly #ends: ReadonlyMap<string, number>;

  constructor(
    model: ClusterModel,
    inside: InClusterWalk,
    request: Request,
    backends: readonly BackendPath[],
    observations: Observations,
  ) {
    this.#port = request.port;
    this.#names = namesOf(model, inside);
    this.#addresses = new Set(backends.flatMap((path) => valueOf(path.service)?.clusterIPs ?? []));
    this.#endpoints = new Set(
      backends.flatMap((path) => path.endpoints.map((entry) => `${entry.address}:${entry.port ?? request.port}`)),
    );
    const callers = valueOf(inside.callers) ?? [];
    this.#pods =
      callers.length === 0 ? undefined : new Set(callers.map(({ namespace, name }) => `${namespace}/${name}`));
    this.#ends = new Map(observations.logs.flatMap((log) => (log.to === undefined ? [] : [[log.file, log.to]])));
  }

  /** The line as an error of this request, when it is one and not long over. */
  read(entry: LogEntry): BackendErrorEntry | undefined {
    if (this.#pods?.has(`${entry.at.namespace}/${entry.at.pod}`) === false) return undefined;
    if (entry.type === 'backend-error')
      return this.#concerns(entry.address) && this.#isCurrent(entry) ? entry : undefined;
    if (entry.type !== 'app-event' || !this.#concerns(entry.subject) || !this.#isCurrent(entry)) return undefined;
    const mode = modeOf(entry);
    if (mode === undefined) return undefined;
    const address = this.#addressOf(entry.subject ?? '', mode);
    return {
      type: 'backend-error',
      at: entry.at,
      format: 'caller',
      mode,
      phrase: entry.at.quote,
      ...(entry.time === undefined ? {} : { time: entry.time }),
      ...(address === undefined ? {} : { address }),
    };
  }

  #concerns(subject: string | undefined): boolean {
    if (subject === undefined) return false;
    const bare = bareAddress(subject);
    if (this.#endpoints.has(bare)) return true;
    const split = splitHostPort(bare);
    const host = (split?.host ?? bare).toLowerCase().replace(/\.$/, '');
    if (split !== undefined && split.port !== this.#port) return false;
    return this.#names.has(host) || this.#addresses.has(host);
  }

  /** With one endpoint it is known where the Service led; with several it is not. */
  #addressOf(subject: string, mode: FailureMode): string | undefined {
    const bare = bareAddress(subject);
    if (mode === 'dns-failure') return splitHostPort(bare)?.host ?? bare;
    if (this.#endpoints.has(bare)) return bare;
    return this.#endpoints.size === 1 ? [...this.#endpoints][0] : undefined;
  }

  #isCurrent(entry: LogEntry): boolean {
    const end = this.#ends.get(entry.at.file);
    return entry.time === undefined || end === undefined || end - entry.time <= STALE_AFTER_MS;
  }
}

function modeOf(entry: AppEventEntry): FailureMode | undefined {
  const mode = MODE_OF.get(entry.event);
  return mode === undefined ? undefined : (readNetworkFailure(entry.at.quote)?.mode ?? mode);
}

/** `http://user@cart:7070/path` → `cart:7070` */
function bareAddress(text: string): string {
  return text
    .replace(/^[a-z][a-z0-9+.-]{0,20}:\/\//i, '')
    .replace(/^[^@/]{0,200}@/, '')
    .replace(/[/?].*$/, '');
}

/** Every name by which callers may have asked for the same thing. */
function namesOf(model: ClusterModel, inside: InClusterWalk): ReadonlySet<string> {
  const names = new Set([inside.name, ...(inside.dns?.tried.map(({ name }) => name) ?? [])]);
  const { domain } = dnsSetupOf(model);
  for (const { object } of inside.backends) {
    const { kind, namespace, name } = splitId(object);
    if (kind !== 'Service') continue;
    for (const end of [`${namespace}`, `${namespace}.svc`, `${namespace}.svc.${domain}`]) names.add(`${name}.${end}`);
    const callers = valueOf(inside.callers) ?? [];
    if (callers.some((pod) => pod.namespace === namespace)) names.add(name);
  }
  return names;
}
