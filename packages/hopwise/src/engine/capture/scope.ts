import { foreignKind, ownKind } from '../../model/project/index.ts';
import type { DiagnosisDocument } from '../../report/diagnosis.ts';
import type { Spool, SpooledKind, SpooledLog } from '../../sources/capture-writer/spool.ts';
import type { KindCoverage } from '../../sources/contract.ts';

/** What of a spool goes into the capture. */
export interface Selection {
  readonly kinds: readonly SpooledKind[];
  readonly logs: readonly SpooledLog[];
  readonly coverage: readonly KindCoverage[];
}

/** Which namespaces are kept: of every kind, or only of those there are many objects of (`bulk`). */
export interface Scope {
  readonly namespaces: ReadonlySet<string>;
  readonly kinds: 'all' | 'bulk';
}

/** Kinds that make up the size of a cluster, and that hold what its people would rather not hand out. */
const BULK: ReadonlySet<string> = new Set([
  'Pod',
  'ReplicaSet',
  'ControllerRevision',
  'Event',
  'ConfigMap',
  'Secret',
  'Job',
  'CronJob',
  'Lease',
  'PersistentVolumeClaim',
  'ServiceAccount',
]);

/** Cluster DNS and the network's own settings live here, and causes about them are decided by these objects. */
const ALWAYS = 'kube-system';

/** The namespaces of every object that a diagnosis names. */
export function namespacesOnPath(diagnosis: DiagnosisDocument): ReadonlySet<string> {
  const found = new Set([ALWAYS]);
  collect(diagnosis, '', found);
  return found;
}

function collect(value: unknown, key: string, found: Set<string>): void {
  if (typeof value === 'string') {
    const namespace = key === 'object' ? /^[A-Za-z0-9.]+\/([^/]+)\/[^/]+$/.exec(value)?.[1] : undefined;
    if (namespace !== undefined) found.add(namespace);
  } else if (Array.isArray(value)) for (const item of value) collect(item, key, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) collect(item, name, found);
  }
}

/** Everything that was spooled, or what the scope keeps and what belongs to no namespace. */
export function select(spool: Spool, scope: Scope | undefined, logs: 'none' | 'path' | 'all'): Selection {
  const all = spool.kinds();
  const isLogWanted = (log: SpooledLog) => logs === 'all' || scope === undefined || scope.namespaces.has(log.namespace);
  const chosen = logs === 'none' ? [] : spool.logs().filter(isLogWanted);
  if (scope === undefined) return { kinds: all, logs: chosen, coverage: spool.coverages() };
  const { namespaces } = scope;
  const kinds = all.map((kind) =>
    scope.kinds === 'bulk' && !BULK.has(kind.kind)
      ? kind
      : { ...kind, objects: kind.objects.filter(({ namespace }) => namespace === '' || namespaces.has(namespace)) },
  );
  const coverage = new Map(spool.coverages().map((entry) => [entry.kind, entry]));
  for (const [index, { kind, apiVersion, objects }] of all.entries()) {
    if (objects.length === kinds[index]?.objects.length) continue;
    const name = ownKind(apiVersion, kind) ?? foreignKind(apiVersion, kind);
    coverage.set(name, narrow(coverage.get(name) ?? { kind: name, state: 'complete' }, namespaces));
  }
  return {
    kinds: kinds.filter(({ objects }) => objects.length > 0),
    logs: chosen,
    coverage: [...coverage.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1)),
  };
}

/** What is still known of a kind when only some namespaces are kept. */
function narrow(entry: KindCoverage, kept: ReadonlySet<string>): KindCoverage {
  const names = [...kept].sort();
  if (entry.state === 'complete' || entry.state === 'assumed-none') {
    return { kind: entry.kind, state: 'partial', reason: `only captured in ${names.join(', ')}`, namespaces: names };
  }
  const { namespaces: read, names: single } = entry;
  return {
    ...entry,
    ...(read === undefined ? {} : { namespaces: read.filter((name) => kept.has(name)) }),
    ...(single === undefined ? {} : { names: single.filter((name) => kept.has(name.slice(0, name.indexOf('/')))) }),
  };
}
