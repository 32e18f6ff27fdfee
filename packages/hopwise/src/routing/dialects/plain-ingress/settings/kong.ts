import type { BackendProtocol, EffectiveSettings, Setting } from '../../../route-table.ts';
import { asSetting, byDefault, type Place, parseTime, readAnnotation } from './place.ts';

const PREFIX = ['konghq.com'];
const DOCS = 'https://developer.konghq.com/kubernetes-ingress-controller/reference/annotations/';
const PROTOCOLS: Readonly<Record<string, BackendProtocol>> = {
  http: 'http',
  https: 'https',
  grpc: 'grpc',
  grpcs: 'grpcs',
  ws: 'http',
  wss: 'https',
};

/** Kong: protocol and timeouts are annotations of the Service, times in milliseconds (internal/annotations). */
export function kong({ service }: Place): EffectiveSettings {
  const protocol = asSetting(readAnnotation('protocol', PREFIX, service), (text) => PROTOCOLS[text.toLowerCase()]);
  const time = (key: string): Setting<number> =>
    asSetting(readAnnotation(key, PREFIX, service), (text) => parseTime(text, 'ms')) ??
    byDefault(60_000, `${DOCS}#konghq-com-${key}`);
  return {
    backendProtocol: protocol ?? byDefault('http', `${DOCS}#konghq-com-protocol`),
    readTimeout: time('read-timeout'),
    connectTimeout: time('connect-timeout'),
    upstreamIdleTimeout: byDefault(60_000, 'Kong upstream_keepalive_idle_timeout'),
    websocket: byDefault(true, 'Kong passes upgrades on'),
  };
}
