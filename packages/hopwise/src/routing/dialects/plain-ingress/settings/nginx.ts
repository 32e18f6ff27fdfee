import type { BackendProtocol, EffectiveSettings, Setting } from '../../../route-table.ts';
import {
  asSetting,
  byDefault,
  type Place,
  parseCount,
  parseList,
  parseTime,
  type Read,
  readAnnotation,
  readConfigMap,
} from './place.ts';

const F5 = ['nginx.org'];
const DOCS =
  'https://docs.nginx.com/nginx-ingress-controller/configuration/ingress-resources/advanced-configuration-with-annotations/';
const SIZE: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1_048_576 };

/**
 * F5's controller (nginx/kubernetes-ingress, internal/configs/annotations.go): annotations of the Ingress before ConfigMap
 * keys; TLS, gRPC and WebSocket are switched on per Service by lists of Service names.
 */
export function nginxInc(place: Place): EffectiveSettings {
  const { ingress, service } = place;
  const either = (key: string): Read | undefined =>
    readAnnotation(key, F5, ingress) ?? readConfigMap(place, 'nginx-configmaps', key);
  const seconds = (key: string): Setting<number> =>
    asSetting(either(key), (text) => parseTime(text, 's')) ?? byDefault(60_000, `${DOCS}#general-customization`);
  const listed = (key: string): Read | undefined => {
    const read = readAnnotation(key, F5, ingress);
    return read !== undefined && service !== undefined && parseList(read.value).includes(service.name)
      ? read
      : undefined;
  };
  const buffer = asSetting(either('proxy-buffer-size'), parseSize);
  const keepalive = asSetting(either('keepalive'), parseCount);
  const limit = asSetting(readAnnotation('max-conns', F5, ingress), parseCount);
  const websocket = listed('websocket-services');
  return {
    readTimeout: seconds('proxy-read-timeout'),
    connectTimeout: seconds('proxy-connect-timeout'),
    backendProtocol: protocolOf(listed('ssl-services'), listed('grpc-services')),
    responseHeaderLimit: buffer ?? byDefault(4096, `${DOCS}#general-customization`),
    ...(keepalive === undefined || keepalive.value === 0
      ? { upstreamIdleTimeout: byDefault(0, 'nginx.org/keepalive is 0: connections to backends are not reused') }
      : { upstreamIdleTimeout: byDefault(60_000, 'NGINX keepalive_timeout of an upstream') }),
    ...(limit === undefined ? {} : { connectionLimit: limit }),
    websocket:
      websocket === undefined
        ? byDefault(false, `${DOCS}#backend-services-upstreams`)
        : { value: true, from: websocket.from },
  };
}

function protocolOf(tls: Read | undefined, grpc: Read | undefined): Setting<BackendProtocol> {
  if (grpc !== undefined) return { value: tls === undefined ? 'grpc' : 'grpcs', from: grpc.from };
  return tls === undefined
    ? byDefault('http', `${DOCS}#backend-services-upstreams`)
    : { value: 'https', from: tls.from };
}

/** NGINX sizes: `8k`, `16384`, `1m`. */
function parseSize(text: string): number | undefined {
  const match = /^(\d{1,9})([kKmM]?)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (SIZE[(match[2] ?? '').toLowerCase()] ?? 1);
}
