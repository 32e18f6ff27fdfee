import { idOf, type ObjectId, objectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Service } from '../model/kinds/service.ts';
import type { Meta } from '../model/meta.ts';
import type { JsonObject } from '../sources/contract.ts';
import { BACKEND_CONFIG, backendSettings, configName } from './backend-config.ts';
import type { EdgeKind } from './edge-maker.ts';
import type { Trace } from './trace.ts';

/** How long the load balancer in front waits for a response, and what sets it. */
export interface EdgeTimeout {
  readonly seconds: number;
  /** The object that would have to change. */
  readonly blamed: ObjectId;
  readonly object: Meta;
  readonly path: string;
  readonly value: string;
  readonly why: string;
  /** A setting that was meant to change it and does not reach it. */
  readonly ignored?: { readonly object: Meta; readonly path: string; readonly why: string; readonly value: string };
  readonly advice: string;
  /** Merge patches that make it wait this long; empty where nobody in the cluster can. */
  readonly raise: (seconds: number) => readonly MergePatch[];
}
interface MergePatch {
  readonly object: ObjectId;
  readonly type: 'merge';
  readonly patch: JsonObject;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
}

/**
 * Google Cloud: a backend service waits 30 s unless a BackendConfig named on the *Service* (or a GCPBackendPolicy) says
 * otherwise (timeoutSec). AWS ALB: idle_timeout.timeout_seconds of the load balancer attributes, 60 s by default. Azure
 * Application Gateway: request-timeout, 30 s. Cloudflare gives up on an origin after 100 s (524), which no object changes.
 */
export function edgeTimeout(world: Asked, kind: EdgeKind | undefined): EdgeTimeout | undefined {
  switch (kind) {
    case 'google':
      return googleTimeout(world);
    case 'aws':
      return annotationTimeout(world, AWS);
    case 'azure':
      return annotationTimeout(world, AZURE);
    case 'cloudflare':
      return cloudflareTimeout(world);
    case undefined:
      return undefined;
  }
}

function googleTimeout({ model, trace }: Asked): EdgeTimeout | undefined {
  const path = trace.backends[0];
  const service = path?.service.state === 'found' ? path.service.value : undefined;
  if (service === undefined) return undefined;
  const { config } = backendSettings(model, service, path?.ref.port);
  const policy = config?.kind === 'GCPBackendPolicy';
  const set = policy
    ? (config.spec['default'] as { timeoutSec?: unknown } | undefined)?.timeoutSec
    : config?.spec['timeoutSec'];
  if (config !== undefined && typeof set === 'number' && Number.isFinite(set)) {
    const field = policy ? 'spec.default.timeoutSec' : 'spec.timeoutSec';
    return {
      seconds: set,
      blamed: idOf(config),
      object: config,
      path: field,
      value: String(set),
      why: `${config.kind} ${config.name} sets timeoutSec ${set}`,
      advice: `Raise ${field} of ${config.kind} ${config.namespace}/${config.name}`,
      raise: (seconds) => [
        merge(idOf(config), { spec: policy ? { default: { timeoutSec: seconds } } : { timeoutSec: seconds } }),
      ],
    };
  }
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  const onRoute = route?.annotations[BACKEND_CONFIG];
  const meant = configName(onRoute, undefined);
  return {
    seconds: 30,
    blamed: idOf(service),
    object: service,
    path: 'metadata.annotations',
    value: service.annotations[BACKEND_CONFIG] ?? '',
    why: `Service ${service.name} names no BackendConfig with a timeoutSec, so the load balancer keeps its default of 30 s`,
    advice: `Name a BackendConfig with timeoutSec in ${BACKEND_CONFIG} of Service ${service.namespace}/${service.name}`,
    ...(route !== undefined && onRoute !== undefined
      ? {
          ignored: {
            object: route,
            path: `metadata.annotations["${BACKEND_CONFIG}"]`,
            why: `${BACKEND_CONFIG} on a ${route.kind} is ignored: it belongs on the Service`,
            value: onRoute,
          },
        }
      : {}),
    raise: (seconds) =>
      meant === undefined
        ? googleSettings(service, route?.kind, seconds)
        : [
            merge(idOf(service), {
              metadata: { annotations: { [BACKEND_CONFIG]: JSON.stringify({ default: meant }) } },
            }),
          ],
  };
}

