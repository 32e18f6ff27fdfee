import { idOf, objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import { readObject, readOptionalObject, readString, readStrings } from '../../../model/project/read.ts';
import type { Dialect, DialectResult } from '../../dialect.ts';
import { withEntrances } from '../../entrances.ts';
import { ENVOY_FAILURES } from '../../envoy.ts';
import type {
  GatewayInstance,
  Listener,
  ListenerTls,
  NotUnderstood,
  UnattachedRoute,
  VirtualHost,
} from '../../route-table.ts';
import { exposedPort, type GlooGateway, type GlooProxy, groupByProxy, readGateways, takes } from './gateways.ts';
import { listGloo, namespaceOf, rejectionOf, specOf } from './objects.ts';
import { readRoutes } from './routes.ts';

/** Gloo Edge: VirtualServices and Upstreams of gateway.solo.io and gloo.solo.io. Gateway API on Gloo is the Gateway API dialect's. */
export const gloo: Dialect = {
  id: 'gloo',
  controllers: ['solo.io/gloo-edge'],
  reads: ['Service', 'Pod'],
  toRoutes,
};

function toRoutes(model: ClusterModel): DialectResult {
  const virtualServices = listGloo(model, 'VirtualService');
  const proxies = groupByProxy(model, readGateways(model));
  return {
    gateways: proxies.map((proxy) => buildInstance(model, proxy, virtualServices)),
    unattached: explainUntaken(proxies, virtualServices),
    clashes: [],
    notUnderstood: [],
  };
}

function buildInstance(
  model: ClusterModel,
  proxy: GlooProxy,
  virtualServices: readonly ForeignObject[],
): GatewayInstance {
  const place = `${proxy.namespace}/${proxy.name}`;
  const first = proxy.gateways[0];
  return {
    id: `gloo/${place}`,
    dialect: 'gloo',
    name: `Gloo proxy ${place}`,
    ...(first === undefined ? {} : { object: idOf(first.object) }),
    controller: 'solo.io/gloo-edge',
    pods: proxy.pods,
    services: proxy.services,
    addresses: proxy.services.flatMap(({ addresses }) => addresses),
    listeners: withEntrances(
      proxy.gateways.map((gateway) => toListener(proxy, gateway)),
      proxy.services,
    ),
    hosts: proxy.gateways.flatMap((gateway) =>
      virtualServices
        .filter((service) => takes(gateway, service))
        .flatMap((service) => toHosts(model, gateway, service)),
    ),
    fallback: { kind: 'none', status: 404, why: `no VirtualService of ${place} matches` },
    approximate: false,
    notUnderstood: [],
    failures: ENVOY_FAILURES,
    rejects: virtualServices.flatMap(rejected),
  };
}

function toListener(proxy: GlooProxy, { object, ssl, bindPort }: GlooGateway): Listener {
  return {
    name: object.name,
    port: exposedPort(proxy.services, bindPort),
    protocol: ssl ? 'HTTPS' : 'HTTP',
    hostname: '',
    object: idOf(object),
    field: 'spec.bindPort',
    ...(ssl ? { tls: { mode: 'terminate' as const, secrets: [] } } : {}),
  };
}

/** A VirtualService's domains; `*` (or none) takes every host (virtual_service.proto VirtualHost.domains). */
function toHosts(model: ClusterModel, gateway: GlooGateway, service: ForeignObject): readonly VirtualHost[] {
  const host = readObject(specOf(service), 'virtualHost');
  const rules = readRoutes(model, service, host, 'spec.virtualHost');
  const tls = readTls(service);
  return domainsOf(service).map((domain) => ({
    host: domain === '*' ? '' : domain,
    wildcard: 'many-labels',
    listener: gateway.object.name,
    rules,
    ...(tls === undefined ? {} : { tls }),
    objects: [idOf(service)],
  }));
}

function domainsOf(service: ForeignObject): readonly string[] {
  const domains = readStrings(readObject(specOf(service), 'virtualHost'), 'domains').map((domain) =>
    domain.toLowerCase(),
  );
  return domains.length === 0 ? ['*'] : domains;
}

function readTls(service: ForeignObject): ListenerTls | undefined {
  const ssl = readOptionalObject(specOf(service), 'sslConfig');
  if (ssl === undefined) return undefined;
  const ref = readObject(ssl, 'secretRef');
  const name = readString(ref, 'name');
  const namespace = readString(ref, 'namespace') || namespaceOf(service);
  return {
    mode: 'terminate',
    secrets: name === undefined ? [] : [objectId('Secret', namespace, name)],
    nameAt: { object: idOf(service), path: 'spec.sslConfig.secretRef.name' },
  };
}

/** A rejected VirtualService keeps the proxy on its former configuration. */
function rejected(service: ForeignObject): readonly NotUnderstood[] {
  const why = rejectionOf(service);
  return why === undefined ? [] : [{ object: idOf(service), path: 'status', why }];
}

/** VirtualServices that no Gateway of the input takes. */
function explainUntaken(
  proxies: readonly GlooProxy[],
  virtualServices: readonly ForeignObject[],
): readonly UnattachedRoute[] {
  const gateways = proxies.flatMap((proxy) => proxy.gateways);
  if (gateways.length === 0) return [];
  return virtualServices
    .filter((service) => !gateways.some((gateway) => takes(gateway, service)))
    .map((service) => {
      const tls = readOptionalObject(specOf(service), 'sslConfig') !== undefined;
      return {
        object: idOf(service),
        hosts: domainsOf(service),
        reason: 'no-matching-listener',
        why: `no Gateway takes VirtualService ${namespaceOf(service)}/${service.name} (${tls ? 'with' : 'without'} sslConfig)`,
        field: 'spec',
        evidence: [],
        // Gateways of other namespaces may not be in the input.
        certainty: 'unsure',
      };
    });
}
