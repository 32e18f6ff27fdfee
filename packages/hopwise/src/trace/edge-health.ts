import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import type { Meta } from '../model/meta.ts';
import type { JsonObject } from '../sources/contract.ts';
import { backendSettings, policyFor } from './backend-config.ts';
import type { EdgeKind } from './edge-maker.ts';
import { podsOnPath, resolvedBackends } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** Where a cloud load balancer's health check for this backend is set, and to what. */
export interface EdgeHealthCheck {
  /** The object to change. */
  readonly object: ObjectId;
  readonly path: string | undefined;
  /** Status codes that count as healthy, when they are set. */
  readonly accepted: string | undefined;
  readonly evidence: readonly Evidence[];
  /** Merge patches that make the check ask another path, or accept another status. */
  readonly askPath: (path: string) => readonly MergePatch[];
  readonly acceptStatus: (status: number) => readonly MergePatch[];
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

/** Undefined when the backend's Service or route is not known, or the edge has no such settings in the cluster. */
export function edgeHealthCheck({ model, trace }: Asked, kind: EdgeKind | undefined): EdgeHealthCheck | undefined {
  const [backend] = resolvedBackends(trace);
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  switch (kind) {
    case 'aws':
      return annotated(backend?.service, route, AWS);
    case 'azure':
      return annotated(undefined, route, AZURE);
    case 'google':
      return backend === undefined ? undefined : google(model, backend.service, backend.path.ref.port);
    default:
      return undefined;
  }
}

interface Annotations {
  readonly prefix: string;
  readonly path: string;
  readonly codes: string;
  readonly defaultCodes: string;
}
/** AWS Load Balancer Controller, "Ingress annotations", health check: a Service's annotation goes before the Ingress's. */
const AWS: Annotations = {
  prefix: 'alb.ingress.kubernetes.io/',
  path: 'healthcheck-path',
  codes: 'success-codes',
  defaultCodes: '200',
};
/** AGIC, "Annotations for Application Gateway Ingress Controller". */
const AZURE: Annotations = {
  prefix: 'appgw.ingress.kubernetes.io/',
  path: 'health-probe-path',
  codes: 'health-probe-status-codes',
  defaultCodes: '200-399',
};

function annotated(
  service: Service | undefined,
  route: Meta | undefined,
  { prefix, path, codes, defaultCodes }: Annotations,
): EdgeHealthCheck | undefined {
  const own = service !== undefined && [path, codes].some((name) => Object.hasOwn(service.annotations, prefix + name));
  const object = own ? service : route;
  if (object === undefined) return undefined;
  const read = (name: string): string | undefined =>
    service?.annotations[prefix + name] ?? route?.annotations[prefix + name];
  const patch = (name: string, value: string): readonly MergePatch[] => [
    { object: idOf(object), type: 'merge', patch: { metadata: { annotations: { [prefix + name]: value } } } },
  ];
  const asked = read(path);
  const accepted = read(codes);
  const text =
    asked === undefined
      ? 'no health-check path is set for this backend'
      : `the health check asks ${asked}${accepted === undefined ? '' : ` and accepts ${accepted}`}`;
  return {
    object: idOf(object),
    path: asked,
    accepted,
    evidence: [citeField(object, 'metadata.annotations', text)],
    askPath: (wanted) => patch(path, wanted),
    acceptStatus: (status) => patch(codes, `${accepted ?? defaultCodes},${status}`),
  };
}

/** healthCheck.requestPath of the BackendConfig on the Service, or a HealthCheckPolicy; only 200 ever counts. */
function google(model: ClusterModel, service: Service, port: number | string | undefined): EdgeHealthCheck {
  const policy = policyFor(model, 'HealthCheckPolicy', service);
  const { config } = backendSettings(model, service, port);
  const object = policy ?? (config?.kind === 'BackendConfig' ? config : undefined) ?? service;
  const asked = requestPath(object);
  const text = asked === undefined ? 'it sets no health-check path for this backend' : `the health check asks ${asked}`;
  return {
    object: idOf(object),
    path: asked,
    accepted: undefined,
    evidence: [citeField(object, object === service ? 'metadata.annotations' : 'spec', text)],
    askPath: (wanted) =>
      object.kind === 'BackendConfig'
        ? [
            {
              object: idOf(object),
              type: 'merge',
              patch: { spec: { healthCheck: { type: 'HTTP', requestPath: wanted } } },
            },
          ]
        : [],
    acceptStatus: () => [],
  };
}

function requestPath(object: Meta): string | undefined {
  if (!('spec' in object)) return undefined;
  const spec = object.spec as { healthCheck?: unknown; default?: unknown };
  const check = (spec.healthCheck ?? {}) as { requestPath?: unknown };
  const config = ((spec.default as { config?: unknown } | undefined)?.config ?? {}) as {
    httpHealthCheck?: { requestPath?: unknown };
  };
  const path = check.requestPath ?? config.httpHealthCheck?.requestPath;
  return typeof path === 'string' ? path : undefined;
}

/** The cloud's own word that targets of this backend are unhealthy: GKE's annotation, or a readiness gate of the Pods. */
export function statedUnhealthy({ model, trace }: Asked): Evidence | undefined {
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  const service = resolvedBackends(trace)[0]?.service;
  const stated = route?.annotations['ingress.kubernetes.io/backends'];
  if (route !== undefined && service !== undefined && stated !== undefined) {
    const entry = unhealthyEntry(stated, service.name);
    if (entry !== undefined) return citeField(route, 'metadata.annotations["ingress.kubernetes.io/backends"]', entry);
  }
  for (const pod of podsOnPath(trace)) {
    const gate = failedGate(pod);
    if (gate !== undefined) return citeField(pod, 'status.conditions', gate);
  }
  return undefined;
}

/** GKE writes the state of each backend as JSON: {"k8s1-…-namespace-service-80-…": "UNHEALTHY"}. */
function unhealthyEntry(stated: string, service: string): string | undefined {
  try {
    const states = JSON.parse(stated) as Record<string, unknown>;
    const bad = Object.entries(states).find(
      ([name, state]) => name.includes(`-${service}-`) && (state === 'UNHEALTHY' || state === 'Unknown'),
    );
    return bad === undefined ? undefined : `backend ${bad[0]} is ${String(bad[1])}`;
  } catch {
    return undefined;
  }
}

/** AWS and Google hold a Pod back until its load balancer finds it healthy (readinessGates). */
function failedGate(pod: Pod): string | undefined {
  const gate = pod.conditions.find(
    (entry) => /^target-health\.|load-balancer-neg-ready$/.test(entry.type) && entry.status === 'False',
  );
  if (
    gate === undefined ||
    !/FailedHealthChecks|Timeout|Unhealthy|NotHealthy/i.test(`${gate.reason ?? ''} ${gate.message ?? ''}`)
  )
    return undefined;
  return `the load balancer finds Pod ${pod.name} unhealthy: ${(gate.message ?? gate.reason ?? '').slice(0, 140)}`;
}

/** A path that the kubelet asks with success: it would do for the load balancer too. */
export function passingProbePath(trace: Trace, besides: string | undefined): string | undefined {
  for (const pod of podsOnPath(trace)) {
    if (!pod.ready) continue;
    const probe = pod.spec.containers
      .map((container) => container.readiness)
      .find((entry) => entry?.kind === 'httpGet');
    if (probe?.path !== undefined && probe.path !== besides) return probe.path;
  }
  return undefined;
}