/** A BackendConfig of its own for an Ingress's Service, a policy for a route of Gateway API. */
function googleSettings(service: Service, route: string | undefined, seconds: number): readonly MergePatch[] {
  const { namespace } = service;
  const name = `${service.name}-timeout`.slice(0, 63);
  if (route !== undefined && route !== 'Ingress')
    return [
      merge(objectId('GCPBackendPolicy', namespace, name), {
        apiVersion: 'networking.gke.io/v1',
        kind: 'GCPBackendPolicy',
        metadata: { name, namespace },
        spec: { default: { timeoutSec: seconds }, targetRef: { group: '', kind: 'Service', name: service.name } },
      }),
    ];
  return [
    merge(objectId('BackendConfig', namespace, name), {
      apiVersion: 'cloud.google.com/v1',
      kind: 'BackendConfig',
      metadata: { name, namespace },
      spec: { timeoutSec: seconds },
    }),
    merge(idOf(service), { metadata: { annotations: { [BACKEND_CONFIG]: JSON.stringify({ default: name }) } } }),
  ];
}

function merge(object: ObjectId, patch: JsonObject): MergePatch {
  return { object, type: 'merge', patch };
}

interface TimeoutAnnotation {
  readonly key: string;
  readonly pattern: RegExp;
  readonly fallback: number;
  readonly name: string;
  readonly write: (seconds: number, old: string | undefined) => string;
}

const AWS: TimeoutAnnotation = {
  key: 'alb.ingress.kubernetes.io/load-balancer-attributes',
  pattern: /idle_timeout\.timeout_seconds=(\d{1,6})/,
  fallback: 60,
  name: 'idle_timeout.timeout_seconds',
  write: (seconds, old) =>
    [
      ...(old ?? '')
        .split(',')
        .filter((entry) => entry.trim() !== '' && !entry.includes('idle_timeout.timeout_seconds')),
      `idle_timeout.timeout_seconds=${seconds}`,
    ].join(','),
};
const AZURE: TimeoutAnnotation = {
  key: 'appgw.ingress.kubernetes.io/request-timeout',
  pattern: /^"?(\d{1,6})"?$/,
  fallback: 30,
  name: 'request-timeout',
  write: String,
};

function annotationTimeout(
  { model, trace }: Asked,
  { key, pattern, fallback, name, write }: TimeoutAnnotation,
): EdgeTimeout | undefined {
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  if (route === undefined) return undefined;
  const value = route.annotations[key];
  const set = pattern.exec(value ?? '')?.[1];
  const seconds = Number(set ?? fallback);
  return {
    seconds,
    blamed: idOf(route),
    object: route,
    path: value === undefined ? 'metadata.annotations' : `metadata.annotations["${key}"]`,
    value: value ?? '',
    why:
      set === undefined
        ? `no ${name} is set: the load balancer keeps its default of ${fallback} s`
        : `${name} is ${seconds} s`,
    advice: `Raise ${name} with ${key} on ${route.kind} ${route.namespace}/${route.name}`,
    raise: (wanted) => [merge(idOf(route), { metadata: { annotations: { [key]: write(wanted, value) } } })],
  };
}

function cloudflareTimeout({ model, trace }: Asked): EdgeTimeout | undefined {
  const pod = trace.backends.flatMap((path) => path.selected)[0];
  const owner = pod === undefined ? undefined : model.object(model.controllerOf(pod));
  if (owner === undefined) return undefined;
  return {
    seconds: 100,
    blamed: idOf(owner),
    object: owner,
    path: 'spec.template',
    value: '',
    why: 'Cloudflare gives up on the origin after 100 s, whatever the objects say',
    advice: `Let ${owner.kind} ${owner.namespace}/${owner.name} answer within 100 s, or move the work into a background job`,
    raise: () => [],
  };
}
