import type { ClusterModel } from '../model/cluster-model.ts';
import type { Meta } from '../model/meta.ts';
import type { AccessEntry, AppEventEntry, AppRequestEntry } from '../sources/observations.ts';
import type { PathObservations } from './observed.ts';
import { pathShape } from './path-shape.ts';
import type { Trace } from './trace.ts';

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

export interface TimeoutEvidence {
  /** How long the failed requests took, when they agree with each other (a timeout, not a load). */
  readonly timeoutMs: number | undefined;
  /** They agree with the gateway's own read timeout, or with each other to within 2 %. */
  readonly atTimeout: boolean;
  /** The app finished such a request after the gateway had given up. */
  readonly appLine: AppRequestEntry | undefined;
  readonly appMs: number | undefined;
  readonly clientGone: AppEventEntry | undefined;
  /** A slow request that passes just below the timeout. */
  readonly slowOk: AccessEntry | undefined;
  /** The same path was answered quickly before: it has become slow. */
  readonly wasFast: boolean;
}

export function timeoutEvidence({ seen, trace }: Asked): TimeoutEvidence {
  const failed = seen.access.filter((entry) => entry.status === 504 || entry.mode === 'read-timeout');
  const durations = failed.flatMap((entry) => entry.attempts.at(-1)?.durationMs ?? entry.durationMs ?? []);
  if (durations.length === 0 && seen.durationMs !== undefined) durations.push(seen.durationMs);
  const timeoutMs = agreeing(durations);
  const configured = trace.rule?.settings.readTimeout?.value ?? trace.rule?.settings.requestTimeout?.value;
  const shapes = new Set([
    ...failed.flatMap((entry) => (entry.path === undefined ? [] : [pathShape(entry.path)])),
    pathShape(trace.request.path),
  ]);
  const limit = timeoutMs ?? configured ?? 0;
  const appLine = seen.app.requests.findLast(
    (entry) =>
      (entry.durationMs ?? 0) > limit * 0.98 &&
      limit > 0 &&
      (entry.path === undefined || shapes.has(pathShape(entry.path))),
  );
  const slow = [...seen.access, ...seen.nearby].filter(
    (entry) => (entry.status ?? 500) < 500 && (entry.durationMs ?? 0) > limit * 0.4 && (entry.durationMs ?? 0) < limit,
  );
  const firstFailure = Math.min(...failed.map((entry) => entry.time ?? Number.POSITIVE_INFINITY));
  return {
    timeoutMs: timeoutMs ?? configured,
    atTimeout:
      timeoutMs !== undefined &&
      (configured === undefined
        ? durations.length > 1 || isRound(timeoutMs)
        : Math.abs(timeoutMs - configured) <= configured * 0.02 + 100),
    appLine,
    appMs: appLine?.durationMs,
    clientGone: seen.app.events.findLast((entry) => entry.event === 'client-gone'),
    slowOk: slow.sort((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0))[0],
    wasFast: seen.access.some(
      (entry) =>
        (entry.status ?? 500) < 500 && (entry.durationMs ?? limit) < limit * 0.1 && (entry.time ?? 0) < firstFailure,
    ),
  };
}

/** The common value when all lie within 2 % (and 150 ms) of each other. */
function agreeing(durations: readonly number[]): number | undefined {
  if (durations.length === 0) return undefined;
  const least = Math.min(...durations);
  const most = Math.max(...durations);
  return most - least <= Math.max(150, least * 0.02) ? least : undefined;
}

/** Timeouts are set in whole 5 seconds; a lone request that took 50.06 s was cut, one of 47.3 s was not. */
function isRound(ms: number): boolean {
  const rest = ms % 5000;
  return rest <= 300 || rest >= 4950;
}

/** A timeout that somebody set where this controller does not read it. */
export interface IgnoredTimeout {
  readonly object: Meta;
  readonly path: string;
  readonly value: string;
  readonly why: string;
  readonly advice: string;
}

interface TimeoutKey {
  readonly key: string;
  readonly controller: RegExp;
  /** Kinds this controller reads the annotation on. */
  readonly readOn: readonly string[];
  readonly advice: string;
}

/**
 * Read-timeout annotations of each controller and where it reads them. haproxy.org/timeout-server is a ConfigMap key; on an
 * Ingress or Service it takes effect from version 3.1 on (documentation of haproxytech/kubernetes-ingress, annotations).
 */
const TIMEOUT_KEYS: readonly TimeoutKey[] = [
  {
    key: 'nginx.ingress.kubernetes.io/proxy-read-timeout',
    controller: /ingress-nginx/,
    readOn: ['Ingress'],
    advice: 'Set nginx.ingress.kubernetes.io/proxy-read-timeout on the Ingress',
  },
  {
    key: 'nginx.org/proxy-read-timeout',
    controller: /nginx\.org/,
    readOn: ['Ingress'],
    advice: 'Set nginx.org/proxy-read-timeout on the Ingress',
  },
  {
    key: 'haproxy.org/timeout-server',
    controller: /haproxy\.org/,
    readOn: ['ConfigMap'],
    advice:
      'Set timeout-server in the controller’s ConfigMap, or haproxy.org/backend-config-snippet: timeout server on the Service',
  },
  {
    key: 'haproxy-ingress.github.io/timeout-server',
    controller: /haproxy-ingress/,
    readOn: ['Ingress', 'Service'],
    advice: 'Set haproxy-ingress.github.io/timeout-server on the Ingress',
  },
  {
    key: 'konghq.com/read-timeout',
    controller: /kong/,
    readOn: ['Service'],
    advice: 'Set konghq.com/read-timeout on the Service (milliseconds)',
  },
  {
    key: 'projectcontour.io/response-timeout',
    controller: /contour/,
    readOn: ['Ingress'],
    advice: 'Set projectcontour.io/response-timeout on the Ingress',
  },
  {
    key: 'appgw.ingress.kubernetes.io/request-timeout',
    controller: /azure|application-gateway/i,
    readOn: ['Ingress'],
    advice: 'Set appgw.ingress.kubernetes.io/request-timeout on the Ingress',
  },
  {
    key: 'cloud.google.com/backend-config',
    controller: /gce|google/,
    readOn: ['Service'],
    advice: 'Put cloud.google.com/backend-config on the Service: on an Ingress it is ignored',
  },
];

/** Looks on the route and its Services for a timeout that the answering controller does not read there. */
export function ignoredTimeout({ model, trace }: Asked): IgnoredTimeout | undefined {
  const controller = `${trace.gateway?.controller ?? ''} ${trace.gateway?.dialect ?? ''}`;
  const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
  const services = trace.backends.flatMap((path) => (path.service.state === 'found' ? [path.service.value] : []));
  const own = TIMEOUT_KEYS.find((entry) => entry.controller.test(controller));
  for (const object of [...(route === undefined ? [] : [route]), ...services]) {
    for (const entry of TIMEOUT_KEYS) {
      const value = object.annotations[entry.key];
      if (value === undefined || (entry.controller.test(controller) && entry.readOn.includes(object.kind))) continue;
      const path = `metadata.annotations["${entry.key}"]`;
      const where = entry.controller.test(controller)
        ? `this controller does not read ${entry.key} on a ${object.kind}`
        : `${entry.key} belongs to another controller`;
      return { object, path, value, why: where, advice: own?.advice ?? entry.advice };
    }
  }
  return undefined;
}
