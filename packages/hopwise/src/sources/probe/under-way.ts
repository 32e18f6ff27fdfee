import type { ProbePhase } from '../probe-observation.ts';
import { PhaseError } from './phase-error.ts';

/**
 * Waits for something that may also fail, take too long or be cancelled. `start` gets the two ways to end and answers how to
 * stop listening, which is called exactly once whatever happens.
 */
export function within<T>(
  phase: ProbePhase,
  ms: number,
  signal: AbortSignal,
  start: (done: (value: T) => void, fail: (error: Error) => void) => () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    let stop: (() => void) | undefined;
    let ended = false;
    const end = (settle: () => void): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      stop?.();
      settle();
    };
    const cancel = (): void => end(() => reject(signal.reason));
    const timer = setTimeout(
      () => end(() => reject(new PhaseError(phase, 'TIMEOUT', `${SLOW[phase]} within ${ms} ms`))),
      ms,
    );
    signal.addEventListener('abort', cancel, { once: true });
    stop = start(
      (value) => end(() => resolve(value)),
      (error) => end(() => reject(error)),
    );
    if (ended) stop();
  });
}

const SLOW: Readonly<Record<ProbePhase, string>> = {
  dns: 'Could not resolve host: no answer',
  connect: 'Connection timed out: not established',
  tls: 'TLS handshake timed out: not finished',
  request: 'Operation timed out: the request could not be sent',
  'first-byte': 'Operation timed out: no byte of an answer',
  body: 'Operation timed out: the answer did not end',
  close: 'not closed',
};

/** A pause that ends early, by rejecting, when cancelled. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const cancel = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', cancel);
      resolve();
    }, ms);
    signal.addEventListener('abort', cancel, { once: true });
  });
}
