import type { BackendProtocol, EffectiveSettings, Setting } from '../../../route-table.ts';
import {
  asSetting,
  byDefault,
  type Place,
  parseCount,
  parseFlag,
  parseTime,
  type Read,
  readAnnotation,
  readConfigMap,
} from './place.ts';

const TECH = ['haproxy.org', 'haproxy.com', 'ingress.kubernetes.io'];
const DOCS = 'https://github.com/haproxytech/kubernetes-ingress/blob/master/documentation/annotations.md';

/**
 * haproxytech/kubernetes-ingress: an annotation of the Service counts before the Ingress's and the ConfigMap's key of the
 * same name (pkg/service). timeout-server is read on Ingress and Service from 1.11.0 on (commit e2f797cd, pkg/annotations
 * Backend), before only in the ConfigMap; when the version is not known and one is annotated, the timeout is not known.
 */
export function haproxyTech(place: Place): EffectiveSettings {
  const { service, ingress } = place;
  const anywhere = (key: string): Read | undefined =>
    readAnnotation(key, TECH, service, ingress) ?? readConfigMap(place, 'configmap', key);
  const onRoutes = readsTimeoutOnRoutes(place);
  const annotated = readAnnotation('timeout-server', TECH, service, ingress);
  const timeout = (onRoutes === true ? annotated : undefined) ?? readConfigMap(place, 'configmap', 'timeout-server');
  const snippet = asSetting(anywhere('backend-config-snippet'), timeoutIn);
  const uncertain = onRoutes === undefined && annotated !== undefined;
  const limit = asSetting(anywhere('pod-maxconn'), parseCount);
  const connect = asSetting(readConfigMap(place, 'configmap', 'timeout-connect'), (text) => parseTime(text, 'ms'));
  return {
    ...(uncertain && snippet === undefined
      ? {}
      : {
          readTimeout:
            snippet ?? asSetting(timeout, (text) => parseTime(text, 'ms')) ?? byDefault(50_000, `${DOCS}#timeouts`),
        }),
    connectTimeout: connect ?? byDefault(5000, `${DOCS}#timeouts`),
    backendProtocol: protocolOf(asSetting(anywhere('server-ssl'), parseFlag), anywhere('server-proto')),
    ...(limit === undefined ? {} : { connectionLimit: limit }),
    websocket: byDefault(true, 'HAProxy switches to tunnel mode by itself'),
  };
}

function protocolOf(tls: Setting<boolean> | undefined, proto: Read | undefined): Setting<BackendProtocol> {
  const http2 = proto?.value.trim() === 'h2';
  if (tls?.value === true) return { value: http2 ? 'h2' : 'https', from: tls.from };
  return http2 ? { value: 'h2c', from: proto.from } : byDefault('http', `${DOCS}#server-ssl`);
}

/** `timeout server 5m` in a snippet stands in the backend section and so overrides the defaults section. */
function timeoutIn(snippet: string): number | undefined {
  const time = /^[ \t]*timeout[ \t]+server[ \t]+(\S{1,32})/m.exec(snippet)?.[1];
  return time === undefined ? undefined : parseTime(time, 'ms');
}

/** Undefined when the image does not tell its version. */
export function readsTimeoutOnRoutes({ controller }: Pick<Place, 'controller'>): boolean | undefined {
  const version = /^v?(\d{1,4})\.(\d{1,4})(?:[.-]|$)/.exec(controller.image?.tag ?? '');
  if (version === null) return undefined;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > 1 || (major === 1 && minor >= 11);
}

const COMMUNITY = ['haproxy-ingress.github.io', 'ingress.kubernetes.io'];
const COMMUNITY_DOCS = 'https://haproxy-ingress.github.io/docs/configuration/keys/';
const COMMUNITY_PROTOCOLS: Readonly<Record<string, BackendProtocol>> = {
  h1: 'http',
  http: 'http',
  h2: 'h2c',
  h1c: 'http',
  h2c: 'h2c',
  grpc: 'grpc',
  'h1-ssl': 'https',
  https: 'https',
  'h2-ssl': 'h2',
  grpcs: 'grpcs',
};

/** jcmoraisjr/haproxy-ingress: every backend key is read on Service, Ingress and in the ConfigMap (its documentation, keys). */
export function haproxyIngress(place: Place): EffectiveSettings {
  const { service, ingress } = place;
  const anywhere = (key: string): Read | undefined =>
    readAnnotation(key, COMMUNITY, service, ingress) ?? readConfigMap(place, 'configmap', key);
  const secure = asSetting(anywhere('secure-backends'), parseFlag);
  const named = asSetting(anywhere('backend-protocol'), (text) => COMMUNITY_PROTOCOLS[text.toLowerCase()]);
  const limit = asSetting(anywhere('maxconn-server'), parseCount);
  return {
    readTimeout:
      asSetting(anywhere('timeout-server'), (text) => parseTime(text, 'ms')) ??
      byDefault(50_000, `${COMMUNITY_DOCS}#timeout`),
    backendProtocol:
      named ??
      (secure?.value === true
        ? { value: 'https', from: secure.from }
        : byDefault('http', `${COMMUNITY_DOCS}#backend-protocol`)),
    ...(limit === undefined ? {} : { connectionLimit: limit }),
    websocket: byDefault(true, 'HAProxy switches to tunnel mode by itself'),
  };
}
