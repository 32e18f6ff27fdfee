import { splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { ForeignObject } from '../model/kinds/cluster.ts';
import type { Meta } from '../model/meta.ts';
import type { Trace } from './trace.ts';

/** The object in which the limit that overflowed is set, or would have to be set. */
export interface LimitHolder {
  readonly object: Meta;
  readonly path: string;
  readonly text: string;
  readonly value?: string;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
}

/**
 * The rule's own connection limit first; then what holds circuit breakers for this data plane: a DestinationRule for the
 * backend's host (Istio), the Upstream or the installation's Settings (Gloo). Envoy's defaults are 1024 connections,
 * pending requests and requests per cluster (envoy api CircuitBreakers.Thresholds).
 */
export function limitHolder({ model, trace }: Asked): LimitHolder | undefined {
  const limit = trace.rule?.settings.connectionLimit;
  if (limit?.from.kind === 'field') {
    const object = model.object(limit.from.object);
    if (object !== undefined)
      return { object, path: limit.from.path, text: `the limit is ${limit.value}`, value: String(limit.value) };
  }
  return destinationRule(model, trace) ?? glooLimits(model);
}

function destinationRule(model: ClusterModel, trace: Trace): LimitHolder | undefined {
  for (const path of trace.backends) {
    const { namespace, name } = splitId(path.ref.object);
    const rule = model.foreign('DestinationRule').find((object) => {
      const host = String(object.spec['host'] ?? '');
      return (
        host === `${name}.${namespace}.svc.cluster.local` ||
        host === `${name}.${namespace}` ||
        (host === name && object.namespace === namespace)
      );
    });
    const policy = field(rule, 'trafficPolicy');
    const pool = record(policy?.['connectionPool']);
    if (rule !== undefined && pool !== undefined)
      return {
        object: rule,
        path: 'spec.trafficPolicy.connectionPool',
        text: `the connection pool is limited: ${JSON.stringify(pool).slice(0, 120)}`,
      };
  }
  return undefined;
}

function glooLimits(model: ClusterModel): LimitHolder | undefined {
  for (const kind of ['Upstream', 'Settings'] as const) {
    for (const object of model.foreign(kind)) {
      const breakers =
        record(object.spec['circuitBreakers']) ?? record(record(object.spec['gloo'])?.['circuitBreakers']);
      if (breakers !== undefined)
        return {
          object,
          path: 'spec.circuitBreakers',
          text: `circuit breakers are ${JSON.stringify(breakers).slice(0, 120)}`,
        };
    }
  }
  const settings = model.foreign('Settings').find((object) => object.apiVersion.startsWith('gloo.solo.io/'));
  return settings === undefined
    ? undefined
    : {
        object: settings,
        path: 'spec.gloo',
        text: 'no circuitBreakers are set: Envoy’s default of 1024 connections, pending and active requests per backend applies',
      };
}

function field(object: ForeignObject | undefined, name: string): Readonly<Record<string, unknown>> | undefined {
  return object === undefined ? undefined : record(object.spec[name]);
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
