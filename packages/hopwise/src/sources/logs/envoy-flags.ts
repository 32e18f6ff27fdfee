import type { FailureMode } from '../failure.ts';

/** What Envoy's log says about a request beyond its status. */
export interface EnvoySaid {
  readonly flags: string | undefined;
  readonly details: string | undefined;
  readonly transportFailure: string | undefined;
  readonly serviceTimeMs: number | undefined;
  readonly hasHost: boolean;
  readonly durationMs: number | undefined;
  readonly status: number | undefined;
}

/**
 * Response flags (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage, and
 * source/common/stream_info/utility.h for the long names), most telling first: several may stand together.
 */
const FLAGS: readonly (readonly [short: string, long: string, mode: FailureMode | undefined])[] = [
  ['DF', 'DnsResolutionFailed', 'dns-failure'],
  ['NR', 'NoRouteFound', 'no-route'],
  ['NC', 'NoClusterFound', 'no-service'],
  ['UH', 'NoHealthyUpstream', 'no-endpoints'],
  ['UO', 'UpstreamOverflow', 'overflow'],
  ['DO', 'DropOverload', 'overflow'],
  ['OM', 'OverloadManagerTerminated', 'overflow'],
  ['UF', 'UpstreamConnectionFailure', undefined],
  ['UPE', 'UpstreamProtocolError', 'protocol-error'],
  ['UC', 'UpstreamConnectionTermination', 'reset'],
  ['UR', 'UpstreamRemoteReset', 'reset'],
  ['LR', 'LocalReset', 'reset'],
  ['UT', 'UpstreamRequestTimeout', 'read-timeout'],
  ['UMSDR', 'UpstreamMaxStreamDurationReached', 'read-timeout'],
  ['SI', 'StreamIdleTimeout', 'read-timeout'],
  ['DT', 'DurationTimeout', 'read-timeout'],
  ['RL', 'RateLimited', 'request-refused'],
  ['RLSE', 'RateLimitServiceError', 'request-refused'],
  ['UAEX', 'UnauthorizedExternalService', 'request-refused'],
  ['IH', 'InvalidEnvoyRequestHeaders', 'request-refused'],
  ['DPE', 'DownstreamProtocolError', 'request-refused'],
  ['LH', 'FailedLocalHealthCheck', 'no-live-endpoint'],
  ['FI', 'FaultInjected', 'request-refused'],
  ['DC', 'DownstreamConnectionTermination', undefined],
  ['DR', 'DownstreamRemoteReset', undefined],
  ['DI', 'DelayInjected', undefined],
  ['RFCF', 'ResponseFromCacheFilter', undefined],
  ['NFCF', 'NoFilterConfigFound', 'no-route'],
  ['URX', 'UpstreamRetryLimitExceeded', undefined],
];

