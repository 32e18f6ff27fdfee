import type { Request } from '../routing/request.ts';
import type { ProbeObservation } from '../sources/probe-observation.ts';
import type { Trace } from '../trace/trace.ts';
import type { Probing, Progress } from './contract.ts';
import { planProbes } from './plan-probes.ts';

/** Plans what may be asked about a request from where it goes, and asks. Rejects when cancelled; a probe that fails is an observation. */
export function runProbes(
  { prober, wishes }: Probing,
  request: Request,
  trace: Trace,
  signal: AbortSignal,
  progress?: Progress,
): Promise<readonly ProbeObservation[]> {
  return prober.probe(planProbes(request, trace, wishes), signal, (target, done, of) =>
    progress?.({ stage: 'probe', detail: `${target.name}${of === 1 ? '' : `, ${done} of ${of}`}` }),
  );
}
