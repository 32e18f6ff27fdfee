import type { Evidence } from '../model/evidence.ts';
import type { Request } from '../routing/request.ts';
import type { FailureMode } from '../sources/failure.ts';
import type { ClientError, ResponseObservation } from '../sources/observations.ts';
import type { ProbeAttempt, ProbeFailure, ProbeObservation, ProbeSpeech } from '../sources/probe-observation.ts';
import { failedStatus, type Outcome } from './outcome.ts';
import { backendMode } from './response-modes.ts';

/** The probe that did what the client does: by the URL's own name, in the request's own protocol. */
export function mainProbe(request: Request, probes: readonly ProbeObservation[]): ProbeObservation | undefined {
  return probes.find((probe) => probe.target.role === 'url' && speaksLike(request, probe.speech));
}

/** The same request at the gateway's own addresses. */
export function gatewayProbes(request: Request, probes: readonly ProbeObservation[]): readonly ProbeObservation[] {
  return probes.filter((probe) => probe.target.role === 'gateway' && speaksLike(request, probe.speech));
}

function speaksLike(request: Request, speech: ProbeSpeech): boolean {
  if (speech === 'nothing') return true;
  if (request.protocol === 'grpc') return speech === 'grpc-health';
  return speech === (request.protocol === 'websocket' ? 'websocket' : 'http/1.1');
}

/** Parts of a request that fail the same way whatever is asked. */
const BEFORE_THE_REQUEST: ReadonlySet<ProbeFailure['phase']> = new Set(['connect', 'tls']);

/**
 * Whose answer stands for the client's: the URL's own, or, where this machine cannot resolve the name, the gateway's at its
 * own address with the same Host and SNI.
 */
function tellingProbe(request: Request, probes: readonly ProbeObservation[]): ProbeObservation | undefined {
  const main = mainProbe(request, probes);
  if (main?.dns?.failure === undefined) return main;
  return gatewayProbes(request, probes).find((probe) => probe.dns?.failure === undefined);
}

/**
 * Did the attempt fail as the request does? Undefined when it cannot tell: a health check answers for itself only, and a
 * connection that was made without asking anything shows that it can be made, no more.
 */
export function attemptFailed(request: Request, probe: ProbeObservation, attempt: ProbeAttempt): boolean | undefined {
  if (attempt.failure !== undefined) {
    // What this machine cannot resolve says nothing of the way behind the name.
    if (attempt.failure.phase === 'dns') return undefined;
    const told = speaksForRequest(request, probe) || BEFORE_THE_REQUEST.has(attempt.failure.phase);
    return told && attempt.failure.code !== 'NO_H2' ? true : undefined;
  }
  if (!speaksForRequest(request, probe) || attempt.status === undefined) return undefined;
  if (attempt.grpc?.health === 'NOT_SERVING') return true;
  return failedStatus(request, attempt.status, attempt.grpc?.status);
}

function speaksForRequest(request: Request, probe: ProbeObservation): boolean {
  if (probe.speech === 'nothing') return false;
  return probe.speech !== 'grpc-health' || request.path === '/' || request.path.startsWith('/grpc.health.v1.Health/');
}

/** Every attempt that did what the client does, in order; those left out say nothing. */
export function probeOutcomes(request: Request, probes: readonly ProbeObservation[]): readonly Outcome[] {
  const probe = tellingProbe(request, probes);
  if (probe === undefined) return [];
  const attempts = [...probe.attempts, ...probe.idle.flatMap(({ before, after }) => [before, after ?? []].flat())];
  return attempts
    .flatMap((attempt) => {
      const failed = attemptFailed(request, probe, attempt);
      return failed === undefined ? [] : [{ time: attempt.time, failed }];
    })
    .sort((a, b) => a.time - b.time);
}

/** What a client would have reported of the probe: the last failed attempt, else the last; a series where there were several. */
export function probeResponse(request: Request, probes: readonly ProbeObservation[]): ResponseObservation | undefined {
  const probe = tellingProbe(request, probes);
  if (probe === undefined) return undefined;
  const telling = probe.attempts.filter((attempt) => attemptFailed(request, probe, attempt) !== undefined);
  const attempt = telling.findLast((each) => attemptFailed(request, probe, each) === true) ?? telling.at(-1);
  if (attempt === undefined) return undefined;
  const leaf = attempt.tls?.chain[0];
  const { failure, grpc } = attempt;
  return {
    ...(attempt.status === undefined ? {} : { status: attempt.status }),
    ...(attempt.protocol === undefined ? {} : { protocol: attempt.protocol }),
    method: request.method,
    target: `${request.path}${request.query}`,
    requestHost: request.host,
    headers: attempt.headers,
    requestHeaders: {},
    body: attempt.body,
    totalMs: Math.round(totalMs(attempt)),
    date: attempt.time,
    ...(attempt.address === undefined ? {} : { connectedTo: { address: attempt.address, port: attempt.port } }),
    ...(failure === undefined ? {} : { clientError: clientErrorOf(failure) }),
    series:
      telling.length < 2
        ? []
        : telling.map((each) => ({
            status: each.failure === undefined ? (each.status ?? 0) : 0,
            seconds: totalMs(each) / 1000,
            time: each.time,
          })),
    ...(grpc?.status === undefined ? {} : { grpcStatus: grpc.status }),
    ...(grpc?.message === undefined ? {} : { grpcMessage: grpc.message }),
    ...(leaf === undefined
      ? {}
      : {
          tls: {
            subject: leaf.subject,
            issuer: leaf.issuer,
            ...(leaf.expires === undefined ? {} : { expires: leaf.expires }),
            ...(attempt.tls?.alpn === undefined ? {} : { alpn: attempt.tls.alpn }),
          },
        }),
  };
}

