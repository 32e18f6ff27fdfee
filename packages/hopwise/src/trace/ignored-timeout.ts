import { idOf, type ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Service } from '../model/kinds/service.ts';
import type { Meta } from '../model/meta.ts';
import { resolvedBackends } from './path-queries.ts';
import { haproxyReadsRoutes } from './timeout-knob.ts';
import type { Trace } from './trace.ts';

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
}

/** A timeout that somebody set where this controller does not read it, or in words that it does not understand. */
export interface IgnoredTimeout {
  readonly object: Meta;
  readonly path: string;
  readonly value: string;
  readonly why: string;
  /** The object to change, which is not always the one that carries the setting. */
  readonly blamed: ObjectId;
}

interface TimeoutKey {
  readonly key: string;
  readonly controller: RegExp;
  /** Kinds this controller reads the annotation on. */
  readonly readOn: readonly ('Ingress' | 'Service')[];
}

/**
 * Read-timeout annotations of each controller and where it reads them (their annotation references). For haproxytech's
 * haproxy.org/timeout-server see timeout-knob.ts: only its ConfigMap key is read before 1.11.
 */
const TIMEOUT_KEYS: readonly TimeoutKey[] = [
  { key: 'nginx.ingress.kubernetes.io/proxy-read-timeout', controller: /ingress-nginx/, readOn: ['Ingress'] },
  { key: 'nginx.org/proxy-read-timeout', controller: /nginx\.org/, readOn: ['Ingress'] },
  { key: 'haproxy.org/timeout-server', controller: /haproxy\.org/, readOn: ['Ingress', 'Service'] },
  { key: 'haproxy-ingress.github.io/timeout-server', controller: /haproxy-ingress/, readOn: ['Ingress', 'Service'] },
  { key: 'konghq.com/read-timeout', controller: /kong/, readOn: ['Service'] },
  { key: 'projectcontour.io/response-timeout', controller: /contour/, readOn: ['Ingress'] },
  { key: 'appgw.ingress.kubernetes.io/request-timeout', controller: /azure|application-gateway/i, readOn: ['Ingress'] },
  { key: 'cloud.google.com/backend-config', controller: /gce|gke/, readOn: ['Service'] },
];

/** Looks on the route and its Services for a timeout that the answering controller does not take from there. */
export function ignoredTimeout({ model, trace }: Asked): IgnoredTimeout | undefined {
  const { gateway, rule } = trace;
  if (gateway === undefined || gateway.dialect === 'gateway-api') return undefined;
  const controller = `${gateway.controller} ${gateway.dialect}`;
  const own = TIMEOUT_KEYS.find((entry) => entry.controller.test(controller));
  const route = rule === undefined ? undefined : model.object(rule.object);
  const service = resolvedBackends(trace)[0]?.service;
  const taken = [rule?.settings.readTimeout, rule?.settings.requestTimeout].some(
    (setting) => setting?.from.kind === 'field',
  );
  // A timeout that does count makes leftovers of other controllers a matter of taste.
  if (own === undefined || taken) return undefined;
  for (const object of [route, service]) {
    if (object === undefined) continue;
    for (const entry of TIMEOUT_KEYS) {
      const value = object.annotations[entry.key];
      const why = value === undefined ? undefined : whyNot(trace, entry, own, object);
      if (value === undefined || why === undefined) continue;
      const path = `metadata.annotations["${entry.key}"]`;
      return { object, path, value, why, blamed: placeOf(own, object, service) };
    }
  }
  return undefined;
}

function whyNot(trace: Trace, entry: TimeoutKey, own: TimeoutKey, object: Meta): string | undefined {
  if (entry !== own) return `${entry.key} belongs to another controller than ${trace.gateway?.name}`;
  if (!entry.readOn.some((kind) => kind === object.kind))
    return `${trace.gateway?.name} reads ${entry.key} on a ${entry.readOn.join(' or ')}, not on a ${object.kind}`;
  if (entry.key === 'haproxy.org/timeout-server' && haproxyReadsRoutes(trace) !== true)
    return haproxyReadsRoutes(trace) === false
      ? `this release reads timeout-server only in its ConfigMap; on a ${object.kind} from 1.11 on`
      : undefined;
  const known = trace.rule?.settings.readTimeout !== undefined || trace.rule?.settings.requestTimeout !== undefined;
  return known ? `${trace.gateway?.name} cannot read this value of ${entry.key}, so the default stays` : undefined;
}

/** Where only the Service is read, a setting on the route belongs there. */
function placeOf(own: TimeoutKey, object: Meta, service: Service | undefined): ObjectId {
  return idOf(own.readOn.some((kind) => kind === object.kind) ? object : (service ?? object));
}
