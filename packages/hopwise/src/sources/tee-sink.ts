import type { Sink } from './contract.ts';

/** A sink that hands everything on to two others. */
export function teeSink(first: Sink, second: Sink): Sink {
  return {
    object(raw, origin) {
      first.object(raw, origin);
      second.object(raw, origin);
    },
    forget(kind, namespace) {
      first.forget?.(kind, namespace);
      second.forget?.(kind, namespace);
    },
    log(file) {
      first.log(file);
      second.log(file);
    },
    response(text, file) {
      first.response(text, file);
      second.response(text, file);
    },
    problem(problem) {
      first.problem(problem);
      second.problem(problem);
    },
    coverage(entry) {
      first.coverage(entry);
      second.coverage(entry);
    },
    snapshot(facts) {
      first.snapshot(facts);
      second.snapshot(facts);
    },
  };
}
