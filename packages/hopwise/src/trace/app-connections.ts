import { valueOf } from '../base/lookup.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import type { FailureMode } from '../sources/failure.ts';
import { readNetworkFailure } from '../sources/logs/network-failure.ts';
import type { AppEventEntry, BackendErrorEntry } from '../sources/observations.ts';
import { isIpAddress, splitHostPort } from './addresses.ts';
import { resolveInCluster } from './dns/resolve.ts';
import type { PathObservations } from './observed.ts';
import { type FlowEnd, flowEndAt } from './policy/flow.ts';

/** A connection behind the app that its log says could not be made. */
export interface FailedConnection {
  readonly from: Pod;
  /** As the line has it: `10.96.0.30:6379`, `redis:6379`. */
  readonly to: string;
  readonly mode: FailureMode;
  readonly line: BackendErrorEntry | AppEventEntry;
  readonly count: number;
  /** Where its packets really go, Services translated; empty when that is not known. */
  readonly ends: readonly { readonly end: FlowEnd; readonly port: number }[];
}

const EVENTS: ReadonlyMap<AppEventEntry['event'], FailureMode> = new Map([
  ['dependency-refused', 'refused'],
  ['dependency-timeout', 'connect-timeout'],
  ['dependency-unreachable', 'no-route-to-host'],
]);
const CANNOT_CONNECT: ReadonlySet<FailureMode> = new Set(['connect-timeout', 'refused', 'no-route-to-host']);
/** A complaint this far from the failing requests is about something else. */
const NEAR_MS = 10 * 60_000;
const MOST_ENDS = 6;

/** What the Pods of a path could not connect to, the latest first, one entry for each address. */
export function failedConnections(model: ClusterModel, seen: PathObservations): readonly FailedConnection[] {
  const out = new Map<string, FailedConnection>();
  const lines = [...seen.app.errors, ...seen.app.events].filter(
    (line) =>
      line.time === undefined || seen.lastFailure === undefined || Math.abs(seen.lastFailure - line.time) <= NEAR_MS,
  );
  for (const line of lines.sort((left, right) => (right.time ?? 0) - (left.time ?? 0))) {
    const to = line.type === 'backend-error' ? line.address : bareAddress(line.subject);
    const mode = modeOf(line);
    const from = seen.app.pods.find((pod) => pod.name === line.at.pod) ?? seen.app.pods[0];
    if (to === undefined || mode === undefined || from === undefined) continue;
    const known = out.get(to);
    if (known !== undefined) out.set(to, { ...known, count: known.count + 1 });
    else out.set(to, { from, to, mode, line, count: 1, ends: endsOf(model, from, to) });
  }
  return [...out.values()];
}

function modeOf(line: BackendErrorEntry | AppEventEntry): FailureMode | undefined {
  if (line.type === 'backend-error') return CANNOT_CONNECT.has(line.mode) ? line.mode : undefined;
  const mode = EVENTS.get(line.event);
  if (mode === undefined) return undefined;
  const read = readNetworkFailure(line.at.quote)?.mode;
  // Runtimes that only say "timeout" do not tell a connection that was never made from an answer that never came.
  return read !== undefined && CANNOT_CONNECT.has(read) ? read : mode;
}

function bareAddress(subject: string | undefined): string | undefined {
  const bare = subject
    ?.replace(/^[a-z][a-z0-9+.-]{0,20}:\/\//i, '')
    .replace(/^[^@/]{0,200}@/, '')
    .replace(/[/?].*$/, '');
  return bare === '' ? undefined : bare;
}

/** Where a Pod's connection to `host:port` goes: a Service's endpoints, a Pod, or out of the cluster. */
export function endsOf(model: ClusterModel, from: Pod, to: string): FailedConnection['ends'] {
  const split = splitHostPort(to);
  const host = split?.host ?? to;
  if (isIpAddress(host)) {
    const service = valueOf(model.serviceByIP(host));
    if (service !== undefined) return endpointsOf(model, service, split?.port);
    return split === undefined ? [] : [{ end: flowEndAt(model, host), port: split.port }];
  }
  const answer = resolveInCluster(model, host, from);
  if (answer.state === 'service') return endpointsOf(model, answer.service, split?.port);
  if (split === undefined) return [];
  if (answer.state === 'pod')
    return answer.addresses.slice(0, 1).map((address) => ({ end: flowEndAt(model, address), port: split.port }));
  if (answer.state !== 'external') return [];
  const [address] = answer.addresses;
  const end: FlowEnd = address === undefined ? { kind: 'outside' } : flowEndAt(model, address);
  return [{ end, port: split.port }];
}

/** A ClusterIP is translated before policies judge; a headless Service's name leads to its Pods at the port asked for. */
function endpointsOf(model: ClusterModel, service: Service, port: number | undefined): FailedConnection['ends'] {
  const slices = valueOf(model.slicesOf(service)) ?? [];
  const only = service.ports.length === 1 ? service.ports[0] : undefined;
  const wanted = port === undefined ? only : service.ports.find((entry) => entry.port === port);
  const direct = service.headless ? (port ?? only?.port) : undefined;
  return slices
    .flatMap((slice) => {
      const number = direct ?? slice.ports.find((entry) => entry.name === (wanted?.name ?? ''))?.port;
      if (number === undefined || (wanted === undefined && direct === undefined)) return [];
      return slice.endpoints.flatMap((endpoint) =>
        endpoint.addresses.map((address) => ({ end: flowEndAt(model, address), port: number })),
      );
    })
    .slice(0, MOST_ENDS);
}
