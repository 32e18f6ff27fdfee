import { found, type Lookup, unknown } from '../../../base/lookup.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import type { Pod } from '../../../model/kinds/pod.ts';
import type { Service } from '../../../model/kinds/service.ts';
import {
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readOptionalObject,
  readString,
  readStringMap,
  readStrings,
} from '../../../model/project/read.ts';
import { listGloo, namespaceOf, specOf } from './objects.ts';

export interface GlooGateway {
  readonly object: ForeignObject;
  readonly namespace: string;
  readonly bindPort: number;
  readonly ssl: boolean;
  readonly proxies: readonly string[];
}

/** HTTP gateways (projects/gateway/api/v1/gateway.proto); TCP and hybrid ones are not read. */
export function readGateways(model: ClusterModel): readonly GlooGateway[] {
  return listGloo(model, 'Gateway').flatMap((object) => {
    const spec = specOf(object);
    if (readOptionalObject(spec, 'httpGateway') === undefined) return [];
    const proxies = readStrings(spec, 'proxyNames');
    return [
      {
        object,
        namespace: namespaceOf(object),
        bindPort: readNumber(spec, 'bindPort') ?? 0,
        ssl: readBoolean(spec, 'ssl') === true,
        proxies: proxies.length > 0 ? proxies : ['gateway-proxy'],
      },
    ];
  });
}

/**
 * Does a Gateway take a VirtualService? Its TLS must fit, and it may list VirtualServices, or select them by label and
 * namespace (http_gateway.proto HttpGateway; projects/gateway/pkg/translator/http_translator.go).
 */
export function takes(gateway: GlooGateway, virtualService: ForeignObject): boolean {
  if (gateway.ssl !== (readOptionalObject(specOf(virtualService), 'sslConfig') !== undefined)) return false;
  const http = readObject(specOf(gateway.object), 'httpGateway');
  const listed = readObjects(http, 'virtualServices');
  if (listed.length > 0) {
    return listed.some(
      (ref) =>
        readString(ref, 'name') === virtualService.name &&
        (readString(ref, 'namespace') || gateway.namespace) === namespaceOf(virtualService),
    );
  }
  const namespaces = readStrings(http, 'virtualServiceNamespaces');
  if (namespaces.length > 0 && !namespaces.includes('*') && !namespaces.includes(namespaceOf(virtualService)))
    return false;
  const selector = readStringMap(http, 'virtualServiceSelector');
  return Object.entries(selector).every(
    ([key, value]) => Object.hasOwn(virtualService.labels, key) && virtualService.labels[key] === value,
  );
}

/** One proxy: all Gateways that name it, its Pods and Services (install/helm/gloo/templates/7-gateway-proxy-deployment.yaml). */
export interface GlooProxy {
  readonly name: string;
  readonly namespace: string;
  readonly gateways: readonly GlooGateway[];
  readonly pods: Lookup<readonly Pod[]>;
  readonly services: readonly Service[];
}

export function groupByProxy(model: ClusterModel, gateways: readonly GlooGateway[]): readonly GlooProxy[] {
  const groups = new Map<string, { name: string; namespace: string; gateways: GlooGateway[] }>();
  for (const gateway of gateways) {
    for (const name of gateway.proxies) {
      const key = `${gateway.namespace}/${name}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { name, namespace: gateway.namespace, gateways: [gateway] });
      else group.gateways.push(gateway);
    }
  }
  return [...groups.values()].map((group) => {
    const label = { 'gateway-proxy-id': group.name };
    const services = model
      .listIn('Service', group.namespace)
      .filter(({ name, selector }) => name === group.name || selector?.['gateway-proxy-id'] === group.name);
    return { ...group, services, pods: lookupPods(model, group.namespace, label) };
  });
}

function lookupPods(
  model: ClusterModel,
  namespace: string,
  label: Readonly<Record<string, string>>,
): Lookup<readonly Pod[]> {
  const pods = model.podsMatching(namespace, label);
  if (pods.length > 0) return found(pods);
  const complete = model.isRead('Pod', namespace) && !model.manifestsOnly;
  return complete
    ? found([])
    : unknown(`no Pod of the proxy was read in ${namespace}`, `kubectl get pods -n ${namespace} -o yaml`);
}

/** The port clients use: that of the Service that leads to the bound port. */
export function exposedPort(services: readonly Service[], bindPort: number): number {
  const ports = services.flatMap((service) => service.ports);
  return ports.find(({ targetPort }) => targetPort === bindPort)?.port ?? bindPort;
}
