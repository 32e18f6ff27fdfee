import type { ObjectId } from '../../../base/object-id.ts';
import type { BackendProtocol, EffectiveSettings, Setting } from '../../route-table.ts';
import type { AnnotationReader } from './annotation-reader.ts';
import type { ControllerConfig } from './config-map.ts';
import type { ProxySettings } from './features/proxy.ts';
import type { ProxyTls } from './features/proxy-tls.ts';
import { fromAnnotation } from './parsed-ingress.ts';
import { oneOf, serverName } from './validators.ts';

const PROTOCOLS: Readonly<Record<string, BackendProtocol>> = {
  AUTO_HTTP: 'auto',
  HTTPS: 'https',
  GRPC: 'grpc',
  GRPCS: 'grpcs',
  FCGI: 'fastcgi',
};
const ANNOTATION_REFERENCE = 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/';

/** The protocol NGINX will speak to the backend; anything unknown is plain HTTP (template.go: buildProxyPass upper-cases it). */
export function readBackendProtocol(reader: AnnotationReader, object: ObjectId): Setting<BackendProtocol> {
  const words = ['auto_http', 'http', 'https', 'grpc', 'grpcs', 'fcgi'];
  const read = reader.text('backend-protocol', oneOf(words, { ignoreCase: true }));
  if (read.state !== 'set')
    return { value: 'http', from: { kind: 'default', reference: `${ANNOTATION_REFERENCE}#backend-protocol` } };
  return { value: PROTOCOLS[read.value.trim().toUpperCase()] ?? 'http', from: fromAnnotation(object, read.key) };
}

/** Everything about one Ingress's locations that decides between 200, 502 and 504. */
export function effectiveSettings(
  reader: AnnotationReader,
  object: ObjectId,
  config: ControllerConfig,
  proxy: ProxySettings,
  tls: ProxyTls | undefined,
): EffectiveSettings {
  const protocol = readBackendProtocol(reader, object);
  const secure = protocol.value === 'https' || protocol.value === 'grpcs';
  const vhost = reader.text('upstream-vhost', serverName);
  const affinity = reader.text('affinity', oneOf(['cookie']));
  const connection = reader.text('connection-proxy-header', oneOf(['close', 'keep-alive']));
  const connections = config.int('upstream-keepalive-connections', 320);
  const idle = config.int('upstream-keepalive-timeout', 60);
  return {
    connectTimeout: proxy.connectTimeout,
    sendTimeout: proxy.sendTimeout,
    readTimeout: proxy.readTimeout,
    upstreamIdleTimeout:
      connections.value > 0 ? { value: idle.value * 1000, from: idle.from } : { value: 0, from: connections.from },
    clientIdleTimeout: scale(config.int('keep-alive', 75)),
    backendProtocol: protocol,
    ...(secure ? { backendTls: backendTls(tls, object) } : {}),
    retries: proxy.nextUpstream,
    retryTries: proxy.nextUpstreamTries,
    // Response headers must fit into one proxy_buffer_size (NGINX: upstream sent too big header).
    responseHeaderLimit: proxy.bufferSize,
    requestBodyLimit: proxy.bodySize,
    // Upgrade and Connection are always passed on (nginx.tmpl), but HTTP/1.0 to the backend has no upgrade.
    websocket:
      proxy.httpVersion.value === '1.0'
        ? { value: false, from: proxy.httpVersion.from }
        : connection.state === 'set'
          ? { value: false, from: fromAnnotation(object, connection.key) }
          : {
              value: true,
              from: {
                kind: 'default',
                reference: 'https://kubernetes.github.io/ingress-nginx/user-guide/miscellaneous/#websockets',
              },
            },
    ...(affinity.state === 'set'
      ? { affinity: { value: affinity.value, from: fromAnnotation(object, affinity.key) } }
      : {}),
    ...(vhost.state === 'set' ? { hostHeader: { value: vhost.value, from: fromAnnotation(object, vhost.key) } } : {}),
  };
}

function scale(setting: Setting<number>): Setting<number> {
  return { value: setting.value * 1000, from: setting.from };
}

/**
 * Without proxy-ssl-secret NGINX sends no SNI and verifies nothing (proxy_ssl_server_name off, proxy_ssl_verify off). The
 * name defaults to $proxy_host, which for this controller is the name of its internal upstream.
 */
export function backendTls(tls: ProxyTls | undefined, object: ObjectId): NonNullable<EffectiveSettings['backendTls']> {
  if (tls === undefined) {
    return {
      value: { verify: false },
      from: { kind: 'default', reference: `${ANNOTATION_REFERENCE}#backend-certificate-authentication` },
    };
  }
  const name = tls.name === '' ? undefined : tls.name;
  return {
    value: {
      verify: tls.verify && tls.authority,
      ...(tls.serverName ? { sni: name ?? 'upstream_balancer' } : {}),
      ...(tls.verify && tls.authority ? { verifyName: name ?? 'upstream_balancer', caFrom: tls.secret } : {}),
      ...(tls.clientCertificate ? { clientCertificateFrom: tls.secret } : {}),
    },
    from: fromAnnotation(object, tls.key),
  };
}
