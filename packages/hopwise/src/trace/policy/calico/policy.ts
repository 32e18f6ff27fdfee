import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import type { PolicyDirection } from '../../../model/kinds/network-policy.ts';
import type { Meta } from '../../../model/meta.ts';
import {
  hasField,
  readBoolean,
  readNumber,
  readObjects,
  readString,
  readStrings,
} from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';
import { type Expression, parseSelector } from './selector.ts';

/** A Calico NetworkPolicy or GlobalNetworkPolicy. */
export interface CalicoPolicy {
  readonly object: Meta;
  readonly tier: string;
  /** Infinity: behind every policy that has an order. */
  readonly order: number;
  /** Undefined: a selector that cannot be read. */
  readonly selector: Expression | undefined;
  readonly namespaceSelector: Expression | undefined;
  readonly limitedByAccount: boolean;
  readonly types: readonly PolicyDirection[];
  readonly ingress: readonly JsonObject[];
  readonly egress: readonly JsonObject[];
}

export interface CalicoTier {
  readonly name: string;
  /** Undefined: the Tier object was not read. */
  readonly order: number | undefined;
  /** What happens to traffic of selected Pods that no policy of the tier decides. */
  readonly end: 'deny' | 'pass';
  readonly policies: readonly CalicoPolicy[];
}

const KINDS = [
  'NetworkPolicy.crd.projectcalico.org',
  'NetworkPolicy.projectcalico.org',
  'GlobalNetworkPolicy',
] as const;
export const DEFAULT_TIER = 'default';
/** projectcalico/calico api/pkg/apis/projectcalico/v3 tier.go: order of the default tier. */
const DEFAULT_TIER_ORDER = 1_000_000;

const TIERS = new WeakMap<ClusterModel, readonly CalicoTier[]>();

/** The tiers that hold policies, in order; tiers whose order is not known come first. */
export function calicoTiersOf(model: ClusterModel): readonly CalicoTier[] {
  let tiers = TIERS.get(model);
  if (tiers === undefined) {
    tiers = readTiers(model);
    TIERS.set(model, tiers);
  }
  return tiers;
}

function readTiers(model: ClusterModel): readonly CalicoTier[] {
  const byTier = new Map<string, Map<string, CalicoPolicy>>();
  for (const object of KINDS.flatMap((kind) => model.foreign(kind))) {
    if (!object.apiVersion.includes('projectcalico.org/')) continue;
    const policy = readPolicy(object);
    const tier = byTier.get(policy.tier) ?? new Map<string, CalicoPolicy>();
    // The same policy may be read twice: from its CRD and from Calico's API server.
    tier.set(`${object.namespace}/${object.name}`, policy);
    byTier.set(policy.tier, tier);
  }
  return [...byTier]
    .map(([name, policies]): CalicoTier => {
      const object = model.foreign('Tier').find((tier) => tier.name === name);
      const spec = object?.spec as JsonObject | undefined;
      const order = spec === undefined ? undefined : (readNumber(spec, 'order') ?? Number.POSITIVE_INFINITY);
      return {
        name,
        order: order ?? (name === DEFAULT_TIER ? DEFAULT_TIER_ORDER : undefined),
        end: spec !== undefined && readString(spec, 'defaultAction') === 'Pass' ? 'pass' : 'deny',
        policies: [...policies.values()].sort(byOrder),
      };
    })
    .sort((left, right) => (left.order ?? -1) - (right.order ?? -1));
}

function readPolicy(object: ForeignObject): CalicoPolicy {
  const spec = object.spec as JsonObject;
  const ingress = readObjects(spec, 'ingress');
  const egress = readObjects(spec, 'egress');
  const namespaceSelector = readString(spec, 'namespaceSelector');
  return {
    object,
    tier: readString(spec, 'tier') ?? DEFAULT_TIER,
    order: readNumber(spec, 'order') ?? Number.POSITIVE_INFINITY,
    selector: parseSelector(readString(spec, 'selector') ?? ''),
    namespaceSelector: namespaceSelector === undefined ? () => true : parseSelector(namespaceSelector),
    limitedByAccount: hasField(spec, 'serviceAccountSelector'),
    types: readTypes(spec, ingress.length, egress.length),
    ingress: readBoolean(spec, 'preDNAT') === true || readBoolean(spec, 'doNotTrack') === true ? [] : ingress,
    egress,
  };
}

/** Without types the rules say which directions are meant (libcalico-go/lib/clientv3 defaultPolicyTypesField). */
function readTypes(spec: JsonObject, ingress: number, egress: number): readonly PolicyDirection[] {
  if (readBoolean(spec, 'preDNAT') === true || readBoolean(spec, 'doNotTrack') === true) return [];
  const types = readStrings(spec, 'types');
  if (types.length === 0) {
    if (egress === 0) return ['ingress'];
    return ingress === 0 ? ['egress'] : ['ingress', 'egress'];
  }
  return (['ingress', 'egress'] as const).filter((direction) => types.some((type) => type.toLowerCase() === direction));
}

function byOrder(left: CalicoPolicy, right: CalicoPolicy): number {
  if (left.order !== right.order) return left.order < right.order ? -1 : 1;
  return left.object.name < right.object.name ? -1 : left.object.name > right.object.name ? 1 : 0;
}
