import type { ProbeObservation } from '../probe-observation.ts';
import { DEFAULT_LIMITS, type ProbeOptions, type ProbeResolver, type Prober } from './contract.ts';
import { probeTarget } from './probe-target.ts';
import { systemResolver } from './resolve-name.ts';

/** A prober that asks from this machine, one target after the other. */
export function callerProber(options: Partial<ProbeOptions> = {}, resolver: ProbeResolver = systemResolver()): Prober {
  const complete: ProbeOptions = { keepAlive: true, insecure: false, limits: DEFAULT_LIMITS, ...options };
  return {
    async probe(specs, signal, watch) {
      const observations: ProbeObservation[] = [];
      for (const spec of specs) {
        signal.throwIfAborted();
        observations.push(
          await probeTarget(spec, complete, resolver, signal, (done, of) => watch?.(spec.target, done, of)),
        );
      }
      return observations;
    },
  };
}
