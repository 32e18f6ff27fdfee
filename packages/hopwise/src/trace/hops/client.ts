import type { Request } from '../../routing/request.ts';
import type { ProbeDns } from '../../sources/probe-observation.ts';
import type { PathObservations } from '../observed.ts';
import { gatewayProbes, mainProbe, probeEvidence } from '../probed.ts';
import { responseEvidence } from '../response-modes.ts';
import type { Hop } from '../trace.ts';
import { type HopFacts, reachedGateway } from './facts.ts';

export function clientHop({ inside, seen, callers, request }: HopFacts): Hop {
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
  const distrust = mistrusted(request, seen);
  if (distrust !== undefined) return { hop: 'client', state: 'suspect', ...distrust };
  return {
    hop: 'client',
    state: 'ok',
    detail: inside === undefined || inside.entry !== undefined ? 'outside the cluster' : 'in the cluster',
    evidence: [],
  };
}

/** Requests by this name reached the gateway, or the client got an answer. */
function othersResolveIt({ access, response }: PathObservations): boolean {
  return access.length > 0 || (response?.file !== undefined && response.status !== undefined);
}

/** Resolvers that answered, and said that there is no such name or no address for it; any other failure leaves it open. */
const SAYS_NO: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA', 'NXDOMAIN']);

/** What the look-up of a probe shows beside the addresses that the gateway says it has. */
function probedDns({ request, gateway, inside, seen }: HopFacts, dns: ProbeDns): Hop {
  const via = dns.aliases.length === 0 ? '' : ` by way of ${dns.aliases.join(', ')}`;
  const evidence = [probeEvidence(`DNS: ${request.urlHost} is ${dns.addresses.join(', ') || 'unknown'}${via}`)];
  if (dns.failure !== undefined && !SAYS_NO.has(dns.failure.code))
    return {
      hop: 'external-dns',
      state: 'unknown',
      detail: `${request.urlHost} could not be looked up from here: ${dns.failure.message}`,
      evidence: [],
    };
  if (dns.failure !== undefined)
    return {
      hop: 'external-dns',
      // What lies behind the name may be broken too, or work for those who can resolve it: it is examined all the same.
      state: 'suspect',
      ...(othersResolveIt(seen) ? {} : { mode: 'dns-failure' as const }),
      detail: `${request.urlHost} does not resolve from here`,
      evidence: [probeEvidence(`${dns.name}: ${dns.failure.message} (${dns.failure.code})`)],
    };
  const entries = inside?.entry?.addresses ?? gateway?.addresses ?? [];
  const own = new Set([
    ...entries.flatMap((entry) => entry.ip ?? []),
    // A load balancer that is known by a name (AWS) has the addresses that this name has now.
    ...gatewayProbes(request, seen.probes).flatMap((probe) => probe.dns?.addresses ?? []),
  ]);
  const alias = entries.some(
    (entry) => entry.hostname !== undefined && dns.aliases.includes(entry.hostname.toLowerCase()),
  );
  const others = alias ? [] : dns.addresses.filter((address) => !own.has(address));
  if (own.size === 0 || others.length === 0)
    return {
      hop: 'external-dns',
      state: 'ok',
      detail: `${request.urlHost} leads to ${own.size === 0 && !alias ? dns.addresses.join(', ') : 'the gateway'}`,
      evidence,
    };
  return {
    hop: 'external-dns',
    state: 'suspect',
    detail: `${request.urlHost} leads to ${others.join(', ')}, the gateway's address is ${[...own].join(', ')} (a CDN or another load balancer may stand between)`,
    evidence,
  };
}

/** A certificate that this machine does not trust; others may (a company's own authority), so it breaks nothing by itself. */
function mistrusted(request: Request, seen: PathObservations): Pick<Hop, 'detail' | 'evidence'> | undefined {
  const shown = mainProbe(request, seen.probes)?.attempts.find((attempt) => attempt.tls !== undefined)?.tls;
  const problem = shown?.problems.find((each) => each.kind === 'trust');
  if (problem === undefined) return undefined;
  const leaf = shown?.chain[0];
  return {
    detail: `this machine does not trust the certificate: ${problem.message}`,
    evidence: [
      probeEvidence(
        `TLS: ${problem.message} (${problem.code})${leaf === undefined ? '' : `; shown: ${leaf.subject}, issued by ${leaf.issuer}`}`,
      ),
    ],
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
  const asked = mainProbe(request, seen.probes)?.dns;
  if (asked !== undefined) return probedDns(facts, asked);
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
