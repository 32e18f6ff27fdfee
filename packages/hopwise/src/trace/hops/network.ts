import { idOf } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import { knownByController } from '../../routing/ingress/known-controllers.ts';
import { usableEndpoints } from '../backend-path.ts';
import { type FlowEnd, flowEndAt } from '../policy/flow.ts';
import { readPolicyCoverage } from '../policy/policy-coverage.ts';
import { doubtUnseenSender } from '../policy/unseen-sender.ts';
import type { EndpointPath, Hop, PolicyVerdict } from '../trace.ts';
import { answeredByApp, type HopFacts } from './facts.ts';

/** Endpoints that a doubt about the sender is tried on: they differ by their Pods' labels, which a few show. */
const MOST_ENDS = 6;

/** May the callers' Pods connect to the endpoints' ports? */
export function networkHop(facts: HopFacts): Hop {
  const endpoints = facts.backends.flatMap((path) => usableEndpoints(path));
  const verdicts = endpoints.flatMap((endpoint) =>
    endpoint.policy.map((flow) => ({ endpoint, flow, verdict: flow.verdict })),
  );
  const denied = verdicts.filter((entry) => entry.verdict.state === 'denied');
  const first = denied[0];
  if (first !== undefined) {
    const all = denied.length === verdicts.length;
    const by = first.verdict.by[0];
    return {
      hop: 'network',
      state: all ? 'broken' : 'suspect',
      mode: 'connect-timeout',
      ...(by === undefined ? {} : { object: by }),
      detail: all ? first.verdict.why : `${denied.length} of ${verdicts.length} flows denied: ${first.verdict.why}`,
      evidence: first.verdict.evidence,
    };
  }
  const observed = observedBreak(facts, endpoints);
  if (observed !== undefined) return observed;
  const unseen = unseenSender(facts, endpoints);
  if (unseen !== undefined) return unseen;
  const unsure = verdicts.find((entry) => entry.verdict.state === 'unknown');
  if (unsure !== undefined && !answeredByApp(facts))
    return { hop: 'network', state: 'unknown', detail: unsure.verdict.why, evidence: unsure.verdict.evidence };
  if (verdicts.length > 0)
    return {
      hop: 'network',
      state: 'ok',
      detail: describeAllowed(verdicts.map((entry) => entry.verdict)),
      evidence: [],
    };
  if (answeredByApp(facts)) return { hop: 'network', state: 'ok', detail: 'requests are answered', evidence: [] };
  return withoutVerdict(facts);
}

function describeAllowed(verdicts: readonly PolicyVerdict[]): string {
  const by = new Set(verdicts.flatMap((verdict) => verdict.by));
  return by.size === 0 ? 'no policy restricts the way' : `allowed by ${[...by].slice(0, 2).join(', ')}`;
}

/** A policy model that allows does not outweigh a connection that was seen to hang. */
function observedBreak(facts: HopFacts, endpoints: readonly EndpointPath[]): Hop | undefined {
  const timeout = facts.seen.modes.find(
    (entry) => entry.reporter === 'gateway' && (entry.mode === 'connect-timeout' || entry.mode === 'no-route-to-host'),
  );
  if (timeout === undefined) return undefined;
  const known = new Set(endpoints.map((endpoint) => `${endpoint.address}:${endpoint.port}`));
  const some = timeout.addresses.some((address) => known.has(address));
  return {
    hop: 'network',
    state: some || timeout.addresses.length === 0 ? 'broken' : 'suspect',
    mode: timeout.mode,
    detail: `connections to ${timeout.addresses.slice(0, 3).join(', ') || 'the backend'} get no answer`,
    evidence: [timeout.evidence],
  };
}

/** Policies count for a gateway whose Pods are not in the input too: which of them is only known by halves. */
function unseenSender(facts: HopFacts, endpoints: readonly EndpointPath[]): Hop | undefined {
  const { model, gateway, inside, callers } = facts;
  if (gateway === undefined || inside !== undefined || callers.state !== 'unknown' || answeredByApp(facts))
    return undefined;
  // A cloud load balancer has no Pods to select.
  if (knownByController(gateway.controller)?.cloud === true) return undefined;
  const ends = endpoints.slice(0, MOST_ENDS).flatMap(({ pod, address, port, protocol }) => {
    if (port === undefined) return [];
    const to: FlowEnd = pod.state === 'found' ? { kind: 'pod', pod: pod.value } : flowEndAt(model, address);
    return [{ to, port, protocol }];
  });
  const doubt = doubtUnseenSender(model, gateway.services, ends);
  if (doubt === undefined) return undefined;
  const { policy, why } = doubt;
  return {
    hop: 'network',
    state: 'unknown',
    object: idOf(policy),
    detail: why,
    evidence: [citeField(policy, 'spec.egress', why)],
  };
}

function withoutVerdict(facts: HopFacts): Hop {
  if (facts.backends.every((path) => path.service.state === 'found' && path.service.value.type === 'ExternalName'))
    return { hop: 'network', state: 'ok', detail: 'leads out of the cluster; taken to be open', evidence: [] };
  if (facts.backends.every((path) => usableEndpoints(path).length === 0))
    return { hop: 'network', state: 'unknown', detail: 'no endpoint to connect to', evidence: [] };
  const policies = facts.model.coverage('NetworkPolicy');
  const restricted = policies.count > 0;
  if (!restricted && (policies.state === 'assumed-none' || policies.state === 'complete'))
    return { hop: 'network', state: 'ok', detail: 'no NetworkPolicy in the input', evidence: [] };
  const why = facts.callers.state === 'unknown' ? facts.callers.why : 'the caller’s Pods are not known';
  const namespaces = facts.backends.flatMap((path) =>
    path.slices.state === 'found' ? (path.slices.value[0]?.namespace ?? []) : [],
  );
  const readings = namespaces.map((namespace) => readPolicyCoverage(facts.model, namespace));
  const unread = readings.find((reading) => reading.state === 'unread');
  if (unread !== undefined) return { hop: 'network', state: 'unknown', detail: unread.why, evidence: [] };
  const guarded = namespaces.some((namespace) => facts.model.listIn('NetworkPolicy', namespace).length > 0);
  return guarded
    ? { hop: 'network', state: 'unknown', detail: `policies could not be judged: ${why}`, evidence: [] }
    : { hop: 'network', state: 'ok', detail: 'no NetworkPolicy in the backend’s namespace', evidence: [] };
}
