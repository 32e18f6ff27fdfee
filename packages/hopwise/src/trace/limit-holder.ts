import { parsePath } from '../base/field-path.ts';
import { idOf } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { ForeignObject } from '../model/kinds/cluster.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import type { LimitHolder } from './limit.ts';
import { nginxOwnLimit } from './nginx-limits.ts';
import { resolvedBackends } from './path-queries.ts';
import { isFor } from './protocol-knob.ts';
import type { Trace } from './trace.ts';

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
}

/**
 * Where the limit is that a gateway's own words are about. First what NGINX says of itself and of its request limits, then
 * the rule's connection limit, then what holds circuit breakers for this data plane: a DestinationRule for the backend's
 * host (Istio), the Upstream or the installation's Settings (Gloo), a BackendTrafficPolicy. Envoy's own defaults are 1024
 * connections, pending requests and requests per cluster (envoy api CircuitBreakers.Thresholds).
 */
export function limitHolder(world: Asked, said: string): LimitHolder | undefined {
  return nginxOwnLimit(world, said) ?? connectionLimit(world);
}

const ADVICE = 'Raise the limit above the number of requests in flight at the peak, or add replicas';
const ENVOY_LIMITS = { maxConnections: 10_000, maxPendingRequests: 10_000, maxRequests: 10_000 };

/** The limit of the rule itself: a DestinationRule's pool as a whole, a field or annotation, else where it would be set. */
function connectionLimit(world: Asked): LimitHolder | undefined {
  const { model, trace } = world;
  const pool = destinationRulePool(world);
  if (pool !== undefined) return pool;
  const limit = trace.rule?.settings.connectionLimit;
  if (limit === undefined) return undefined;
  const place = limit.from.kind === 'field' ? limit.from : limit.from.changeAt;
  const object = place === undefined ? undefined : model.object(place.object);
  if (place === undefined || object === undefined) return unsetLimit(world, limit.value);
  const set = limit.from.kind === 'field';
  const raised = limit.value * 10;
  const annotated = place.path.startsWith('metadata.annotations');
  const patch = mergeAt(place.path, set ? (annotated ? String(raised) : raised) : ENVOY_LIMITS);
  return {
    object,
    path: place.path,
    text: set ? `the limit is ${limit.value}` : `no limit is set: the default of ${limit.value} applies`,
    ...(set ? { value: String(limit.value) } : {}),
    advice: ADVICE,
    patches: patch === undefined ? [] : [{ object: idOf(object), type: 'merge', patch }],
  };
}

/** Nobody set it and there is no object yet that would: Contour reads the Service, others a policy for the route. */
function unsetLimit({ model, trace }: Asked, value: number): LimitHolder | undefined {
  const service = resolvedBackends(trace)[0]?.service;
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  const text = `no limit is set: the default of ${value} connections, pending and active requests applies`;
  if (/projectcontour/.test(trace.gateway?.controller ?? '') && service !== undefined) {
    const raised = String(ENVOY_LIMITS.maxConnections);
    const keys = ['max-connections', 'max-pending-requests', 'max-requests'];
    const annotations = Object.fromEntries(keys.map((key) => [`projectcontour.io/${key}`, raised]));
    const patch = { metadata: { annotations } };
    return {
      object: service,
      path: 'metadata.annotations',
      text,
      advice: ADVICE,
      patches: [{ object: idOf(service), type: 'merge', patch }],
    };
  }
  return route === undefined ? undefined : { object: route, path: 'spec', text, advice: ADVICE, patches: [] };
}

function destinationRulePool({ model, trace }: Asked): LimitHolder | undefined {
  const service = resolvedBackends(trace)[0]?.service;
  if (service === undefined) return undefined;
  const rule = model.foreign('DestinationRule').find((entry) => isFor(entry, service) && poolOf(entry) !== undefined);
  const pool = rule === undefined ? undefined : poolOf(rule);
  if (rule === undefined || pool === undefined) return undefined;
  const patch = { spec: { trafficPolicy: { connectionPool: raise(pool) } } };
  return {
    object: rule,
    path: 'spec.trafficPolicy.connectionPool',
    text: `the connection pool is limited: ${JSON.stringify(pool).slice(0, 120)}`,
    advice: ADVICE,
    patches: [{ object: idOf(rule), type: 'merge', patch }],
  };
}

/** Limits of requests in flight; limits per connection and retries are no ceilings for load. */
const CEILINGS = new Set(['maxConnections', 'http1MaxPendingRequests', 'http2MaxRequests']);

function raise(pool: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(pool).flatMap(([key, value]): [string, Json][] => {
      const inner = record(value);
      if (inner !== undefined) return [[key, raise(inner)]];
      return CEILINGS.has(key) && typeof value === 'number' ? [[key, Math.max(1024, value * 10)]] : [];
    }),
  );
}

function poolOf(rule: ForeignObject): Readonly<Record<string, unknown>> | undefined {
  const { trafficPolicy } = rule.spec;
  const pool = record(trafficPolicy)?.connectionPool;
  return record(pool);
}

/** A merge patch that sets one field; undefined for a field inside a list. */
function mergeAt(path: string, value: Json): JsonObject | undefined {
  const steps = parsePath(path);
  if (steps === undefined || steps.some((step) => typeof step === 'number')) return undefined;
  return steps.reduceRight<Json>((inner, step) => ({ [step]: inner }), value) as JsonObject;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
