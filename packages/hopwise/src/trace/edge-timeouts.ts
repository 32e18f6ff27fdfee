import { idOf, type ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Meta } from '../model/meta.ts';
import type { JsonObject } from '../sources/contract.ts';
import type { PathObservations } from './observed.ts';
import type { Trace } from './trace.ts';

/** How long the load balancer in front waits for a response, and what sets it. */
export interface EdgeTimeout {
  readonly seconds: number;
  readonly blamed: ObjectId;
  readonly object: Meta | undefined;
  readonly path: string;
  readonly value: string;
  readonly why: string;
  readonly advice: string;
  /** A setting that was meant to change it and does not reach it. */
  readonly ignored?: { readonly object: Meta; readonly path: string; readonly why: string; readonly value: string };
  readonly patches: readonly { readonly object: ObjectId; readonly type: 'merge'; readonly patch: JsonObject }[];
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

/**
 * Google Cloud: a backend service waits 30 s unless a BackendConfig named on the *Service* says otherwise (GKE, "Ingress
 * configuration": timeoutSec). AWS ALB: idle_timeout.timeout_seconds of the load balancer attributes, 60 s by default
 * (Ingress annotation). Azure Application Gateway: request timeout 30 s (appgw.ingress.kubernetes.io/request-timeout).
 */
export function edgeTimeout(world: Asked): EdgeTimeout | undefined {
  const component = world.seen.generatedBy?.component ?? '';
  if (/Google/.test(component)) return googleTimeout(world);
  if (/AWS/.test(component))
    return annotationTimeout(
      world,
      'alb.ingress.kubernetes.io/load-balancer-attributes',
      /idle_timeout\.timeout_seconds=(\d+)/,
      60,
      'idle_timeout.timeout_seconds',
    );
  if (/Azure/.test(component))
    return annotationTimeout(world, 'appgw.ingress.kubernetes.io/request-timeout', /^(\d+)$/, 30, 'request-timeout');
  return undefined;
}

const BACKEND_CONFIG = 'cloud.google.com/backend-config';

function googleTimeout({ model, trace }: Asked): EdgeTimeout | undefined {
  const path = trace.backends[0];
  const service = path?.service.state === 'found' ? path.service.value : undefined;
  if (service === undefined) return undefined;
  const named = configName(
    service.annotations[BACKEND_CONFIG],
    service.ports.find((port) => port.port === path?.ref.port)?.name,
  );
  const config =
    named === undefined
      ? undefined
      : model
          .foreign('BackendConfig')
          .find((object) => object.namespace === service.namespace && object.name === named);
  const seconds = Number(config?.spec['timeoutSec']);
  if (config !== undefined && Number.isFinite(seconds)) {
    return {
      seconds,
      blamed: idOf(config),
      object: config,
      path: 'spec.timeoutSec',
      value: String(seconds),
      why: `BackendConfig ${config.name} sets timeoutSec ${seconds}`,
      advice: `Raise spec.timeoutSec of BackendConfig ${config.namespace}/${config.name}`,
      patches: [],
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
    why: `Service ${service.name} names no BackendConfig, so the load balancer keeps its default of 30 s`,
    advice: `Put ${BACKEND_CONFIG}: ${onRoute ?? '{"default":"NAME"}'} on Service ${service.namespace}/${service.name}`,
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
    patches:
      meant === undefined
        ? []
        : [
            {
              object: idOf(service),
              type: 'merge',
              patch: { metadata: { annotations: { [BACKEND_CONFIG]: JSON.stringify({ default: meant }) } } },
            },
          ],
  };
}

/** The annotation is JSON: {"default": "name", "ports": {"http": "name"}}. */
function configName(annotation: string | undefined, port: string | undefined): string | undefined {
  if (annotation === undefined) return undefined;
  try {
    const parsed = JSON.parse(annotation) as { default?: unknown; ports?: Record<string, unknown> };
    const name = (port === undefined ? undefined : parsed.ports?.[port]) ?? parsed.default;
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

function annotationTimeout(
  { model, trace }: Asked,
  key: string,
  pattern: RegExp,
  fallback: number,
  name: string,
): EdgeTimeout | undefined {
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  if (route === undefined) return undefined;
  const value = route.annotations[key];
  const seconds = Number(pattern.exec(value ?? '')?.[1] ?? fallback);
  return {
    seconds,
    blamed: idOf(route),
    object: route,
    path: value === undefined ? 'metadata.annotations' : `metadata.annotations["${key}"]`,
    value: value ?? '',
    why:
      value === undefined
        ? `no ${name} is set: the load balancer keeps its default of ${fallback} s`
        : `${name} is ${seconds} s`,
    advice: `Raise ${name} with ${key} on ${route.kind} ${route.namespace}/${route.name}`,
    patches: [],
  };
}
