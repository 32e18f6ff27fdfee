import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Service } from '../../model/kinds/service.ts';
import type { Directive } from './corefile.ts';

/** What the `kubernetes` plugin answers for one name of its zone. */
export type NameRecord =
  | { readonly state: 'service'; readonly service: Service; readonly addresses: readonly string[] }
  | { readonly state: 'pod'; readonly pod?: Pod; readonly addresses: readonly string[] }
  | { readonly state: 'alias'; readonly service: Service; readonly target: string }
  | { readonly state: 'nxdomain'; readonly why: string; readonly service?: Service }
  | { readonly state: 'unknown'; readonly why: string; readonly settledBy?: string };

export const NO_SUCH_NAME = 'cluster DNS has no such name';
const NO_SUCH: NameRecord = { state: 'nxdomain', why: NO_SUCH_NAME };

/** Address records by the Kubernetes DNS specification (kubernetes/dns docs/specification.md; CoreDNS plugin/kubernetes). */
export function lookupRecord(
  model: ClusterModel,
  labels: readonly string[],
  plugin: Directive | undefined,
): NameRecord {
  const type = labels.at(-1);
  const namespace = labels.at(-2);
  if (namespace === undefined || labels.length < 3) return NO_SUCH;
  const restricted = restrictionOf(plugin, namespace);
  if (restricted !== undefined) return restricted;
  if (type === 'pod') return labels.length === 3 ? lookupPod(model, labels[0] ?? '', namespace, plugin) : NO_SUCH;
  if (type !== 'svc') return NO_SUCH;
  const service = model.get('Service', namespace, labels.at(-3) ?? '');
  if (service.state === 'unknown') {
    // A search domain turns outside names into ones of namespaces that nobody has; those are no open question.
    if (!model.namespaces().includes(namespace)) return NO_SUCH;
    return service.settledBy === undefined
      ? { state: 'unknown', why: service.why }
      : { state: 'unknown', why: service.why, settledBy: service.settledBy };
  }
  if (service.state === 'absent') return NO_SUCH;
  if (labels.length > 4) return NO_SUCH;
  return lookupService(model, service.value, labels.length === 4 ? labels[0] : undefined, plugin);
}

/** `namespaces` limits what is served; selectors by label are not followed. */
function restrictionOf(plugin: Directive | undefined, namespace: string): NameRecord | undefined {
  const namespaces = plugin?.block.find((option) => option.name === 'namespaces');
  if (namespaces !== undefined && !namespaces.args.includes(namespace)) {
    return { state: 'nxdomain', why: `cluster DNS serves only the namespaces ${namespaces.args.join(', ')}` };
  }
  const selecting = plugin?.block.find((option) => option.name === 'namespace_labels' || option.name === 'labels');
  if (selecting === undefined) return undefined;
  return { state: 'unknown', why: `cluster DNS serves only objects that its option ${selecting.name} selects` };
}

function lookupService(
  model: ClusterModel,
  service: Service,
  endpoint: string | undefined,
  plugin: Directive | undefined,
): NameRecord {
  if (service.type === 'ExternalName') {
    if (endpoint !== undefined) return NO_SUCH;
    return { state: 'alias', service, target: service.externalName ?? '' };
  }
  if (endpoint === undefined && !service.headless) {
    return { state: 'service', service, addresses: service.clusterIPs };
  }
  if (hasOption(plugin, 'noendpoints'))
    return { state: 'nxdomain', why: 'cluster DNS does not serve endpoints', service };
  const slices = model.slicesOf(service);
  if (slices.state === 'unknown') return { state: 'unknown', why: slices.why };
  const endpoints = (slices.state === 'found' ? slices.value : []).flatMap((slice) =>
    slice.endpoints.filter((entry) => entry.ready || service.publishNotReadyAddresses),
  );
  if (endpoint === undefined) {
    const addresses = [...new Set(endpoints.flatMap((entry) => entry.addresses))];
    return addresses.length === 0
      ? { state: 'nxdomain', why: 'it is headless and has no ready endpoint, so it has no address', service }
      : { state: 'service', service, addresses };
  }
  const byPodName = hasOption(plugin, 'endpoint_pod_names');
  const own = endpoints.find(
    (entry) =>
      entry.hostname === endpoint ||
      (byPodName && entry.hostname === undefined && entry.target?.name === endpoint) ||
      (entry.hostname === undefined && entry.addresses.some((address) => dashed(address) === endpoint)),
  );
  if (own === undefined)
    return { state: 'nxdomain', why: `no ready endpoint of it has the hostname ${endpoint}`, service };
  const pod =
    own.target === undefined ? undefined : model.get('Pod', own.target.namespace || service.namespace, own.target.name);
  return { state: 'pod', addresses: own.addresses, ...(pod?.state === 'found' ? { pod: pod.value } : {}) };
}

/** `10-1-2-3.namespace.pod`: answered without looking by `pods insecure`, not at all by default. */
function lookupPod(model: ClusterModel, label: string, namespace: string, plugin: Directive | undefined): NameRecord {
  const mode =
    plugin === undefined ? 'insecure' : (plugin.block.find((option) => option.name === 'pods')?.args[0] ?? 'disabled');
  if (mode === 'disabled') return { state: 'nxdomain', why: 'cluster DNS does not serve Pod names (pods disabled)' };
  const address = /^[0-9]{1,3}(?:-[0-9]{1,3}){3}$/.test(label)
    ? label.replaceAll('-', '.')
    : label.replaceAll('-', ':');
  const pod = model.podByIP(address);
  const found = pod.state === 'found' && pod.value.namespace === namespace ? pod.value : undefined;
  if (found !== undefined) return { state: 'pod', pod: found, addresses: [address] };
  if (mode === 'verified') return pod.state === 'unknown' ? { state: 'unknown', why: pod.why } : NO_SUCH;
  return /^[0-9a-f.:]{2,45}$/.test(address) ? { state: 'pod', addresses: [address] } : NO_SUCH;
}

function hasOption(plugin: Directive | undefined, name: string): boolean {
  return plugin?.block.some((option) => option.name === name) ?? false;
}

function dashed(address: string): string {
  return address.replaceAll('.', '-').replaceAll(':', '-');
}
