import { idOf } from '../../../base/object-id.ts';
import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import type { Gateway, RouteBase, RouteRuleBase } from '../../../model/kinds/gateway-api.ts';
import { parseDuration } from '../../../model/project/gateway-api/duration.ts';
import {
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readOptionalObject,
  readString,
  readStrings,
} from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';
import type { EffectiveSettings, NotUnderstood, Setting } from '../../route-table.ts';
import { compareByAge } from './age.ts';
import type { GatewayContext } from './rule-context.ts';

/*
 * Envoy Gateway's own policies (gateway.envoyproxy.io): BackendTrafficPolicy for timeouts, retries and limits,
 * SecurityPolicy for who may pass. Both are attached by targetRefs of their own namespace.
 */

export interface PolicyEffect {
  readonly settings: EffectiveSettings;
  readonly notUnderstood: readonly NotUnderstood[];
}

export function readEnvoyGatewayPolicies(context: GatewayContext, route: RouteBase, rule: RouteRuleBase): PolicyEffect {
  const traffic = applying(context, 'BackendTrafficPolicy', route, rule);
  const security = applying(context, 'SecurityPolicy', route, rule).slice(0, 1);
  return {
    // From the least to the most specific, so that the most specific one has the last word.
    settings: Object.assign({}, ...traffic.toReversed().map(trafficSettings)) as EffectiveSettings,
    notUnderstood: [...traffic.flatMap(trafficDoubts), ...security.flatMap(securityDoubts)],
  };
}

/**
 * The policy in force, most specific first: for the rule, the route, the Gateway; of two for one target the older. A policy
 * for a route replaces that of the Gateway unless it has a mergeType (internal/gatewayapi/backendtrafficpolicy.go).
 */
