import type { Pod } from '../../../model/kinds/pod.ts';
import type { Requirement, Selector } from '../../../model/meta.ts';
import { selects } from '../../../model/selector.ts';
import { both, doubt, type Match } from '../match.ts';
import { type NamespaceView, selectsNamespace } from '../namespace-labels.ts';

const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABEL = 'io.cilium.k8s.namespace.labels.';
const SERVICE_ACCOUNT = 'io.cilium.k8s.policy.serviceaccount';

/** Labels that Cilium keeps out of identities unless it is told otherwise (Documentation/operations/performance/scalability/identity-relevant-labels). */
const UNSEEN =
  /^(?:pod-template-(?:hash|generation)|controller-revision-hash|statefulset\.kubernetes\.io\/|apps\.kubernetes\.io\/|annotation|etcd_node)|(?:^|\.)beta\.kubernetes\.io\/|^(?:[a-z.-]+\.)?k8s\.io\//;

/** Does an endpoint selector pick a Pod? `home` is the namespace it is limited to unless it names one itself. */
export function selectsEndpoint(
  selector: Selector,
  pod: Pod,
  namespace: NamespaceView,
  home: string | undefined,
): Match {
  const limited = home === undefined || selector.requirements.some(({ key }) => plainKey(key) === NAMESPACE);
  let result: Match = limited || pod.namespace === home;
  for (const requirement of selector.requirements) {
    result = both(matchRequirement(requirement, pod, namespace), result);
    if (result === false) return false;
  }
  return result;
}

function matchRequirement(requirement: Requirement, pod: Pod, namespace: NamespaceView): Match {
  if (requirement.key.startsWith('reserved:'))
    return requirement.operator === 'NotIn' || requirement.operator === 'DoesNotExist';
  const key = plainKey(requirement.key);
  if (key === NAMESPACE) return holds({ ...requirement, key }, { [NAMESPACE]: pod.namespace });
  if (key === SERVICE_ACCOUNT) return holds({ ...requirement, key }, { [SERVICE_ACCOUNT]: pod.spec.serviceAccount });
  if (key.startsWith(NAMESPACE_LABEL)) {
    const plain = { ...requirement, key: key.slice(NAMESPACE_LABEL.length) };
    return selectsNamespace({ requirements: [plain] }, namespace);
  }
  if (key.startsWith('io.cilium.') || UNSEEN.test(key))
    return doubt(`what Cilium knows of the label ${key} is not known`);
  return holds({ ...requirement, key }, pod.labels);
}

function holds(requirement: Requirement, labels: Readonly<Record<string, string>>): boolean {
  return selects({ requirements: [requirement] }, labels);
}

/** Keys may carry the source of the label in front: `k8s:app`, `any:app`. */
function plainKey(key: string): string {
  return key.replace(/^(?:k8s|any):/, '');
}
