import { responseEvidence } from '../response-modes.ts';
import type { Hop } from '../trace.ts';
import { type HopFacts, reachedGateway } from './facts.ts';

export function clientHop({ inside, seen, callers }: HopFacts): Hop {
  if (inside?.fromCaller === true) {
    if (callers.state !== 'found')
      return {
        hop: 'client',
        state: 'unknown',
        detail: callers.state === 'unknown' ? callers.why : 'the caller does not exist',
        evidence: [],
      };
    const pod = callers.value[0];
    return {
      hop: 'client',
      state: 'ok',
      detail: pod === undefined ? 'caller in the cluster' : `Pod ${pod.namespace}/${pod.name}`,
      evidence: [],
    };
  }
  const error = seen.response?.clientError;
  if (error?.kind === 'tls' && seen.response !== undefined) {
    return {
      hop: 'client',
      state: 'suspect',
      detail: error.message,
      evidence: [responseEvidence(seen.response, error.message)],
    };
  }
  return {
    hop: 'client',
    state: 'ok',
    detail: inside === undefined || inside.entry !== undefined ? 'outside the cluster' : 'in the cluster',
    evidence: [],
  };
}

/** Public DNS cannot be examined from a capture; an answer that came back shows that it worked. */
export function externalDnsHop(facts: HopFacts): Hop {
  const { seen, request, gateway, inside } = facts;
  const error = seen.response?.clientError;
  if (error?.kind === 'dns' && seen.response !== undefined) {
    return {
      hop: 'external-dns',
      state: 'broken',
      mode: 'dns-failure',
      detail: `${request.urlHost} does not resolve`,
      evidence: [responseEvidence(seen.response, error.message)],
    };
  }
  const reached = seen.response?.connectedTo?.address;
  const known = (inside?.entry?.addresses ?? gateway?.addresses ?? []).flatMap((entry) => entry.ip ?? []);
  if (reached !== undefined && seen.response !== undefined && known.length > 0 && !known.includes(reached)) {
    return {
      hop: 'external-dns',
      state: 'suspect',
      detail: `${request.urlHost} leads to ${reached}, the gateway's address is ${known.join(', ')} (a CDN or another load balancer may stand between)`,
      evidence: [responseEvidence(seen.response, `connected to ${reached}`)],
    };
  }
  if (reachedGateway(facts))
    return { hop: 'external-dns', state: 'ok', detail: `${request.urlHost} leads to the gateway`, evidence: [] };
  return { hop: 'external-dns', state: 'unknown', detail: 'public DNS was not examined', evidence: [] };
}
