import type { Sink } from '../contract.ts';
import { redactCapturedObject } from './redact-object.ts';
import { redactText } from './redact-text.ts';

/** A sink that hands everything on without credentials. */
export function redactingSink(next: Sink): Sink {
  return {
    object: (raw, origin) => next.object(redactCapturedObject(raw), origin),
    forget: (kind, namespace) => next.forget?.(kind, namespace),
    log: (file) => next.log({ ...file, text: redactText(file.text, 'log') }),
    response: (text, file) => next.response(redactText(text, 'log'), file),
    problem: (problem) => next.problem({ ...problem, message: redactText(problem.message, 'log') }),
    coverage: (entry) => next.coverage(entry),
    snapshot: (facts) => next.snapshot(facts),
  };
}