function totalMs({ phases }: ProbeAttempt): number {
  return Object.values(phases).reduce((sum, ms) => sum + ms, 0);
}

/** In curl's kinds, so that a probe is read by whatever reads curl's output. */
export function clientErrorOf({ phase, code, message }: ProbeFailure): ClientError {
  return { kind: kindOf(phase, code), message };
}

function kindOf(phase: ProbeFailure['phase'], code: string): ClientError['kind'] {
  if (phase === 'dns') return 'dns';
  if (code === 'TIMEOUT' || code === 'ETIMEDOUT') return 'timeout';
  if (phase === 'tls') return code === 'NO_H2' ? 'other' : 'tls';
  return KINDS.get(code) ?? 'other';
}

const KINDS: ReadonlyMap<string, ClientError['kind']> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['RST_STREAM', 'reset'],
  ['GOAWAY', 'reset'],
  ['TRUNCATED', 'reset'],
  ['CLOSED', 'empty-reply'],
]);

/** `502 from 203.0.113.7:443 after 13 ms`, or the failure in its own words with the part it happened in. */
export function tellAttempt(attempt: ProbeAttempt): string {
  const place = attempt.address === undefined ? '' : ` from ${hostPort(attempt.address, attempt.port)}`;
  if (attempt.failure !== undefined) {
    const { phase, message } = attempt.failure;
    return `${message} (${PHASE_WORDS[phase]}${place.replace(' from', ' to')}, after ${formatMs(attempt.phases[phase] ?? 0)})`;
  }
  if (attempt.status === undefined) return `connected to ${place.replace(' from ', '')}; nothing was asked`;
  const grpc =
    attempt.grpc?.health ?? (attempt.grpc?.status === undefined ? undefined : `grpc-status ${attempt.grpc.status}`);
  return `${attempt.status}${grpc === undefined ? '' : ` ${grpc}`}${place} after ${formatMs(totalMs(attempt))}`;
}

export const PHASE_WORDS: Readonly<Record<ProbeFailure['phase'], string>> = {
  dns: 'DNS',
  connect: 'TCP connect',
  tls: 'TLS handshake',
  request: 'sending the request',
  'first-byte': 'waiting for the answer',
  body: 'reading the answer',
  close: 'closing',
};

function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function formatMs(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** What one probe amounts to, in a sentence: `7 of 20 failed: …`. */
export function tellProbe(request: Request, probe: ProbeObservation): string {
  const judged = probe.attempts.map(
    (attempt) => attemptFailed(request, probe, attempt) ?? attempt.failure !== undefined,
  );
  const failed = probe.attempts.filter((_, index) => judged[index]);
  const last = failed.at(-1) ?? probe.attempts.at(-1);
  if (last === undefined) return 'not tried';
  const several = probe.attempts.length > 1;
  if (!several) return tellAttempt(last);
  return failed.length === 0
    ? `${probe.attempts.length} of ${probe.attempts.length} answered, the last ${tellAttempt(last)}`
    : `${failed.length} of ${probe.attempts.length} failed, the last: ${tellAttempt(last)}`;
}

/** Probes of the Services and Pods behind the gateway. */
export function insideProbes(probes: readonly ProbeObservation[]): readonly ProbeObservation[] {
  return probes.filter(({ target }) => target.from !== 'caller');
}

/** A way to fail that a probe inside the cluster met, as the gateway would. */
export interface InsideFailure {
  readonly mode: FailureMode;
  readonly address: string | undefined;
  readonly evidence: Evidence;
  readonly time: number;
}

/**
 * Failures between the gateway and the Pods that were seen from inside. What hangs on the way from the API server says
 * little about the gateway's own way (managed control planes often reach no Pod at all); a refusal is the Pod's own word.
 */
export function insideFailures(probes: readonly ProbeObservation[]): readonly InsideFailure[] {
  return insideProbes(probes).flatMap((probe) =>
    probe.attempts.flatMap((attempt): readonly InsideFailure[] => {
      if (attempt.failure === undefined || probe.target.role === 'service') return [];
      const { kind, message } = clientErrorOf(attempt.failure);
      const mode = backendMode(kind, message);
      const distant = attempt.failure.phase === 'connect' && kind !== 'refused' && probe.target.from === 'api-server';
      if (mode === undefined || distant) return [];
      const address = attempt.address ?? undefined;
      return [
        {
          mode,
          address: address === undefined ? undefined : hostPort(address, attempt.port),
          evidence: probeEvidence(`${probe.target.name}: ${tellAttempt(attempt)}`),
          time: attempt.time,
        },
      ];
    }),
  );
}

export function probeEvidence(text: string): Evidence {
  return { type: 'probe', text };
}

/**
 * A probe of this very URL was answered well: what would break every request does not hold now. A redirect is no such
 * answer, since whoever stands in front may have written it.
 */
export function probeSuccess(request: Request, probes: readonly ProbeObservation[]): Evidence | undefined {
  const probe = mainProbe(request, probes);
  const good = probe?.attempts.findLast(
    (attempt) => attemptFailed(request, probe, attempt) === false && (attempt.status ?? 300) < 300,
  );
  return good === undefined ? undefined : probeEvidence(`a probe of this URL got ${tellAttempt(good)}`);
}