function applying(
  { model, gateway }: GatewayContext,
  kind: string,
  route: RouteBase,
  rule: RouteRuleBase,
): readonly ForeignObject[] {
  const policies = model.foreign(kind).filter(({ apiVersion }) => apiVersion.startsWith('gateway.envoyproxy.io/'));
  if (policies.length === 0) return [];
  const ranked = policies
    .map((policy) => ({ policy, rank: rankOf(policy, gateway, route, rule) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((a, b) => b.rank - a.rank || compareByAge(a.policy, b.policy));
  const [first, ...others] = ranked;
  if (first === undefined) return [];
  const parent = others.find(({ rank }) => rank < first.rank);
  const merges = readString(specOf(first.policy), 'mergeType') !== undefined;
  return merges && parent !== undefined ? [first.policy, parent.policy] : [first.policy];
}

/** 3 for the rule, 2 for the route, 1 for the Gateway, 0 for none of them. */
function rankOf(policy: ForeignObject, gateway: Gateway, route: RouteBase, rule: RouteRuleBase): number {
  const spec = specOf(policy);
  const single = readOptionalObject(spec, 'targetRef');
  let best = 0;
  for (const ref of single === undefined ? readObjects(spec, 'targetRefs') : [single]) {
    const section = readString(ref, 'sectionName') || undefined;
    if (names(ref, route) && policy.namespace === route.namespace) {
      if (section === undefined) best = Math.max(best, 2);
      else if (section === rule.name) best = Math.max(best, 3);
    }
    if (names(ref, gateway) && policy.namespace === gateway.namespace && section === undefined)
      best = Math.max(best, 1);
  }
  return best;
}

function names(ref: JsonObject, object: RouteBase | Gateway): boolean {
  return readString(ref, 'kind') === object.kind && readString(ref, 'name') === object.name;
}

function specOf(policy: ForeignObject): JsonObject {
  return policy.spec as JsonObject;
}

function trafficSettings(policy: ForeignObject): EffectiveSettings {
  const spec = specOf(policy);
  const at = <T>(value: T, path: string): Setting<T> => ({
    value,
    from: { kind: 'field', object: idOf(policy), path: `spec.${path}` },
  });
  const timeout = readObject(spec, 'timeout');
  const http = readObject(timeout, 'http');
  const connect = parseDuration(readString(readObject(timeout, 'tcp'), 'connectTimeout'));
  const request = parseDuration(readString(http, 'requestTimeout'));
  const idle = parseDuration(readString(http, 'connectionIdleTimeout'));
  const retry = readOptionalObject(spec, 'retry');
  const triggers = retry === undefined ? [] : readStrings(readObject(retry, 'retryOn'), 'triggers');
  const perTry = retry === undefined ? undefined : parseDuration(readString(readObject(retry, 'perRetry'), 'timeout'));
  const upgrades = readObjects(spec, 'httpUpgrade').map((upgrade) => readString(upgrade, 'type')?.toLowerCase());
  return {
    ...(connect === undefined ? {} : { connectTimeout: at(connect, 'timeout.tcp.connectTimeout') }),
    ...(request === undefined ? {} : { requestTimeout: at(request, 'timeout.http.requestTimeout') }),
    ...(idle === undefined ? {} : { upstreamIdleTimeout: at(idle, 'timeout.http.connectionIdleTimeout') }),
    ...(perTry === undefined ? {} : { readTimeout: at(perTry, 'retry.perRetry.timeout') }),
    ...(retry === undefined ? {} : { retryTries: at(readNumber(retry, 'numRetries') ?? 2, 'retry') }),
    ...(triggers.length === 0 ? {} : { retries: at(triggers.join(' '), 'retry.retryOn.triggers') }),
    ...(readBoolean(spec, 'useClientProtocol') === true
      ? { backendProtocol: at('auto' as const, 'useClientProtocol') }
      : {}),
    // A list replaces the default of websocket alone (internal/xds/translator/route.go buildUpgradeConfig).
    ...(upgrades.length === 0 ? {} : { websocket: at(upgrades.includes('websocket'), 'httpUpgrade') }),
    ...circuitBreaker(spec, at),
  };
}

/** What the circuit breaker leaves out keeps Envoy's 1024. */
function circuitBreaker(
  spec: JsonObject,
  at: (value: number, path: string) => Setting<number>,
): Pick<EffectiveSettings, 'connectionLimit'> {
  const breaker = readOptionalObject(spec, 'circuitBreaker');
  if (breaker === undefined) return {};
  const limits = ['maxConnections', 'maxPendingRequests', 'maxParallelRequests'].map((key) => ({
    key,
    value: readNumber(breaker, key) ?? 1024,
  }));
  const smallest = limits.toSorted((a, b) => a.value - b.value)[0];
  return smallest === undefined ? {} : { connectionLimit: at(smallest.value, `circuitBreaker.${smallest.key}`) };
}

function trafficDoubts(policy: ForeignObject): readonly NotUnderstood[] {
  const spec = specOf(policy);
  return [
    ...doubt(policy, spec, 'rateLimit', 'requests beyond a rate are refused', [429]),
    ...doubt(policy, spec, 'faultInjection', 'faults are injected on purpose', faultStatuses(spec)),
    ...doubt(policy, spec, 'admissionControl', 'requests are refused while the backend fails', [503]),
    ...doubt(policy, spec, 'responseOverride', 'answers of the backend are replaced', []),
  ];
}

function faultStatuses(spec: JsonObject): readonly number[] {
  const status = readNumber(readObject(readObject(spec, 'faultInjection'), 'abort'), 'httpStatus');
  return status === undefined ? [504] : [status];
}

function securityDoubts(policy: ForeignObject): readonly NotUnderstood[] {
  const spec = specOf(policy);
  return ['authorization', 'basicAuth', 'apiKeyAuth', 'jwt', 'extAuth', 'oidc'].flatMap((key) =>
    doubt(policy, spec, key, `${key} decides who may pass`, key === 'oidc' ? [302, 401, 403] : [401, 403]),
  );
}

function doubt(
  policy: ForeignObject,
  spec: JsonObject,
  key: string,
  why: string,
  mayAnswer: readonly number[],
): readonly NotUnderstood[] {
  if (!Object.hasOwn(spec, key)) return [];
  return [{ object: idOf(policy), path: `spec.${key}`, why, effect: 'adds-status', mayAnswer }];
}
