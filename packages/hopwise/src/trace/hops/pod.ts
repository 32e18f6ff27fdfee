import { valueOf } from '../../base/lookup.ts';
import { idOf } from '../../base/object-id.ts';
import { podsBehind, usableEndpoints } from '../backend-path.ts';
import type { Hop } from '../trace.ts';
import { answeredByApp, type HopFacts } from './facts.ts';

/** Do the Pods run, are they ready, and does something take connections on the port? */
export function podHop(facts: HopFacts): Hop {
  const refused = facts.seen.modes.find(
    (entry) =>
      entry.reporter === 'gateway' &&
      (entry.mode === 'refused' || entry.mode === 'tls-handshake' || entry.mode === 'protocol-error'),
  );
  const pods = facts.backends.flatMap(podsBehind);
  const first = pods[0];
  const place = first === undefined ? {} : { object: idOf(first) };
  const endpoints = new Set(facts.backends.flatMap((path) => path.endpoints.map((endpoint) => endpoint.address)));
  if (
    refused !== undefined &&
    (refused.addresses.length === 0 || refused.addresses.some((address) => endpoints.has(address.replace(/:\d+$/, ''))))
  ) {
    return {
      hop: 'pod',
      state: 'broken',
      mode: refused.mode,
      detail: `${refused.mode === 'refused' ? 'connection refused' : refused.mode} at ${refused.addresses.slice(0, 2).join(', ') || 'the Pod'}`,
      evidence: [refused.evidence],
      ...place,
    };
  }
  const ready = facts.backends.flatMap(usableEndpoints).flatMap((endpoint) => valueOf(endpoint.pod) ?? []);
  if (ready.length > 0)
    return {
      hop: 'pod',
      state: 'ok',
      detail: `${ready.length} Pod${ready.length === 1 ? '' : 's'} ready`,
      evidence: [],
      ...place,
    };
  if (pods.length > 0) {
    const waiting = pods.filter((pod) => !pod.ready).length;
    return {
      hop: 'pod',
      state: waiting > 0 && waiting === pods.length ? 'broken' : 'suspect',
      detail: `${waiting} of ${pods.length} Pods not ready`,
      evidence: [],
      ...place,
    };
  }
  const service = valueOf(facts.backends[0]?.service ?? { state: 'absent' });
  if (service?.type === 'ExternalName') return { hop: 'pod', state: 'ok', detail: 'outside the cluster', evidence: [] };
  if (answeredByApp(facts)) return { hop: 'pod', state: 'ok', detail: 'requests are answered', evidence: [] };
  const outside = outsideEndpoints(facts);
  if (outside !== undefined)
    return { hop: 'pod', state: 'ok', detail: `${outside} is no Pod of this cluster`, evidence: [] };
  return { hop: 'pod', state: 'unknown', detail: 'no Pod behind the endpoints is in the input', evidence: [] };
}

/** A Service without a selector may lead to machines outside the cluster: addresses that are surely no Pod's. */
function outsideEndpoints({ backends }: HopFacts): string | undefined {
  const byHand = backends.every((path) => path.service.state === 'found' && path.service.value.selector === undefined);
  const endpoints = backends.flatMap(usableEndpoints);
  if (!byHand || endpoints.length === 0 || !endpoints.every((endpoint) => endpoint.pod.state === 'absent'))
    return undefined;
  return endpoints[0]?.address;
}
