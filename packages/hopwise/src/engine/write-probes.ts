import type { ProbeAttemptDocument, ProbeDocument, ProbeIdleDocument } from '../report/diagnosis.ts';
import type { Request } from '../routing/request.ts';
import type { IdleProbe, ProbeAttempt, ProbeObservation, ProbeTarget } from '../sources/probe-observation.ts';
import { attemptFailed, tellAttempt, tellProbe } from '../trace/probed.ts';
import type { HopKind } from '../trace/trace.ts';

/**
 * The probes as the document shows them: what failed where, not what the server wrote. `madeBy` is the hop that made a failing
 * status, when that is known: a probe from outside sees only that it came.
 */
export function writeProbes(
  request: Request,
  probes: readonly ProbeObservation[],
  madeBy: HopKind | undefined,
): readonly ProbeDocument[] {
  return probes.map((probe) => {
    const { target, speech, tls, dns, attempts, idle, note } = probe;
    const failed = attempts.filter((attempt) => isFailed(request, probe, attempt));
    const hop = failed[0] === undefined ? undefined : (hopOf(target, failed[0]) ?? madeBy);
    const asked = attempts.some((attempt) => attempt.status !== undefined || isFailed(request, probe, attempt));
    return {
      target,
      speech,
      tls,
      state:
        failed.length === 0 ? (asked ? 'ok' : 'unknown') : failed.length < attempts.length ? 'intermittent' : 'broken',
      summary: tellProbe(request, probe),
      ...(hop === undefined ? {} : { hop }),
      ...(dns === undefined ? {} : { dns: { ...dns, ms: round(dns.ms) } }),
      attempts: attempts.map(writeAttempt),
      idle: idle.map(writeIdle),
      ...(note === undefined ? {} : { note }),
    };
  });
}

function isFailed(request: Request, probe: ProbeObservation, attempt: ProbeAttempt): boolean {
  // HTTP/2 is an offer, which only gRPC depends on.
  if (attempt.failure?.code === 'NO_H2') return request.protocol === 'grpc';
  if (attempt.failure !== undefined || attempt.grpc?.health === 'NOT_SERVING') return true;
  return attemptFailed(request, probe, attempt) === true;
}

function writeAttempt(attempt: ProbeAttempt): ProbeAttemptDocument {
  const { time, headers, body: _, bodyBytes: __, tls, ...rest } = attempt;
  return {
    ...rest,
    ...(tls === undefined || rest.reused ? {} : { tls }),
    phases: Object.fromEntries(Object.entries(rest.phases).map(([phase, ms]) => [phase, round(ms)])),
    time: new Date(time).toISOString(),
    ...(headers.server === undefined ? {} : { server: headers.server.slice(0, 200) }),
    ...(headers.location === undefined ? {} : { location: headers.location.slice(0, 500) }),
  };
}

/** Tenths of a millisecond. */
function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function writeIdle(idle: IdleProbe): ProbeIdleDocument {
  const { gapMs, closedAfterMs, before, after } = idle;
  return {
    gapMs,
    summary: tellIdle(idle),
    ...(closedAfterMs === undefined ? {} : { closedAfterMs: Math.round(closedAfterMs) }),
    before: writeAttempt(before),
    ...(after === undefined ? {} : { after: writeAttempt(after) }),
  };
}

/** What leaving a connection idle for so long did. */
export function tellIdle({ gapMs, closedAfterMs, before, after }: IdleProbe): string {
  const gap = `${gapMs / 1000} s`;
  if (closedAfterMs !== undefined)
    return `the other side closed the idle connection after ${(closedAfterMs / 1000).toFixed(1)} s; clients open a new one`;
  if (after === undefined)
    return before.failure === undefined
      ? `idle for ${gap} could not be tried: the other side does not keep connections open`
      : `idle for ${gap} could not be tried: ${tellAttempt(before)}`;
  return `after ${gap} idle: ${tellAttempt(after)}`;
}

/**
 * Which hop of the request's way failed, going by the part that failed: what lies before it works. Undefined for a status that
 * somebody on the way of a request from outside made.
 */
function hopOf({ role }: ProbeTarget, { failure }: ProbeAttempt): HopKind | undefined {
  const connecting = failure?.phase === 'connect';
  switch (role) {
    case 'service':
      return connecting ? 'service' : 'app';
    case 'endpoint':
      // A refusal is the Pod's own answer; silence may be anybody's on the way.
      return !connecting ? 'app' : failure.code === 'ECONNREFUSED' ? 'pod' : 'network';
    case 'localhost':
      return connecting ? 'pod' : 'app';
    case 'url':
    case 'gateway':
      if (failure === undefined) return undefined;
      return failure.phase === 'dns' ? 'external-dns' : connecting ? 'edge' : 'gateway';
  }
}
