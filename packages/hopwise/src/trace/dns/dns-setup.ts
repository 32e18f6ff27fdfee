import { idOf, splitId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { ConfigMap } from '../../model/kinds/cluster.ts';
import type { Service } from '../../model/kinds/service.ts';
import { type Corefile, parseCorefile } from './corefile.ts';

/** Cluster DNS as far as the input shows it. */
export interface DnsSetup {
  readonly services: readonly Service[];
  readonly config?: ConfigMap;
  /** Undefined: no Corefile is in the input, or it could not be parsed. */
  readonly corefile?: Corefile;
  readonly unparsable: boolean;
  /** The domain that kubelets write into search paths. */
  readonly domain: string;
}

const SETUPS = new WeakMap<ClusterModel, DnsSetup>();

export function dnsSetupOf(model: ClusterModel): DnsSetup {
  let setup = SETUPS.get(model);
  if (setup === undefined) {
    setup = readSetup(model);
    SETUPS.set(model, setup);
  }
  return setup;
}

/** Namespaces in which distributions run cluster DNS; anything else called CoreDNS is somebody's own. */
const DNS_NAMESPACES: ReadonlySet<string> = new Set(['kube-system', 'openshift-dns', 'coredns']);

function readSetup(model: ClusterModel): DnsSetup {
  const services = model.list('Service').filter(isClusterDns);
  const config = findConfig(model, services);
  const text = config?.data.Corefile;
  const corefile =
    config === undefined || text === undefined ? undefined : parseCorefile(text, importsOf(model, config));
  return {
    services,
    ...(config === undefined ? {} : { config }),
    ...(corefile === undefined ? {} : { corefile }),
    unparsable: text !== undefined && corefile === undefined,
    domain: kubeletDomain(model) ?? (corefile === undefined ? undefined : corefileDomain(corefile)) ?? 'cluster.local',
  };
}

/** The label is CoreDNS's own manifests'; OpenShift names its Service dns-default. */
function isClusterDns(service: Service): boolean {
  if (!DNS_NAMESPACES.has(service.namespace) || service.headless) return false;
  return (
    service.labels['k8s-app'] === 'kube-dns' ||
    service.name === 'kube-dns' ||
    (service.namespace === 'openshift-dns' && service.name === 'dns-default')
  );
}

/** The ConfigMap that the DNS Pods mount; where no Pod shows it, the one with a Corefile that serves the cluster. */
function findConfig(model: ClusterModel, services: readonly Service[]): ConfigMap | undefined {
  const candidates = model
    .list('ConfigMap')
    .filter((map) => map.data.Corefile !== undefined && DNS_NAMESPACES.has(map.namespace));
  const mounted = new Set(
    services.flatMap((service) =>
      model
        .podsMatching(service.namespace, service.selector ?? {})
        .filter(() => service.selector !== undefined)
        .flatMap((pod) =>
          pod.spec.volumes.flatMap((volume) =>
            volume.kind === 'ConfigMap' ? [`${pod.namespace}/${volume.source}`] : [],
          ),
        ),
    ),
  );
  return (
    candidates.find((map) => mounted.has(`${map.namespace}/${map.name}`)) ??
    candidates.find((map) => map.name === 'coredns' || map.name === 'dns-default') ??
    candidates.find((map) => map.name.endsWith('coredns'))
  );
}

/** `import custom/*.override`: the keys of that ending in `<name>-custom`, which managed clusters mount beside the Corefile. */
function importsOf(model: ClusterModel, config: ConfigMap): (pattern: string) => readonly string[] | undefined {
  return (pattern) => {
    const custom = model.get('ConfigMap', config.namespace, `${config.name}-custom`);
    if (custom.state === 'unknown') return undefined;
    if (custom.state === 'absent') return pattern.includes('*') ? [] : undefined;
    const file = pattern.slice(pattern.lastIndexOf('/') + 1);
    const { data } = custom.value;
    if (!file.startsWith('*')) return data[file] === undefined ? undefined : [data[file]];
    return Object.keys(data)
      .filter((key) => key.endsWith(file.slice(1)))
      .sort()
      .map((key) => data[key] ?? '');
  };
}

/** `clusterDomain` of the kubelet configuration that kubeadm keeps in kube-system. */
function kubeletDomain(model: ClusterModel): string | undefined {
  for (const map of model.listIn('ConfigMap', 'kube-system')) {
    if (!map.name.startsWith('kubelet-config')) continue;
    const domain = /^clusterDomain:[ \t]*"?([A-Za-z0-9.-]{1,253})"?[ \t]*$/m.exec(map.data.kubelet ?? '')?.[1];
    if (domain !== undefined) return domain.toLowerCase().replace(/\.$/, '');
  }
  return undefined;
}

/** The first forward zone of a `kubernetes` directive. */
function corefileDomain(corefile: Corefile): string | undefined {
  return kubernetesZones(corefile).find((zone) => !zone.endsWith('.arpa') && zone !== '');
}

/** Every zone that some `kubernetes` directive serves. */
export function kubernetesZones(corefile: Corefile): readonly string[] {
  return corefile.servers.flatMap((server) =>
    server.directives
      .filter((directive) => directive.name === 'kubernetes')
      .flatMap((directive) =>
        directive.args.length > 0
          ? directive.args.map((zone) => zone.toLowerCase().replace(/\.$/, ''))
          : server.zones.map(({ zone }) => zone),
      ),
  );
}

/** `ConfigMap kube-system/coredns`, or what stands for it where there is none in the input. */
export function configName(setup: DnsSetup): string {
  if (setup.config === undefined) return 'the default CoreDNS configuration';
  const { namespace, name } = splitId(idOf(setup.config));
  return `ConfigMap ${namespace}/${name}`;
}
