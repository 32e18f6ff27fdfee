import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import type { PolicyDirection } from '../../../model/kinds/network-policy.ts';
import type { Meta, Selector } from '../../../model/meta.ts';
import { isObject, readBoolean, readList, readObject, readObjects, readSelector } from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';

/** One `spec` of a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy. */
export interface CiliumSpec {
  readonly object: Meta;
  /** Path of the spec in its object. */
  readonly path: readonly (string | number)[];
  /** Undefined for policies about hosts. */
  readonly endpoints?: Selector;
  /** The namespace that selectors are limited to; undefined for clusterwide policies. */
  readonly home?: string;
  readonly defaultDeny: Readonly<Record<PolicyDirection, boolean>>;
  readonly allow: Readonly<Record<PolicyDirection, readonly JsonObject[]>>;
  readonly deny: Readonly<Record<PolicyDirection, readonly JsonObject[]>>;
}

/** Reads `spec` or `specs` (cilium/cilium pkg/policy/api/rule.go). */
export function readCiliumSpecs(object: ForeignObject): readonly CiliumSpec[] {
  const spec = object.spec as JsonObject;
  const several = readList(spec, 'specs');
  if (several.length === 0) return [readSpec(object, spec, ['spec'])];
  return several.flatMap((entry, index) => (isObject(entry) ? [readSpec(object, entry, ['specs', index])] : []));
}

function readSpec(object: ForeignObject, spec: JsonObject, path: CiliumSpec['path']): CiliumSpec {
  const endpoints = readSelector(spec, 'endpointSelector');
  const list = (key: string): readonly JsonObject[] => readObjects(spec, key);
  const wanted = readObject(spec, 'enableDefaultDeny');
  // Rule.Sanitize: a direction with at least one rule is denied by default unless the policy says otherwise.
  const denies = (direction: PolicyDirection): boolean =>
    readBoolean(wanted, direction) ?? (list(direction).length > 0 || list(`${direction}Deny`).length > 0);
  return {
    object,
    path,
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(object.namespace === '' ? {} : { home: object.namespace }),
    defaultDeny: { ingress: denies('ingress'), egress: denies('egress') },
    allow: { ingress: list('ingress'), egress: list('egress') },
    deny: { ingress: list('ingressDeny'), egress: list('egressDeny') },
  };
}
