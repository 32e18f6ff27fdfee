import { splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { ClusterEvent } from '../model/kinds/cluster.ts';
import type { RouteTable } from '../routing/route-table.ts';
import type { ControllerEntry } from '../sources/observations.ts';
import type { PathObservations } from './observed.ts';
import type { Trace } from './trace.ts';

/** The controller says that its configuration is refused, and nothing newer says that it was accepted. */
export interface RejectedConfig {
  readonly lines: readonly ControllerEntry[];
  /** About the object that is at fault. */
  readonly events: readonly ClusterEvent[];
  /** Everything that was said about why, line by line. */
  readonly texts: readonly string[];
  /** Since when, as far as is known. */
  readonly since: number | undefined;
}

/** For a configuration that is known to be refused although no log or event says so. */
export const NOTHING_SAID: RejectedConfig = { lines: [], events: [], texts: [], since: undefined };

/** Reasons that controllers give to events about an object which makes a configuration fail. */
const REJECTION =
  /ConfigurationApplyFailed|ConfigurationTranslationFailed|^Rejected$|AddedOrUpdatedWithError|UpdatedWithError|^ConfigError$|^InvalidConfig|^SyncError$|^RELOAD$|^FailedApplyingAppGwConfig|FailedBuildModel|FailedDeployModel/;

/** Objects that are configuration. Controllers report the fault on their own Pod too, which holds none. */
const RUNS: ReadonlySet<string> = new Set([
  'Pod',
  'Deployment',
  'DaemonSet',
  'ReplicaSet',
  'StatefulSet',
  'Job',
  'Node',
]);
const RECENT = 3_600_000;

/** Undefined when the gateway's configuration is accepted, or nothing was said about it. */
export function standingRejection({
  model,
  routes,
  trace,
  seen,
}: {
  readonly model: ClusterModel;
  readonly routes: RouteTable;
  readonly trace: Trace;
  readonly seen: PathObservations;
}): RejectedConfig | undefined {
  const success = seen.controller.findLast((entry) => entry.event === 'config-applied');
  const applied = success?.time ?? 0;
  const lines = seen.controller.filter((entry) => entry.event === 'config-rejected' && isAfter(entry, success));
  const since = Math.max(applied, model.now - RECENT);
  const all = rejectionsIn(model).filter((event) => (event.last ?? 0) > since);
  const foreign = all.length === 0 ? NO_OBJECTS : objectsOfOthers(routes, trace);
  const events = all.filter((event) => !RUNS.has(splitId(event.about).kind) && !foreign.has(event.about));
  const own = all.filter((event) => RUNS.has(splitId(event.about).kind) && isGatewayPod(trace, event));
  if (lines.length === 0 && events.length === 0 && own.length === 0) return undefined;
  const times = [...lines.flatMap((line) => line.time ?? []), ...events.flatMap((event) => event.first ?? [])];
  return {
    lines,
    events,
    texts: [...events, ...lines, ...own].map((entry) => entry.message),
    since: times.length === 0 ? undefined : Math.min(...times),
  };
}

const NO_OBJECTS: ReadonlySet<string> = new Set();
const REJECTIONS = new WeakMap<ClusterModel, readonly ClusterEvent[]>();

/** The latest first; the same for every request. */
function rejectionsIn(model: ClusterModel): readonly ClusterEvent[] {
  let events = REJECTIONS.get(model);
  if (events === undefined) {
    events = model
      .list('Event')
      .filter((event) => REJECTION.test(event.reason) && event.type !== 'Normal')
      .sort((a, b) => (b.last ?? 0) - (a.last ?? 0));
    REJECTIONS.set(model, events);
  }
  return events;
}

/** NGINX's own complaint follows the controller's line without a time: then its place in the log tells. */
function isAfter(entry: ControllerEntry, success: ControllerEntry | undefined): boolean {
  if (success === undefined) return true;
  if (entry.time !== undefined && success.time !== undefined) return entry.time > success.time;
  return entry.at.file !== success.at.file || entry.at.line > success.at.line;
}

/** Routes that other gateways take and this one does not: what is said of them is not about this configuration. */
function objectsOfOthers({ gateways }: RouteTable, { gateway }: Trace): ReadonlySet<string> {
  const objects = (of: RouteTable['gateways'][number]): readonly string[] =>
    of.hosts.flatMap((host) => [...host.objects, ...host.rules.map((rule) => rule.object)]);
  const own = new Set(gateway === undefined ? [] : objects(gateway));
  return new Set(gateways.flatMap((other) => (other === gateway ? [] : objects(other).filter((id) => !own.has(id)))));
}

function isGatewayPod({ gateway }: Trace, event: ClusterEvent): boolean {
  const { namespace } = splitId(event.about);
  return gateway?.pods.state === 'found' && gateway.pods.value.some((pod) => pod.namespace === namespace);
}
