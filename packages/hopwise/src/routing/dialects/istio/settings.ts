import { idOf } from '../../../base/object-id.ts';
import { readNumber, readObject, readOptionalObject, readString } from '../../../model/project/read.ts';
import type { Json, JsonObject } from '../../../sources/contract.ts';
import { byDefault, ENVOY_DEFAULTS } from '../../envoy.ts';
import { parseDuration } from '../../go-duration.ts';
import type { BackendProtocol, BackendTls, EffectiveSettings, Setting, SettingOrigin } from '../../route-table.ts';
import type { Destination } from './destination.ts';
import { findPolicy, readDeep } from './destination-rules.ts';

/** Istio documentation, traffic management, and meshConfig: what holds where nothing is set. */
const DEFAULTS: EffectiveSettings = {
  ...ENVOY_DEFAULTS,
  requestTimeout: byDefault(0, 'Istio: HTTP request timeouts are off'),
  connectTimeout: byDefault(10_000, 'Istio meshConfig.connectTimeout'),
  retries: byDefault(
    'connect-failure refused-stream unavailable cancelled 503',
    'Istio meshConfig.defaultHttpRetryPolicy',
  ),
  retryTries: byDefault(2, 'Istio meshConfig.defaultHttpRetryPolicy'),
  websocket: byDefault(true, 'Istio: websocket upgrades are on'),
};

/** Settings of one HTTPRoute of a VirtualService towards its main destination. */
export function readSettings(
  http: JsonObject,
  object: Parameters<typeof idOf>[0],
  field: string,
  destination: Destination | undefined,
): EffectiveSettings {
  const at = (path: string): SettingOrigin => ({ kind: 'field', object: idOf(object), path: `${field}.${path}` });
  const timeout = parseDuration(readString(http, 'timeout'));
  const retries = readOptionalObject(http, 'retries');
  const attempts = retries === undefined ? undefined : readNumber(retries, 'attempts');
  const perTry = retries === undefined ? undefined : parseDuration(readString(retries, 'perTryTimeout'));
  const retryOn = retries === undefined ? undefined : readString(retries, 'retryOn');
  return {
    ...DEFAULTS,
    ...(timeout === undefined ? {} : { requestTimeout: { value: timeout, from: at('timeout') } }),
    ...(attempts === undefined ? {} : { retryTries: { value: attempts, from: at('retries.attempts') } }),
    ...(perTry === undefined ? {} : { readTimeout: { value: perTry, from: at('retries.perTryTimeout') } }),
    ...(retryOn === undefined ? {} : { retries: { value: retryOn, from: at('retries.retryOn') } }),
    ...(destination === undefined ? {} : ofDestination(destination)),
  };
}

function ofDestination(destination: Destination): EffectiveSettings {
  const tls = readTls(destination);
  return { ...ofConnectionPool(destination), ...tls, ...protocolOf(destination, tls?.backendTls !== undefined) };
}

/** connectionPool of the DestinationRule; limits are unlimited where it sets none (destination_rule.proto). */
function ofConnectionPool({ rule, subset, port }: Destination): EffectiveSettings {
  const pool = rule === undefined ? undefined : findPolicy(rule, subset, port, 'connectionPool');
  if (pool === undefined) return {};
  const duration = (path: string): Setting<number> | undefined => {
    const value = parseDuration(asText(readDeep(pool.raw, path)));
    return value === undefined ? undefined : { value, from: pool.at(path) };
  };
  const limits = ['tcp.maxConnections', 'http.http1MaxPendingRequests', 'http.http2MaxRequests'].flatMap((path) => {
    const value = readDeep(pool.raw, path);
    return typeof value === 'number' && value > 0 ? [{ value, from: pool.at(path) }] : [];
  });
  const connectionLimit = limits.toSorted((a, b) => a.value - b.value)[0];
  const connectTimeout = duration('tcp.connectTimeout');
  const upstreamIdleTimeout = duration('http.idleTimeout');
  return {
    ...(connectTimeout === undefined ? {} : { connectTimeout }),
    ...(upstreamIdleTimeout === undefined ? {} : { upstreamIdleTimeout }),
    ...(connectionLimit === undefined ? {} : { connectionLimit }),
  };
}

function asText(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** TLS that the DestinationRule originates. ISTIO_MUTUAL is the mesh's own and is no matter of the backend's certificate. */
function readTls({ rule, subset, port }: Destination): { readonly backendTls?: Setting<BackendTls> } | undefined {
  const tls = rule === undefined ? undefined : findPolicy(rule, subset, port, 'tls');
  const mode = tls === undefined ? undefined : readString(tls.raw, 'mode');
  if (tls === undefined || (mode !== 'SIMPLE' && mode !== 'MUTUAL')) return undefined;
  const sni = readString(tls.raw, 'sni');
  const names = readDeep(tls.raw, 'subjectAltNames');
  const verified = readString(tls.raw, 'caCertificates') ?? readString(tls.raw, 'credentialName');
  return {
    backendTls: {
      value: {
        verify: verified !== undefined && readDeep(tls.raw, 'insecureSkipVerify') !== true,
        ...(sni === undefined ? {} : { sni }),
        ...(Array.isArray(names) && names.length > 0 ? { verifyName: names.join(', ') } : {}),
      },
      from: tls.at('mode'),
    },
  };
}

/** Istio documentation, "Protocol selection": appProtocol, else the part of the port's name before the first `-`. */
const PROTOCOLS: ReadonlyMap<string, BackendProtocol> = new Map<string, BackendProtocol>([
  ['http', 'http'],
  ['http2', 'h2c'],
  ['kubernetes.io/h2c', 'h2c'],
  ['kubernetes.io/ws', 'http'],
  ['grpc', 'grpc'],
  // pkg/config/protocol/instance.go IsHTTP2: gRPC-Web is sent over HTTP/2 like gRPC
  ['grpc-web', 'grpc'],
  ['https', 'http'],
  ['tls', 'http'],
  ['tcp', 'http'],
]);
const INSIDE_TLS: Readonly<Partial<Record<BackendProtocol, BackendProtocol>>> = {
  http: 'https',
  h2c: 'h2',
  grpc: 'grpcs',
};

function protocolOf({ service, port, rule, subset }: Destination, tls: boolean): EffectiveSettings {
  const index = service?.ports.findIndex((entry) => entry.port === port) ?? -1;
  const entry = service?.ports[index];
  if (service === undefined || entry === undefined) return {};
  const pool = rule === undefined ? undefined : findPolicy(rule, subset, port, 'connectionPool');
  const upgrade = pool === undefined ? undefined : readString(readObject(pool.raw, 'http'), 'h2UpgradePolicy');
  const named = entry.appProtocol ?? entry.name;
  const plain = PROTOCOLS.get(named ?? '') ?? PROTOCOLS.get((named ?? '').split('-')[0] ?? '');
  const path = `spec.ports[${index}].${entry.appProtocol === undefined ? 'name' : 'appProtocol'}`;
  const from: SettingOrigin = { kind: 'field', object: idOf(service), path };
  if (pool !== undefined && upgrade === 'UPGRADE' && (plain === undefined || plain === 'http')) {
    return { backendProtocol: { value: tls ? 'h2' : 'h2c', from: pool.at('http.h2UpgradePolicy') } };
  }
  if (plain === undefined) {
    return { backendProtocol: byDefault('auto', 'Istio protocol selection: the port names no protocol') };
  }
  return { backendProtocol: { value: tls ? (INSIDE_TLS[plain] ?? plain) : plain, from } };
}
