import { editDistance } from '../../base/edit-distance.ts';
import { idOf, type ObjectId, objectId } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { ConfigMap, Secret } from '../../model/kinds/cluster.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import { podsBehind } from '../backend-path.ts';
import { resolvedBackends, workloadOf } from '../path-queries.ts';
import { similarNames } from '../similar.ts';
import type { Trace } from '../trace.ts';
import { formerTemplates } from './former-template.ts';
import { type ConfigReference, type MissingConfig, requiredReferences } from './missing-config.ts';

/** Which side is wrong about a missing thing, and what was probably meant. */
export interface MissingBlame {
  /** The workload that asks for the wrong name, or the object that lacks something. */
  readonly object: ObjectId;
  readonly reference?: ConfigReference;
  /** The name or key that exists and was probably meant. */
  readonly meant?: string;
  /** Something shows which side it is; otherwise it is only the likelier one. */
  readonly sure: boolean;
  readonly evidence: readonly Evidence[];
}

/**
 * A reference is taken for the mistake when something that exists has nearly its name and nothing confirms the
 * reference; confirmed it is by a variable of the same name, by other workloads that ask for the same, and by earlier
 * revisions that did: then the object is what is missing or incomplete. An unconfirmed name of nothing is the reference's
 * fault too; a key that an existing object lacks is the object's.
 */
export function blameMissing(model: ClusterModel, owner: Workload, missing: MissingConfig): MissingBlame {
  const { kind, name, key } = missing;
  const target = objectId(kind, owner.namespace, name);
  const references = requiredReferences(owner);
  const reference =
    references.find((entry) => isFor(entry, missing)) ?? references.find((entry) => isFor(entry, { kind, name }));
  const evidence: Evidence[] = [];
  if (reference !== undefined) {
    const text = `asks for ${kind} ${name}${key === undefined ? '' : `, key ${key}`}`;
    const field = key === undefined ? undefined : reference.keyField;
    evidence.push(citeField(owner, field ?? reference.nameField, text, key ?? name));
  }
  const existing = model.get(kind, owner.namespace, name);
  let meant: string | undefined;
  if (existing.state === 'found' && key !== undefined) {
    const known = keysOf(existing.value);
    const keys = known ?? [];
    if (known !== undefined)
      evidence.push(
        citeField(existing.value, 'data', `${kind} ${name} has the keys ${keys.slice(0, 8).join(', ') || '(none)'}`),
      );
    const used = usedKeys(model, missing, owner.namespace);
    const free = keys.filter((entry) => !used.has(entry));
    meant =
      free.find((entry) => plain(entry) === plain(reference?.variable ?? '')) ??
      similarNames(key, free)[0] ??
      slipOf(key, keys);
  } else {
    if (existing.state === 'absent')
      evidence.push({ type: 'absence', what: target, text: `${kind} ${owner.namespace}/${name} does not exist` });
    const names = ownObjects(model, owner.namespace, kind);
    const used = usedObjects(model, owner.namespace, kind);
    const free = names.filter((entry) => !used.has(entry));
    // Left over and used by nobody, it is what a reference to nothing was meant for.
    const plainOnes = free.filter((entry) => isPlain(model, owner.namespace, kind, entry));
    const leftOver = plainOnes.length === 1 && !isNamedAfter(name, owner) ? plainOnes[0] : undefined;
    meant = similarNames(name, free)[0] ?? slipOf(name, names) ?? leftOver;
  }
  const told = isConfirmed(model, owner, missing, reference);
  const confirmed = told || (meant === undefined && isNamedAfter(name, owner));
  return {
    // Nothing exists to be changed but the reference, unless something else shows that the object should be there.
    object: confirmed || (meant === undefined && key !== undefined) ? target : idOf(owner),
    ...(reference === undefined ? {} : { reference }),
    ...(meant === undefined ? {} : { meant }),
    sure: told || meant !== undefined || (existing.state !== 'unknown' && (confirmed || key !== undefined)),
    evidence,
  };
}

function isFor(reference: ConfigReference, { kind, name, key }: MissingConfig): boolean {
  if (reference.kind !== kind || reference.name !== name) return false;
  return key === undefined || reference.key === key;
}

