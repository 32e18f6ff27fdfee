import { idOf, type ObjectId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { ForeignObject } from '../../model/kinds/cluster.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import { readObject, readSelector, readStrings } from '../../model/project/read.ts';
import { selects } from '../../model/selector.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { judgeGroups } from './aws.ts';
import type { FirewallVerdict } from './rule-set.ts';

/** A SecurityGroupPolicy (vpcresources.k8s.aws) that gives a Pod security groups of its own. */
export interface PodGroup {
  readonly id: ObjectId;
  readonly object: ForeignObject;
  readonly groupIds: readonly string[];
  /** What the groups say, when they are objects in the cluster too; undefined when they are not. */
  readonly judge: (port: number, addresses: readonly string[]) => FirewallVerdict | undefined;
}

/** Undefined for Pods with their node's groups. */
export function podGroupOf(model: ClusterModel, pod: Pod): PodGroup | undefined {
  const object = model
    .foreign('SecurityGroupPolicy')
    .find((policy) => policy.namespace === pod.namespace && isSelected(policy.spec as JsonObject, pod));
  if (object === undefined) return undefined;
  const groupIds = readStrings(readObject(object.spec as JsonObject, 'securityGroups'), 'groupIds');
  return {
    id: idOf(object),
    object,
    groupIds,
    judge: (port, addresses) => judgeGroups(model, groupIds, port, addresses),
  };
}

/** Pods are chosen by label; by service account only the API server can tell. */
function isSelected(spec: JsonObject, pod: Pod): boolean {
  const selector = readSelector(spec, 'podSelector');
  return selector !== undefined && selector.requirements.length > 0 && selects(selector, pod.labels);
}
