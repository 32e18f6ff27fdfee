import { found, type Lookup, unknown } from '../base/lookup.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';

/** `ns/pod`, `pod/ns/name`, `deployment/ns/name` (any workload kind, any case) to the Pods that ask. */
export function findCallers(model: ClusterModel, as: string): Lookup<readonly Pod[]> {
  const parts = as.split('/');
  if (parts.length === 2 || parts[0]?.toLowerCase() === 'pod') {
    const [namespace = '', name = ''] = parts.slice(-2);
    const pod = model.get('Pod', namespace, name);
    return pod.state === 'found' ? found([pod.value]) : pod;
  }
  const [kind = '', namespace = '', name = ''] = parts;
  const wanted = `${kind}/${namespace}/${name}`.toLowerCase();
  const pods = model.listIn('Pod', namespace).filter((pod) => model.controllerOf(pod).toLowerCase() === wanted);
  const running = pods.filter((pod) => pod.phase !== 'Succeeded' && pod.phase !== 'Failed');
  if (pods.length > 0) return found(running.length > 0 ? running : pods);
  return unknown(`no Pod of ${as} is in the input`, `kubectl get pods -n ${namespace} -o yaml`);
}
