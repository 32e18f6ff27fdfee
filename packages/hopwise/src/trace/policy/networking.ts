import type { ClusterModel } from '../../model/cluster-model.ts';
import type { PodSpec } from '../../model/kinds/pod.ts';
import type { NamespaceView } from './namespace-labels.ts';
import { viewNamespace } from './namespace-labels.ts';

/** The Pod network implementations of a cluster, as far as their agents show, and what they do about policies. */
export interface Networking {
  readonly providers: readonly string[];
  /** Set when the cluster plainly runs only implementations that ignore NetworkPolicy: the sentence that says so. */
  readonly ignoresPolicies?: string;
  /** The source addresses of node traffic cannot be worked out from Node objects. */
  readonly hidesNodeSources: boolean;
  readonly cilium: boolean;
  /** Namespaces that stand for host-network traffic (OVN-Kubernetes on OpenShift). */
  readonly hostNamespaces: readonly NamespaceView[];
}

interface Provider {
  readonly name: string;
  /** Image repositories of the node agent end in one of these. */
  readonly images: readonly string[];
  readonly enforces: boolean;
  readonly hidesNodeSources?: boolean;
}

/** Agents by the last parts of their image repository. */
const PROVIDERS: readonly Provider[] = [
  { name: 'Calico', images: ['calico/node', 'calico-node', 'hardened-calico', 'mirrored-calico-node'], enforces: true },
  {
    name: 'Cilium',
    images: ['cilium/cilium', 'cilium/cilium-ci', 'mirrored-cilium-cilium', 'hardened-cilium'],
    enforces: true,
  },
  {
    name: 'flannel',
    images: ['flannel', 'flannel/flannel', 'mirrored-flannel-flannel', 'hardened-flannel'],
    enforces: false,
  },
  { name: 'Weave Net', images: ['weave-kube', 'weave-npc'], enforces: true, hidesNodeSources: true },
  { name: 'kube-router', images: ['kube-router'], enforces: true },
  {
    name: 'Antrea',
    images: ['antrea-agent-ubuntu', 'antrea-agent-ubi', 'antrea-ubuntu', 'antrea-agent'],
    enforces: true,
    hidesNodeSources: true,
  },
  {
    name: 'OVN-Kubernetes',
    images: ['ovn-kubernetes', 'ovn-kube-u', 'ovn-kube-f', 'ovnkube'],
    enforces: true,
    hidesNodeSources: true,
  },
  { name: 'Kube-OVN', images: ['kube-ovn'], enforces: true, hidesNodeSources: true },
  { name: 'Azure network policy manager', images: ['azure-npm'], enforces: true },
  { name: 'AWS network policy agent', images: ['aws-network-policy-agent'], enforces: true },
  { name: 'kube-network-policies', images: ['kube-network-policies'], enforces: true },
  { name: 'kindnet', images: ['kindnetd'], enforces: true },
  { name: 'Romana', images: ['romana-agent'], enforces: true },
  { name: 'Canal', images: ['canal-node'], enforces: true },
];

/** Distributions whose kubelet version gives them away; both run a policy controller of their own beside flannel. */
const ENFORCING_DISTRIBUTION = /\+(?:k3s|rke2)/;
const FLANNEL_ANNOTATION = 'flannel.alpha.coreos.com/backend-type';

export function readNetworking(model: ClusterModel): Networking {
  const specs = agentSpecsOf(model);
  const agents = PROVIDERS.filter((provider) => specs.some((spec) => runs(spec, provider)));
  const nodes = model.list('Node');
  const flannelNodes = nodes.length > 0 && nodes.every((node) => Object.hasOwn(node.annotations, FLANNEL_ANNOTATION));
  const enforcing =
    agents.some((provider) => provider.enforces) ||
    nodes.some(
      (node) =>
        ENFORCING_DISTRIBUTION.test(node.kubeletVersion ?? '') ||
        Object.keys(node.annotations).some((name) => name.startsWith('projectcalico.org/')),
    );
  const onlyFlannel = !enforcing && flannelNodes && agents.some((provider) => provider.name === 'flannel');
  const openshift = model.namespaces().includes('openshift-host-network') ? ['openshift-host-network'] : [];
  return {
    providers: agents.map((provider) => provider.name),
    ...(onlyFlannel
      ? { ignoresPolicies: 'the cluster runs only flannel as Pod network, which does not enforce NetworkPolicy' }
      : {}),
    hidesNodeSources: agents.some((provider) => provider.hidesNodeSources === true),
    cilium: agents.some((provider) => provider.name === 'Cilium'),
    hostNamespaces: openshift.map((name) => viewNamespace(model, name)),
  };
}

/** Node agents are DaemonSets; where none was read, host-network Pods stand in. */
function agentSpecsOf(model: ClusterModel): readonly PodSpec[] {
  const sets = model.list('DaemonSet');
  if (sets.length > 0) return sets.map((set) => set.template.spec);
  return model
    .list('Pod')
    .filter((pod) => pod.spec.hostNetwork)
    .map((pod) => pod.spec);
}

function runs(spec: PodSpec, provider: Provider): boolean {
  return spec.containers.some((container) => {
    const repository = repositoryOf(container.image);
    return provider.images.some((name) => repository === name || repository.endsWith(`/${name}`));
  });
}

/** The image without tag and digest; a registry's port is no tag. */
function repositoryOf(image: string): string {
  const plain = image.split('@')[0] ?? image;
  const colon = plain.lastIndexOf(':');
  return colon > plain.lastIndexOf('/') ? plain.slice(0, colon) : plain;
}
