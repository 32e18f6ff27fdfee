import { idOf, type ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Service, ServicePort } from '../model/kinds/service.ts';
import type { JsonObject } from '../sources/contract.ts';
import type { Trace } from './trace.ts';

/** Where this gateway's controller is told what a backend speaks, and how to tell it. */
export interface ProtocolKnob {
  readonly object: ObjectId;
  /** Annotation or field, as people name it. */
  readonly name: string;
  readonly patches: readonly {
    readonly object: ObjectId;
    readonly type: 'merge' | 'json';
    readonly patch: JsonObject | readonly JsonObject[];
  }[];
}
export type WantedProtocol = 'tls' | 'plain' | 'h2c' | 'grpc' | 'http1';

interface KnobSpec {
  /** Matches the gateway's controller string or dialect. */
  readonly controller: RegExp;
  readonly on: 'route' | 'service';
  readonly key: string;
  readonly values: Partial<Record<WantedProtocol, (port: ServicePort) => string>>;
  readonly reference: string;
}

/** Annotations by controller. A null value removes the annotation. */
const KNOBS: readonly KnobSpec[] = [
  {
    controller: /ingress-nginx/,
    on: 'route',
    key: 'nginx.ingress.kubernetes.io/backend-protocol',
    values: { tls: () => 'HTTPS', plain: () => 'HTTP', grpc: () => 'GRPC', h2c: () => 'GRPC', http1: () => 'HTTP' },
    reference:
      'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#backend-protocol',
  },
  {
    controller: /nginx\.org/,
    on: 'route',
    key: 'nginx.org/ssl-services',
    values: { tls: () => '' },
    reference:
      'https://docs.nginx.com/nginx-ingress-controller/configuration/ingress-resources/advanced-configuration-with-annotations/',
  },
  {
    controller: /projectcontour/,
    on: 'service',
    key: 'projectcontour.io/upstream-protocol.tls',
    values: { tls: (port) => String(port.port) },
    reference: 'https://projectcontour.io/docs/main/config/annotations/',
  },
  {
    controller: /projectcontour/,
    on: 'service',
    key: 'projectcontour.io/upstream-protocol.h2c',
    values: { h2c: (port) => String(port.port), grpc: (port) => String(port.port) },
    reference: 'https://projectcontour.io/docs/main/config/annotations/',
  },
  {
    controller: /traefik/,
    on: 'service',
    key: 'traefik.ingress.kubernetes.io/service.serversscheme',
    values: { tls: () => 'https', h2c: () => 'h2c', grpc: () => 'h2c', plain: () => 'http', http1: () => 'http' },
    reference: 'https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/',
  },
  {
    controller: /haproxy/,
    on: 'service',
    key: 'haproxy.org/server-ssl',
    values: { tls: () => 'true', plain: () => 'false' },
    reference: 'https://www.haproxy.com/documentation/kubernetes-ingress/',
  },
  {
    controller: /haproxy/,
    on: 'service',
    key: 'haproxy.org/server-proto',
    values: { h2c: () => 'h2', grpc: () => 'h2' },
    reference: 'https://www.haproxy.com/documentation/kubernetes-ingress/',
  },
  {
    controller: /kong/,
    on: 'service',
    key: 'konghq.com/protocol',
    values: { tls: () => 'https', plain: () => 'http', grpc: () => 'grpc', h2c: () => 'grpc', http1: () => 'http' },
    reference: 'https://developer.konghq.com/kubernetes-ingress-controller/reference/annotations/',
  },
  {
    controller: /azure|appgw|application-gateway/i,
    on: 'route',
    key: 'appgw.ingress.kubernetes.io/backend-protocol',
    values: { tls: () => 'https', plain: () => 'http' },
    reference: 'https://azure.github.io/application-gateway-kubernetes-ingress/annotations/',
  },
  {
    controller: /alb|elbv2/,
    on: 'route',
    key: 'alb.ingress.kubernetes.io/backend-protocol',
    values: { tls: () => 'HTTPS', plain: () => 'HTTP' },
    reference: 'https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/',
  },
  {
    controller: /gce|google/,
    on: 'service',
    key: 'cloud.google.com/app-protocols',
    values: {
      tls: (port) => JSON.stringify({ [port.name ?? String(port.port)]: 'HTTPS' }),
      h2c: (port) => JSON.stringify({ [port.name ?? String(port.port)]: 'HTTP2' }),
    },
    reference: 'https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-http2',
  },
];

/** appProtocol of the Service port is how Gateway API implementations (and Istio) are told (KEP-3726). */
const APP_PROTOCOL: Partial<Record<WantedProtocol, string>> = {
  h2c: 'kubernetes.io/h2c',
  grpc: 'kubernetes.io/h2c',
  tls: 'https',
  plain: 'http',
  http1: 'http',
};

export function protocolKnob(
  world: { readonly model: ClusterModel; readonly trace: Trace },
  service: Service,
  port: ServicePort,
  wanted: WantedProtocol,
): ProtocolKnob {
  const { gateway, rule } = world.trace;
  const controller = `${gateway?.controller ?? ''} ${gateway?.dialect ?? ''}`;
  const route = rule?.object;
  if (gateway?.dialect === 'gateway-api') return gatewayApiKnob(service, port, wanted);
  for (const knob of KNOBS) {
    const value = knob.values[wanted]?.(port);
    if (value === undefined || !knob.controller.test(controller)) continue;
    const object = knob.on === 'service' || route === undefined ? idOf(service) : route;
    const text = value === '' ? service.name : value;
    return {
      object,
      name: `${knob.key}: ${text}`,
      patches: [{ object, type: 'merge', patch: { metadata: { annotations: { [knob.key]: text } } } }],
    };
  }
  return appProtocolKnob(service, port, wanted);
}

/** Gateway API: TLS to a backend needs a BackendTLSPolicy; other protocols are the Service port's appProtocol. */
function gatewayApiKnob(service: Service, port: ServicePort, wanted: WantedProtocol): ProtocolKnob {
  if (wanted === 'tls')
    return { object: idOf(service), name: `a BackendTLSPolicy for Service ${service.name}`, patches: [] };
  return appProtocolKnob(service, port, wanted);
}

function appProtocolKnob(service: Service, port: ServicePort, wanted: WantedProtocol): ProtocolKnob {
  const object = idOf(service);
  const value = APP_PROTOCOL[wanted] ?? 'http';
  const index = service.ports.indexOf(port);
  const patch = {
    op: port.appProtocol === undefined ? 'add' : 'replace',
    path: `/spec/ports/${index}/appProtocol`,
    value,
  };
  return {
    object,
    name: `appProtocol: ${value}`,
    patches: index < 0 ? [] : [{ object, type: 'json', patch: [patch] }],
  };
}
