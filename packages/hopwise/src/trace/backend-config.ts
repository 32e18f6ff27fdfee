import type { ClusterModel } from '../model/cluster-model.ts';
import type { ForeignObject } from '../model/kinds/cluster.ts';
import type { Service } from '../model/kinds/service.ts';

/** Annotation that attaches a BackendConfig; GKE reads it on the Service only ("Configuring Ingress features"). */
export const BACKEND_CONFIG = 'cloud.google.com/backend-config';

/** What configures Google's load balancer for a Service. */
export interface BackendSettings {
  /** BackendConfig, or the policy that targets the Service with Gateway API. */
  readonly config: ForeignObject | undefined;
  /** The name that the Service's annotation gives, though nothing of that name may exist. */
  readonly named: string | undefined;
}

export function backendSettings(
  model: ClusterModel,
  service: Service,
  port: number | string | undefined,
): BackendSettings {
  const portName = service.ports.find((entry) => entry.port === port)?.name;
  const named = configName(service.annotations[BACKEND_CONFIG], portName);
  const config = model
    .foreign('BackendConfig')
    .find((object) => object.namespace === service.namespace && object.name === named);
  return { config: config ?? policyFor(model, 'GCPBackendPolicy', service), named };
}

/** A policy of Gateway API on Google Cloud that targets the Service. */
export function policyFor(model: ClusterModel, kind: string, service: Service): ForeignObject | undefined {
  return model.foreign(kind).find((object) => {
    const target = object.spec['targetRef'];
    return (
      object.namespace === service.namespace &&
      typeof target === 'object' &&
      target !== null &&
      (target as { name?: unknown }).name === service.name
    );
  });
}

/** The annotation is JSON: {"default": "name", "ports": {"http": "name"}}. */
export function configName(annotation: string | undefined, port: string | undefined): string | undefined {
  if (annotation === undefined) return undefined;
  try {
    const parsed = JSON.parse(annotation) as { default?: unknown; ports?: Record<string, unknown> } | null;
    const name = (port === undefined ? undefined : parsed?.ports?.[port]) ?? parsed?.default;
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}
