import { valueOf } from '../base/lookup.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { AccessEntry, AppEventEntry, BackendErrorEntry, Observations } from '../sources/observations.ts';
import { splitHostPort } from './addresses.ts';

/** One try of a Pod to connect to an address, with the nodes at both ends. */
export interface Attempted {
  readonly fromNode: string;
  readonly toNode: string;
  readonly port: number;
  readonly connected: boolean;
  readonly time: number | undefined;
  readonly entry: AccessEntry | BackendErrorEntry | AppEventEntry;
  readonly address: string;
  /** `namespace/workload` that is asked, to tell one broken application from a broken way to it. */
  readonly app: string;
}

interface Asked {
  readonly model: ClusterModel;
  readonly observations: Observations;
}

const NO_WAY: ReadonlySet<string> = new Set(['connect-timeout', 'no-route-to-host']);

/**
 * Every connection attempt that the logs of Pods show. Attempts to the sender's own node are kept: they work even where
 * the network between nodes does not.
 */
export function listAttempts({ model, observations }: Asked): readonly Attempted[] {
  const attempts: Attempted[] = [];
  const add = (entry: Attempted['entry'], address: string | undefined, connected: boolean): void => {
    const target = address === undefined ? undefined : splitHostPort(address);
    const fromNode = valueOf(model.get('Pod', entry.at.namespace, entry.at.pod))?.nodeName;
    if (target === undefined || fromNode === undefined || address === undefined) return;
    const pod = valueOf(model.podByIP(target.host));
    const toNode = pod?.nodeName ?? valueOf(model.nodeByIP(target.host))?.name;
    if (toNode === undefined) return;
    const app = pod === undefined ? address : model.controllerOf(pod);
    attempts.push({ fromNode, toNode, port: target.port, connected, time: entry.time, entry, address, app });
  };
  for (const entry of observations.entries) {
    if (entry.type === 'backend-error') {
      if (NO_WAY.has(entry.mode)) add(entry, entry.address, false);
    } else if (entry.type === 'app-event') {
      if (entry.event === 'dependency-timeout' || entry.event === 'dependency-unreachable')
        add(entry, entry.subject, false);
    } else if (entry.type === 'access') addAccess(entry, add);
  }
  return attempts;
}

function addAccess(
  entry: AccessEntry,
  add: (entry: AccessEntry, address: string | undefined, connected: boolean) => void,
): void {
  const noWay = entry.mode !== undefined && NO_WAY.has(entry.mode);
  const last = entry.attempts.at(-1);
  for (const attempt of entry.attempts) {
    const answered = (attempt.status ?? 0) > 0 && (attempt.bytes ?? 1) > 0 && (attempt.status ?? 0) < 502;
    if (answered && !noWay) add(entry, attempt.address, true);
    // The line's own reason is about the last try.
    else if (noWay && attempt === last) add(entry, attempt.address, false);
  }
  // Proxies that log no status of the backend passed its answer on.
  if (last !== undefined && last.status === undefined && !noWay && (entry.status ?? 599) < 500)
    add(entry, last.address, true);
}
