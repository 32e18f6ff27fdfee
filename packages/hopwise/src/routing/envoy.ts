import type { EffectiveSettings, FailureAnswer, FailureTable, Setting } from './route-table.ts';

/*
 * Envoy (source/common/router/router.cc, Filter::onUpstreamReset): 502 for a protocol error, 503 for every other reset, the
 * reset reason in the body; sendNoHealthyUpstreamResponse and onResponseTimeout for the others. A connect timeout is 504 in
 * newer releases (envoyproxy/gateway#4114).
 */
const ROUTER = 'envoy source/common/router/router.cc';
const RESET = 'upstream connect error or disconnect/reset before headers';

function envoy(status: number, body: string, also: readonly number[] = []): FailureAnswer {
  return { status, body, server: 'envoy', reference: ROUTER, ...(also.length === 0 ? {} : { also }) };
}

export const ENVOY_FAILURES: FailureTable = {
  'no-route': { status: 404, server: 'envoy', reference: `${ROUTER} (NR, route_not_found)` },
  'no-service': { status: 503, also: [500], server: 'envoy', reference: `${ROUTER} (NC, cluster_not_found)` },
  'no-endpoints': envoy(503, 'no healthy upstream'),
  'no-live-endpoint': envoy(503, 'no healthy upstream'),
  'dns-failure': envoy(503, 'no healthy upstream'),
  refused: envoy(503, RESET),
  'no-route-to-host': envoy(503, RESET),
  'connect-timeout': envoy(503, RESET, [504]),
  'tls-handshake': envoy(503, RESET),
  reset: envoy(503, RESET),
  'protocol-error': envoy(502, RESET, [503]),
  'invalid-response': envoy(502, RESET, [503]),
  'header-too-large': envoy(502, RESET, [503]),
  overflow: envoy(503, `${RESET}. reset reason: overflow`),
  'read-timeout': envoy(504, 'upstream request timeout'),
  'upgrade-failed': { status: 403, server: 'envoy', reference: 'envoy docs: http/upgrades (upgrade not enabled)' },
};

const HOUR = 3_600_000;

/** Defaults of Envoy itself that few control planes touch. */
export const ENVOY_DEFAULTS: EffectiveSettings = {
  upstreamIdleTimeout: byDefault(HOUR, 'Envoy HttpProtocolOptions.idle_timeout'),
  responseHeaderLimit: byDefault(60 * 1024, 'Envoy HttpProtocolOptions.max_response_headers_kb'),
};

/** Where no circuit breaker is configured: 1024 connections, as many waiting and as many requests. */
export const ENVOY_CIRCUIT_BREAKER: EffectiveSettings = {
  connectionLimit: byDefault(
    1024,
    'Envoy CircuitBreakers.Thresholds: max_connections, max_pending_requests, max_requests',
  ),
};

export const ENVOY_ROUTE_TIMEOUT: EffectiveSettings = {
  requestTimeout: byDefault(15_000, 'Envoy RouteAction.timeout'),
};

/** A value nobody set, and where it is documented. */
export function byDefault<T>(value: T, reference: string): Setting<T> {
  return { value, from: { kind: 'default', reference } };
}
