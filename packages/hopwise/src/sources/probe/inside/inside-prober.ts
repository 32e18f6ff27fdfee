import type { ProbeObservation } from '../../probe-observation.ts';
import { nameOf, probeThroughApi } from './api-proxy.ts';
import { type ApiClient, type InsideOptions, type InsideProber, MOST_TARGETS } from './contract.ts';
import { probeLocalhost } from './localhost.ts';
import { runProbePod } from './run-probe-pod.ts';

/** Refusals of one kind are said once. */
const MOST_REFUSALS = 2;

/**
 * Asks from inside the cluster: through the API server, at localhost in the Pods, then, when confirmed, from the gateway's
 * own place.
 */
export function insideProber(client: ApiClient, options: InsideOptions): InsideProber {
  return {
    async probe(plan, signal, watch = () => undefined) {
      const targets = plan.targets.slice(0, MOST_TARGETS);
      const bounded = { ...plan, targets };
      const probes: ProbeObservation[] = [];
      const refusals: string[] = [];
      for (const target of targets) {
        // A method that is no GET, or a protocol that the API server does not speak, would be another question.
        if (plan.method !== 'GET' || target.h2c || refusals.length >= MOST_REFUSALS) continue;
        watch(`${nameOf(target)}, through the API server`);
        const seen = await probeThroughApi(client, bounded, target, options.answerMs, signal);
        if (typeof seen === 'string') refusals.push(seen);
        else probes.push(seen);
      }
      const { forward } = options;
      const denied: string[] = [];
      for (const target of targets) {
        if (forward === undefined || target.role !== 'endpoint' || denied.length >= MOST_REFUSALS) continue;
        watch(`localhost in ${nameOf(target)}`);
        const seen = await probeLocalhost(forward, bounded, target, options.answerMs, signal);
        if (typeof seen === 'string') denied.push(seen);
        else probes.push(seen);
      }
      const run = await runProbePod(client, bounded, options, signal, watch);
      const left = plan.targets.length - targets.length;
      const more = left > 0 ? [`${left} more endpoints were not tried`] : [];
      return {
        probes: inOrder([...probes, ...run.probes]),
        skipped: [...refusals, ...denied, ...run.skipped, ...more],
      };
    },
  };
}

/** As a request meets them: from the gateway's place first, then what stands behind. */
function inOrder(probes: readonly ProbeObservation[]): readonly ProbeObservation[] {
  const rank = ({ target }: ProbeObservation): number =>
    (target.from === 'pod' && target.role !== 'localhost' ? 0 : target.from === 'api-server' ? 2 : 4) +
    (target.role === 'service' ? 0 : 1);
  return [...probes].sort((a, b) => rank(a) - rank(b));
}
