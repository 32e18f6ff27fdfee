import { idOf, type ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import type { AppEventEntry, BackendErrorEntry, ControllerEntry, Observations } from '../sources/observations.ts';
import { hostPart, isIpAddress } from './addresses.ts';
import { type ConfigSource, findConfigSource } from './config-source.ts';
import { resolveInCluster } from './dns/resolve.ts';
import type { PathObservations } from './observed.ts';
import type { Trace } from './trace.ts';

/** A name on the request's path that cluster DNS does not have. */
export interface UnresolvedName {
  readonly name: string;
  /** The workload (or Service) that asks for it. */
  readonly asker: ObjectId;
  readonly line: BackendErrorEntry | AppEventEntry | ControllerEntry | undefined;
  readonly count: number;
  readonly configured: ConfigSource | undefined;
  /** An ExternalName Service that holds it. */
  readonly service: Service | undefined;
  readonly why: string;
  /** The model agrees that no such name exists; false when only the log says so (a name outside the cluster). */
  readonly inCluster: boolean;
  readonly meant: string | undefined;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
  readonly observations: Observations;
}

type Line = BackendErrorEntry | AppEventEntry | ControllerEntry;

/** Names that a proxy or the app of this path failed to resolve, and ExternalNames on it that the model knows to be missing. */
export function unresolvedNames(world: Asked): readonly UnresolvedName[] {
  const out = new Map<string, UnresolvedName>();
  for (const entry of externalNames(world)) out.set(entry.name, entry);
  if (!world.seen.failing) return [...out.values()];
  for (const line of failedLookups(world)) {
    const name = nameOf(line);
    const pod = world.model.get('Pod', line.at.namespace, line.at.pod);
    if (name === undefined || pod.state !== 'found') continue;
    const known = out.get(name);
    if (known !== undefined) {
      out.set(name, { ...known, line: known.line ?? line, count: known.count + 1 });
      continue;
    }
    const entry = judgeName(world.model, name, pod.value, line);
    if (entry !== undefined) out.set(name, entry);
  }
  return [...out.values()];
}

function failedLookups({ seen, observations, trace }: Asked): readonly Line[] {
  const own = [...seen.errors, ...seen.app.errors].filter((entry) => entry.mode === 'dns-failure');
  const events = seen.app.events.filter((entry) => entry.event === 'dependency-dns-failure');
  const controllers = seen.controller.filter((entry) => entry.event === 'dns-failure');
  // A tunnel or proxy that is no gateway of the table (cloudflared, a hand-made nginx) may be the one in front.
  const elsewhere =
    trace.rule === undefined && own.length === 0
      ? observations.entries.filter(
          (entry): entry is BackendErrorEntry =>
            entry.type === 'backend-error' && entry.mode === 'dns-failure' && entry.host === trace.request.host,
        )
      : [];
  return [...own, ...elsewhere, ...controllers, ...events];
}

function nameOf(line: Line): string | undefined {
  const text = line.type === 'backend-error' ? line.address : line.subject;
  if (text === undefined) return undefined;
  const name = hostPart(text.replace(/^[a-z+]+:\/\//i, '').replace(/\/.*$/, ''));
  return name === '' || isIpAddress(name) ? undefined : name.toLowerCase().replace(/\.$/, '');
}

function judgeName(model: ClusterModel, name: string, pod: Pod, line: Line): UnresolvedName | undefined {
  const answer = resolveInCluster(model, name, pod);
  // It exists now: the failure was DNS itself (or was before the Service came), not the name.
  if (answer.state === 'service' || answer.state === 'pod') return undefined;
  return {
    name,
    asker: model.controllerOf(pod),
    line,
    count: 1,
    configured: findConfigSource(model, pod, name) ?? findConfigSource(model, pod, name.split('.')[0] ?? name),
    service: undefined,
    why: answer.state === 'nxdomain' ? answer.why : `${name} is not a name of this cluster`,
    inCluster: answer.state === 'nxdomain',
    meant: answer.state === 'nxdomain' ? answer.suggestions[0]?.name : undefined,
  };
}

function externalNames({ model, trace }: Asked): readonly UnresolvedName[] {
  return trace.backends.flatMap((path) => {
    const service = path.service.state === 'found' ? path.service.value : undefined;
    if (service?.type !== 'ExternalName' || service.externalName === undefined) return [];
    const answer = resolveInCluster(model, service.externalName, { namespace: service.namespace });
    if (answer.state !== 'nxdomain') return [];
    return [
      {
        name: service.externalName,
        asker: idOf(service),
        line: undefined,
        count: 0,
        configured: undefined,
        service,
        why: answer.why,
        inCluster: true,
        meant: answer.suggestions[0]?.name,
      },
    ];
  });
}
