import { idOf } from '../../../../base/object-id.ts';
import type { Service, ServicePort } from '../../../../model/kinds/service.ts';
import type { BackendProtocol, EffectiveSettings, Setting } from '../../../route-table.ts';
import { asSetting, byDefault, type Place, parseCount, parseList, parseTime, readAnnotation } from './place.ts';

const PREFIX = ['projectcontour.io'];
const DOCS = 'https://projectcontour.io/docs/main/config/annotations/';
const APP_PROTOCOLS: Readonly<Record<string, BackendProtocol>> = { 'kubernetes.io/h2c': 'h2c', https: 'https' };
const KEYS = [
  ['h2', 'h2'],
  ['h2c', 'h2c'],
  ['tls', 'https'],
] as const;

/**
 * Contour: appProtocol or upstream-protocol.* of the Service (internal/dag/accessors.go upstreamProtocol), WebSocket only
 * for paths that the Ingress lists as it writes them (internal/dag/ingress_processor.go), Envoy's route timeout of 15 s
 * unless response-timeout is set (apis/projectcontour/v1 TimeoutPolicy).
 */
export function contour({ ingress, service, port, path }: Place): EffectiveSettings {
  const timeout = asSetting(readAnnotation('response-timeout', PREFIX, ingress), (text) =>
    text === 'infinity' || text === 'infinite' ? 0 : parseTime(text, 's'),
  );
  const websocket = readAnnotation('websocket-routes', PREFIX, ingress);
  const limit = asSetting(readAnnotation('max-connections', PREFIX, service), parseCount);
  return {
    backendProtocol: protocolOf(service, port),
    requestTimeout: timeout ?? byDefault(15_000, 'Envoy route timeout'),
    websocket:
      websocket !== undefined && parseList(websocket.value).includes(path)
        ? { value: true, from: websocket.from }
        : byDefault(false, `${DOCS}#ingress-specific`),
    connectionLimit: limit ?? byDefault(1024, 'Envoy circuit breaker: max_connections'),
  };
}

function protocolOf(service: Service | undefined, port: ServicePort | undefined): Setting<BackendProtocol> {
  if (service === undefined || port === undefined) return byDefault('http', DOCS);
  if (port.appProtocol !== undefined)
    return {
      value: APP_PROTOCOLS[port.appProtocol] ?? 'http',
      from: { kind: 'field', object: idOf(service), path: `spec.ports[${service.ports.indexOf(port)}].appProtocol` },
    };
  for (const [key, value] of KEYS) {
    const read = readAnnotation(`upstream-protocol.${key}`, PREFIX, service);
    const ports = read === undefined ? [] : parseList(read.value);
    if (read !== undefined && (ports.includes(String(port.port)) || ports.includes(port.name ?? '')))
      return { value, from: read.from };
  }
  return byDefault('http', `${DOCS}#service`);
}
