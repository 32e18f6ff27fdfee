import type { Service, ServicePort } from '../model/kinds/service.ts';
import type { Meta } from '../model/meta.ts';

export type WantedProtocol = 'tls' | 'plain' | 'h2c' | 'grpc' | 'http1' | 'fastcgi';

/** The new value of an annotation: null removes it, undefined leaves no way to say it here. */
type Change = (old: string | undefined, service: Service, port: ServicePort) => string | null | undefined;

export interface AnnotationKnob {
  /** Matches the gateway's controller string or dialect. */
  readonly controller: RegExp;
  /** Objects it is read on; the first is where it is put when nobody set it yet. */
  readonly on: readonly ('route' | 'service')[];
  readonly key: string;
  readonly values: Partial<Record<WantedProtocol, Change>>;
}

const to =
  (value: string): Change =>
  () =>
    value;

/** Lists of Service names or ports: one is added or taken out. */
const withName: Change = (old, service) => join([...split(old), service.name]);
const withoutName: Change = (old, service) => joined(split(old).filter((name) => name !== service.name));
const withPort: Change = (old, _, port) => join([...split(old), String(port.port)]);
const withoutPort: Change = (old, _, port) =>
  joined(split(old).filter((entry) => entry !== String(port.port) && entry !== port.name));

function split(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function join(words: readonly string[]): string {
  return [...new Set(words)].join(',');
}

function joined(words: readonly string[]): string | null {
  return words.length === 0 ? null : join(words);
}

/** GKE's annotation maps port names to protocols. */
const mapped =
  (value: string): Change =>
  (old, _, port) => {
    if (port.name === undefined) return undefined;
    try {
      return JSON.stringify({ ...(old === undefined ? {} : (JSON.parse(old) as object)), [port.name]: value });
    } catch {
      return undefined;
    }
  };

const NGINX = 'nginx.ingress.kubernetes.io/backend-protocol';

/**
 * Annotations that tell a controller what a backend speaks, after each controller's own reference: ingress-nginx
 * backend-protocol; F5 ssl-services, grpc-services; Contour upstream-protocol.*; Traefik service.serversscheme;
 * haproxytech server-ssl, server-proto; Kong protocol; AGIC and AWS backend-protocol; GKE app-protocols.
 */
export const ANNOTATION_KNOBS: readonly AnnotationKnob[] = [
  {
    controller: /ingress-nginx/,
    on: ['route'],
    key: NGINX,
    values: {
      tls: (old) => (old?.toUpperCase() === 'GRPC' ? 'GRPCS' : 'HTTPS'),
      plain: (old) => (old?.toUpperCase() === 'GRPCS' ? 'GRPC' : 'HTTP'),
      grpc: (old) => (old?.toUpperCase() === 'HTTPS' ? 'GRPCS' : 'GRPC'),
      http1: (old) => (old?.toUpperCase() === 'GRPCS' ? 'HTTPS' : 'HTTP'),
      fastcgi: to('FCGI'),
    },
  },
  {
    controller: /nginx\.org/,
    on: ['route'],
    key: 'nginx.org/ssl-services',
    values: { tls: withName, plain: withoutName },
  },
  {
    controller: /nginx\.org/,
    on: ['route'],
    key: 'nginx.org/grpc-services',
    values: { grpc: withName, h2c: withName, http1: withoutName },
  },
  {
    controller: /projectcontour/,
    on: ['service'],
    key: 'projectcontour.io/upstream-protocol.tls',
    values: { tls: withPort, plain: withoutPort },
  },
  {
    controller: /projectcontour/,
    on: ['service'],
    key: 'projectcontour.io/upstream-protocol.h2c',
    values: { h2c: withPort, grpc: withPort, http1: withoutPort },
  },
  {
    controller: /traefik/,
    on: ['service'],
    key: 'traefik.ingress.kubernetes.io/service.serversscheme',
    values: { tls: to('https'), h2c: to('h2c'), grpc: to('h2c'), plain: to('http'), http1: to('http') },
  },
  {
    controller: /haproxy\.org/,
    on: ['service', 'route'],
    key: 'haproxy.org/server-ssl',
    values: { tls: to('true'), plain: to('false') },
  },
  {
    controller: /haproxy\.org/,
    on: ['service', 'route'],
    key: 'haproxy.org/server-proto',
    values: { h2c: to('h2'), grpc: to('h2'), http1: to('h1') },
  },
  {
    controller: /haproxy-ingress/,
    on: ['route', 'service'],
    key: 'haproxy-ingress.github.io/backend-protocol',
    values: { tls: to('h1-ssl'), plain: to('h1'), h2c: to('h2'), grpc: to('grpc'), http1: to('h1') },
  },
  {
    controller: /kong/,
    on: ['service'],
    key: 'konghq.com/protocol',
    values: { tls: to('https'), plain: to('http'), grpc: to('grpc'), h2c: to('grpc'), http1: to('http') },
  },
  {
    controller: /azure|application-gateway/i,
    on: ['route'],
    key: 'appgw.ingress.kubernetes.io/backend-protocol',
    values: { tls: to('https'), plain: to('http') },
  },
  {
    controller: /ingress\.k8s\.aws|eks\.amazonaws/,
    on: ['route', 'service'],
    key: 'alb.ingress.kubernetes.io/backend-protocol',
    values: { tls: to('HTTPS'), plain: to('HTTP') },
  },
  {
    controller: /gce|gke/,
    on: ['service'],
    key: 'cloud.google.com/app-protocols',
    values: { tls: mapped('HTTPS'), plain: mapped('HTTP'), http1: mapped('HTTP') },
  },
];

/** The object that already carries the key, or another annotation of the same controller, before the usual place. */
export function placeOf(knob: AnnotationKnob, route: Meta | undefined, service: Service): Meta {
  const places = knob.on.flatMap((where) => (where === 'service' ? service : route) ?? []);
  const prefix = `${knob.key.split('/')[0]}/`;
  return (
    places.find((object) => object.annotations[knob.key] !== undefined) ??
    places.find((object) => Object.keys(object.annotations).some((key) => key.startsWith(prefix))) ??
    places[0] ??
    service
  );
}