/** Reset reasons and response code details (source/common/http/utility.cc resetReasonToString, stream_info.h). */
const REASONS: readonly (readonly [needle: string, mode: FailureMode])[] = [
  ['wrong_version_number', 'tls-handshake'],
  ['tls_error', 'tls-handshake'],
  ['tls error', 'tls-handshake'],
  ['certificate_verify_failed', 'tls-handshake'],
  ['delayed_connect_error:_111', 'refused'],
  ['delayed connect error: 111', 'refused'],
  ['connection refused', 'refused'],
  ['connection_refused', 'refused'],
  // errno as a number or, in newer releases, as its text
  ['no_route_to_host', 'no-route-to-host'],
  ['no route to host', 'no-route-to-host'],
  ['network_is_unreachable', 'no-route-to-host'],
  ['connection_timed_out', 'connect-timeout'],
  ['delayed_connect_error:_113', 'no-route-to-host'],
  ['delayed connect error: 113', 'no-route-to-host'],
  ['delayed_connect_error:_101', 'no-route-to-host'],
  ['delayed connect error: 101', 'no-route-to-host'],
  ['delayed_connect_error:_110', 'connect-timeout'],
  ['delayed connect error: 110', 'connect-timeout'],
  ['delayed_connect_error:_104', 'reset'],
  ['connection_timeout', 'connect-timeout'],
  ['connection timeout', 'connect-timeout'],
  ['protocol_error', 'protocol-error'],
  ['protocol error', 'protocol-error'],
  ['remote_refused_stream_reset', 'reset'],
  ['remote refused stream reset', 'reset'],
  ['remote_reset', 'reset'],
  ['remote reset', 'reset'],
  ['local_reset', 'reset'],
  ['local reset', 'reset'],
  ['http1.invalid', 'invalid-response'],
  ['connection_termination', 'reset'],
  ['connection termination', 'reset'],
  ['reset reason: overflow', 'overflow'],
  ['{overflow}', 'overflow'],
  ['no_healthy_upstream', 'no-endpoints'],
  ['no healthy upstream', 'no-endpoints'],
  ['route_not_found', 'no-route'],
  ['cluster_not_found', 'no-service'],
  ['upstream_response_timeout', 'read-timeout'],
  ['upstream_per_try_timeout', 'read-timeout'],
  ['upstream request timeout', 'read-timeout'],
  ['upstream_max_stream_duration_reached', 'read-timeout'],
  ['stream_idle_timeout', 'read-timeout'],
  ['upstream_per_try_idle_timeout', 'read-timeout'],
  ['max_duration_timeout', 'read-timeout'],
  ['rbac_access_denied', 'request-refused'],
  ['ext_authz_denied', 'request-refused'],
  ['jwt_authn', 'request-refused'],
  ['request_payload_too_large', 'request-refused'],
  ['request_headers_failed_strict_check', 'request-refused'],
  ['local_rate_limited', 'request-refused'],
  ['dns_resolution_failure', 'dns-failure'],
];

/** How a failure reads in Envoy's own words (a detail, a reset reason, a response body); undefined when it has none. */
export function envoyReason(text: string | undefined): FailureMode | undefined {
  if (text === undefined || text === '' || text === '-') return undefined;
  const lower = text.toLowerCase();
  return REASONS.find(([needle]) => lower.includes(needle))?.[1];
}

/** A connection that fails after this long was not refused: nobody answered. */
const NOT_A_REFUSAL_MS = 900;

export function envoyMode(said: EnvoySaid): FailureMode | undefined {
  const reason = envoyReason(said.transportFailure) ?? envoyReason(said.details);
  const flags = flagList(said.flags);
  const row = FLAGS.find(([short, long]) => flags.includes(short) || flags.includes(long));
  if (row === undefined) return said.details === 'via_upstream' ? undefined : reason;
  if (row[0] === 'UF') return reason ?? ((said.durationMs ?? 0) >= NOT_A_REFUSAL_MS ? 'connect-timeout' : undefined);
  if (row[0] === 'UC' || row[0] === 'UR') return reason ?? row[2];
  return row[2] ?? (row[0] === 'URX' ? reason : undefined);
}

/**
 * Whether Envoy made the answer: its details say `via_upstream` or not; without details, a flag (other than one about the
 * client or a retry limit) means Envoy, and an upstream service time without one means the backend.
 */
export function envoyGenerated(said: EnvoySaid): boolean | undefined {
  if (said.details !== undefined) return said.details !== 'via_upstream';
  const flags = flagList(said.flags);
  if (flags.some((flag) => OWN_ANSWER.has(flag))) return true;
  if (said.serviceTimeMs !== undefined) return false;
  return said.hasHost || said.status === 0 || flags.length > 0 ? undefined : true;
}

const OWN_ANSWER = new Set(
  FLAGS.filter(([short]) => !['DC', 'DR', 'DI', 'URX', 'RFCF', 'LH'].includes(short)).flatMap(([short, long]) => [
    short,
    long,
  ]),
);

function flagList(flags: string | undefined): string[] {
  return flags === undefined || flags === '-' ? [] : flags.split(',').map((flag) => flag.trim());
}
