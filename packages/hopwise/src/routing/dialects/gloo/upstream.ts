import { idOf, objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import {
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readOptionalObject,
  readString,
} from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';
import { byDefault, ENVOY_DEFAULTS } from '../../envoy.ts';
import { parseDuration } from '../../go-duration.ts';
import type { EffectiveSettings, NotUnderstood, RouteBackend, Setting } from '../../route-table.ts';
import { findByRef, listGloo, namespaceOf, specOf } from './objects.ts';

export interface Target {
  readonly backend: RouteBackend;
  readonly upstream: ForeignObject | undefined;
  readonly viaClusterIP: boolean;
  readonly notUnderstood: readonly NotUnderstood[];
}

/** A destination of a route (proxy.proto Destination): a Service directly, or an Upstream that stands for one. */
export function readTarget(
  model: ClusterModel,
  owner: ForeignObject,
  raw: JsonObject,
  field: string,
  weight: number,
): Target {
  const kube = readOptionalObject(raw, 'kube');
  if (kube !== undefined) {
    const ref = readObject(kube, 'ref');
    const service = objectId(
      'Service',
      readString(ref, 'namespace') || namespaceOf(owner),
      readString(ref, 'name') ?? '',
    );
    return {
      backend: withPort(
        {
          object: service,
          weight,
          field,
          fieldOf: idOf(owner),
          nameAt: `${field}.kube.ref.name`,
          namespaceAt: `${field}.kube.ref.namespace`,
          portAt: `${field}.kube.port`,
        },
        readNumber(kube, 'port'),
      ),
      upstream: undefined,
      viaClusterIP: false,
      notUnderstood: [],
    };
  }
  const ref = readObject(raw, 'upstream');
  const upstream = findByRef(listGloo(model, 'Upstream'), ref, namespaceOf(owner));
  const name = `${readString(ref, 'namespace') || namespaceOf(owner)}/${readString(ref, 'name') ?? ''}`;
  if (upstream === undefined) {
    const why = `Upstream ${name} is not in the input, or the destination is of a kind that is not modelled`;
    const [namespace = '', own = ''] = name.split('/');
    return {
      backend: { object: objectId('Upstream', namespace, own), weight, field, fieldOf: idOf(owner) },
      upstream,
      viaClusterIP: false,
      notUnderstood: [{ object: idOf(owner), path: field, why }],
    };
  }
  return ofUpstream(owner, upstream, field, weight);
}

/** upstream.proto: `kube` sends to the Service's endpoints, `static` to addresses or names of its own. */
function ofUpstream(owner: ForeignObject, upstream: ForeignObject, field: string, weight: number): Target {
  const spec = specOf(upstream);
  const kube = readOptionalObject(spec, 'kube');
  if (kube !== undefined) {
    const service = objectId(
      'Service',
      readString(kube, 'serviceNamespace') ?? '',
      readString(kube, 'serviceName') ?? '',
    );
    const doubts: NotUnderstood[] =
      readOptionalObject(spec, 'failover') === undefined
        ? []
        : [{ object: idOf(upstream), path: 'spec.failover', why: 'failover targets are not followed' }];
    return {
      backend: withPort(
        {
          object: service,
          weight,
          field: 'spec.kube',
          fieldOf: idOf(upstream),
          nameAt: 'spec.kube.serviceName',
          namespaceAt: 'spec.kube.serviceNamespace',
          portAt: 'spec.kube.servicePort',
        },
        readNumber(kube, 'servicePort'),
      ),
      upstream,
      viaClusterIP: false,
      notUnderstood: doubts,
    };
  }
  const hosts = readObjects(readObject(spec, 'static'), 'hosts');
  const address = readString(hosts[0] ?? {}, 'addr') ?? '';
  const [name = '', namespace = '', svc] = address.split('.');
  // A static host that is a Service's DNS name reaches the Service through its ClusterIP.
  if (hosts.length === 1 && svc === 'svc') {
    const backend = withPort(
      {
        object: objectId('Service', namespace, name),
        weight,
        field: 'spec.static.hosts[0]',
        fieldOf: idOf(upstream),
        nameAt: 'spec.static.hosts[0].addr',
        nameAsHost: true,
        portAt: 'spec.static.hosts[0].port',
      },
      readNumber(hosts[0] ?? {}, 'port'),
    );
    return { backend, upstream, viaClusterIP: true, notUnderstood: [] };
  }
  return {
    backend: { object: idOf(upstream), weight, field, fieldOf: idOf(owner) },
    upstream,
    viaClusterIP: false,
    notUnderstood: [{ object: idOf(upstream), path: 'spec', why: 'the upstream is none of the cluster’s Services' }],
  };
}

function withPort(backend: RouteBackend, port: number | undefined): RouteBackend {
  return port === undefined ? backend : { ...backend, port };
}

/** Circuit breakers, timeouts, protocol and TLS towards an Upstream: its own, else those of Settings, else the defaults. */
export function settingsOfTarget(model: ClusterModel, { upstream, viaClusterIP }: Target): EffectiveSettings {
  const spec = upstream === undefined ? {} : specOf(upstream);
  const field = <T>(value: T, path: string): Setting<T> => ({
    value,
    from:
      upstream === undefined ? { kind: 'default', reference: 'Gloo' } : { kind: 'field', object: idOf(upstream), path },
  });
  const connection = readObject(spec, 'connectionConfig');
  const connectTimeout = parseDuration(readString(connection, 'connectTimeout'));
  const idle = parseDuration(readString(readObject(connection, 'commonHttpProtocolOptions'), 'idleTimeout'));
  const tls = readOptionalObject(spec, 'sslConfig');
  const http2 = readBoolean(spec, 'useHttp2') === true;
  const sni = tls === undefined ? undefined : readString(tls, 'sni');
  const verify =
    tls !== undefined &&
    (readOptionalObject(tls, 'secretRef') !== undefined || readOptionalObject(tls, 'sslFiles') !== undefined);
  return {
    ...ENVOY_DEFAULTS,
    // projects/gloo/pkg/translator/defaults.go ClusterConnectionTimeout.
    connectTimeout:
      connectTimeout === undefined
        ? byDefault(5000, 'Gloo ClusterConnectionTimeout')
        : field(connectTimeout, 'spec.connectionConfig.connectTimeout'),
    ...(idle === undefined
      ? {}
      : { upstreamIdleTimeout: field(idle, 'spec.connectionConfig.commonHttpProtocolOptions.idleTimeout') }),
    connectionLimit: connectionLimit(model, upstream),
    backendProtocol:
      upstream === undefined
        ? byDefault('http', 'Gloo: HTTP/1.1 to Kubernetes destinations')
        : field(
            http2 ? (tls === undefined ? 'h2c' : 'h2') : tls === undefined ? 'http' : 'https',
            http2 ? 'spec.useHttp2' : tls === undefined ? 'spec' : 'spec.sslConfig',
          ),
    ...(tls === undefined
      ? {}
      : { backendTls: field({ verify, ...(sni === undefined ? {} : { sni }) }, 'spec.sslConfig') }),
    ...(viaClusterIP ? { viaClusterIP: field(true, 'spec.static') } : {}),
  };
}

const LIMITS = ['maxConnections', 'maxPendingRequests', 'maxRequests'] as const;

/**
 * The smallest circuit breaker in force: the Upstream's configuration replaces that of Settings as a whole, and a part that
 * neither sets is Envoy's 1024 (projects/gloo/pkg/translator/clusters.go getCircuitBreakers).
 */
function connectionLimit(model: ClusterModel, upstream: ForeignObject | undefined): Setting<number> {
  const settings = listGloo(model, 'Settings')[0];
  const configs = [
    ...(upstream === undefined ? [] : [{ object: upstream, parent: specOf(upstream), path: 'spec.circuitBreakers' }]),
    ...(settings === undefined
      ? []
      : [{ object: settings, parent: readObject(specOf(settings), 'gloo'), path: 'spec.gloo.circuitBreakers' }]),
  ];
  for (const { object, parent, path } of configs) {
    const raw = readOptionalObject(parent, 'circuitBreakers');
    if (raw === undefined) continue;
    const set = LIMITS.map((key) => ({ key, value: readNumber(raw, key) ?? ENVOY_LIMIT }));
    const smallest = set.toSorted((a, b) => a.value - b.value)[0];
    if (smallest === undefined) continue;
    return { value: smallest.value, from: { kind: 'field', object: idOf(object), path: `${path}.${smallest.key}` } };
  }
  const reference = 'Envoy CircuitBreakers.Thresholds: max_connections, max_pending_requests, max_requests';
  const changeAt = settings ?? upstream;
  if (changeAt === undefined) return byDefault(ENVOY_LIMIT, reference);
  const path = settings === undefined ? 'spec.circuitBreakers' : 'spec.gloo.circuitBreakers';
  return { value: ENVOY_LIMIT, from: { kind: 'default', reference, changeAt: { object: idOf(changeAt), path } } };
}

const ENVOY_LIMIT = 1024;