/** Not a certificate or a registry login: those are used by others than Pod templates. */
function isPlain(model: ClusterModel, namespace: string, kind: MissingConfig['kind'], name: string): boolean {
  const object = model.get(kind, namespace, name);
  return object.state === 'found' && (!('type' in object.value) || object.value.type === 'Opaque');
}

/** `web-config` for workload `web`: a name that somebody chose for it. */
function isNamedAfter(name: string, owner: Workload): boolean {
  return name.length > owner.name.length && name.startsWith(owner.name) && /^[-._]/.test(name.slice(owner.name.length));
}

function isConfirmed(
  model: ClusterModel,
  owner: Workload,
  missing: MissingConfig,
  reference: ConfigReference | undefined,
): boolean {
  if (missing.key !== undefined && plain(reference?.variable ?? '') === plain(missing.key)) return true;
  const others = templated(model, owner.namespace).filter((workload) => idOf(workload) !== idOf(owner));
  const former = formerTemplates(model, owner).map((entry) => entry.replicaSet);
  return [...others, ...former].some((workload) => requiredReferences(workload).some((entry) => isFor(entry, missing)));
}

/** `DB_HOST`, `db-host` and `db.host` are one name to a reader. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

const TEMPLATED = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ReplicationController'] as const;

function templated(model: ClusterModel, namespace: string): readonly Workload[] {
  return TEMPLATED.flatMap((kind) => model.listIn(kind, namespace));
}

function usedKeys(model: ClusterModel, { kind, name }: MissingConfig, namespace: string): ReadonlySet<string> {
  const references = templated(model, namespace).flatMap(requiredReferences);
  return new Set(references.flatMap((entry) => (entry.kind === kind && entry.name === name ? (entry.key ?? []) : [])));
}

/** A name in use elsewhere is meant only when the wanted one is plainly that name with something added, lost or mistyped. */
function slipOf(wanted: string, names: readonly string[]): string | undefined {
  return names.find((name) => {
    const [short, long] = name.length < wanted.length ? [name, wanted] : [wanted, name];
    if (short.length >= 3 && long.startsWith(short) && /^[-._]/.test(long.slice(short.length))) return true;
    return name.length > 4 && editDistance(name, wanted, 2) <= 2;
  });
}

function usedObjects(model: ClusterModel, namespace: string, kind: MissingConfig['kind']): ReadonlySet<string> {
  const references = templated(model, namespace).flatMap(requiredReferences);
  return new Set(references.flatMap((entry) => (entry.kind === kind ? [entry.name] : [])));
}

/** Objects of the namespace that people made; those that the cluster makes for itself do not count. */
function ownObjects(model: ClusterModel, namespace: string, kind: MissingConfig['kind']): readonly string[] {
  return model
    .listIn(kind, namespace)
    .filter((object) => object.name !== 'kube-root-ca.crt')
    .filter(
      (object) => !('type' in object) || !/^(?:kubernetes\.io\/service-account-token|helm\.sh\/)/.test(object.type),
    )
    .map((object) => object.name);
}

/** Required keys that a ConfigMap or Secret of the input lacks, by the workloads behind the path; one per workload. */
export function missingOnPath(
  model: ClusterModel,
  trace: Trace,
): readonly { readonly owner: Workload; readonly missing: MissingConfig }[] {
  const owners = new Map<ObjectId, Workload>();
  for (const { path } of resolvedBackends(trace)) {
    for (const pod of podsBehind(path)) {
      const owner = workloadOf(model, pod);
      if (owner !== undefined) owners.set(idOf(owner), owner);
    }
  }
  return [...owners.values()].flatMap((owner) => {
    const missing = requiredReferences(owner).find((entry) => lacksKey(model, owner.namespace, entry));
    return missing === undefined ? [] : [{ owner, missing }];
  });
}

function lacksKey(model: ClusterModel, namespace: string, { kind, name, key }: MissingConfig): boolean {
  if (key === undefined) return false;
  const object = model.get(kind, namespace, name);
  if (object.state !== 'found') return false;
  return keysOf(object.value)?.includes(key) === false;
}

/** Undefined for a Secret of which only the metadata was read. */
function keysOf(object: ConfigMap | Secret): readonly string[] | undefined {
  return object.kind === 'ConfigMap' ? Object.keys(object.data) : object.keys;
}
