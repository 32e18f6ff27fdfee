import { valueOf } from '../base/lookup.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service, ServicePort } from '../model/kinds/service.ts';
import type { Workload } from '../model/kinds/workload.ts';
import type { FailureMode } from '../sources/failure.ts';
import { podsBehind } from './backend-path.ts';
import type { ObservedMode, PathObservations } from './observed.ts';
import type { BackendPath, Trace } from './trace.ts';

/*
 * Questions that several checks ask of a traced path, so that none of them digs in raw structures.
 */

/** Backends whose Service and port exist. */
export function resolvedBackends(
  trace: Trace,
): readonly { readonly path: BackendPath; readonly service: Service; readonly port: ServicePort }[] {
  return trace.backends.flatMap((path) => {
    const service = valueOf(path.service);
    const port = valueOf(path.port);
    return service === undefined || port === undefined ? [] : [{ path, service, port }];
  });
}

export function podsOnPath(trace: Trace): readonly Pod[] {
  return trace.backends.flatMap(podsBehind);
}

/** The workload that makes a Pod, when it is in the model. */
export function workloadOf(model: ClusterModel, pod: Pod): Workload | undefined {
  const object = model.object(model.controllerOf(pod));
  return object !== undefined && 'template' in object ? (object as Workload) : undefined;
}

/** The observed failure of that mode as the gateway (or client) saw it. */
export function observedMode(seen: PathObservations, ...modes: readonly FailureMode[]): ObservedMode | undefined {
  return seen.modes.find((entry) => entry.reporter !== 'app' && modes.includes(entry.mode));
}

/** The same as the application saw it about something behind itself. */
export function observedBehindApp(seen: PathObservations, ...modes: readonly FailureMode[]): ObservedMode | undefined {
  return seen.modes.find((entry) => entry.reporter === 'app' && modes.includes(entry.mode));
}
