import type { ProbeFailure, ProbePhase } from '../probe-observation.ts';

/** What went wrong in which part of a request. Cancelling is no failure and is thrown as the signal's own reason. */
export class PhaseError extends Error {
  readonly phase: ProbePhase;
  readonly code: string;
  constructor(phase: ProbePhase, code: string, message: string) {
    super(message);
    this.name = 'PhaseError';
    this.phase = phase;
    this.code = code;
  }
  get failure(): ProbeFailure {
    return { phase: this.phase, code: this.code, message: this.message };
  }
}

/** Sentences for the system's codes (errno(3), getaddrinfo(3)); their words are those that readers of curl know. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'Connection refused'],
  ['ECONNRESET', 'Connection reset by peer'],
  ['EPIPE', 'Connection reset by peer (broken pipe)'],
  ['EHOSTUNREACH', 'No route to host'],
  ['ENETUNREACH', 'Network is unreachable'],
  ['EADDRNOTAVAIL', 'Network is unreachable (no address of this family)'],
  ['EACCES', 'Connecting is not permitted here'],
  ['EPERM', 'Connecting is not permitted here'],
  ['ETIMEDOUT', 'Connection timed out'],
  ['ENOTFOUND', 'Could not resolve host: no such host'],
  ['ENODATA', 'Could not resolve host: no address'],
  ['EAI_AGAIN', 'Could not resolve host: the name server failed or did not answer'],
  ['ESERVFAIL', 'Could not resolve host: the name server failed'],
  ['EREFUSED', 'Could not resolve host: the name server refused'],
  ['ETIMEOUT', 'Could not resolve host: the name server did not answer'],
]);

/** The failure behind a socket's or resolver's error, in the part that was under way. */
export function phaseError(phase: ProbePhase, error: unknown): PhaseError {
  if (error instanceof PhaseError) return error;
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  return new PhaseError(phase, code, MEANINGS.get(code) ?? openSslReason(said) ?? said.slice(0, 300));
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'ERROR';
  return typeof error.code === 'string' ? error.code.slice(0, 100) : 'ERROR';
}

/** `C0A0…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/…` → `SSL: wrong version number` */
function openSslReason(message: string): string | undefined {
  const reason = /:SSL routines:[^:]{0,80}:([^:\n]{1,120})/.exec(message)?.[1];
  return reason === undefined ? undefined : `SSL: ${reason}`;
}
