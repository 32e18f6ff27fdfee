import { kubectlName } from '../base/kubectl-name.ts';
import type { ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from './cluster-model.ts';
import { groupOf } from './project/index.ts';

/** An object of the model as words of a kubectl command, with its API group where another group has a kind of that name. */
export function commandName(model: ClusterModel, id: ObjectId): string {
  const apiVersion = model.raw(id)?.apiVersion;
  return kubectlName(id, typeof apiVersion === 'string' ? groupOf(apiVersion) : undefined);
}
