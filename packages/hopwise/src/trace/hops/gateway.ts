import { idOf, splitId } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import { answeringBackends } from '../backend-path.ts';
import { loadedEndpoints } from '../loaded-endpoints.ts';
import type { Hop } from '../trace.ts';
import { answeredByApp, type HopFacts, reachedGateway } from './facts.ts';

/** Is there a data plane, is it ready, and does it have a rule for the request? */
export function gatewayHop(facts: HopFacts): Hop {
  const { gateway, decision, table, request } = facts;
  if (gateway === undefined) {
    const mine = table.unattached.filter((route) => route.hosts.includes(request.host));
    if (mine.length > 0) {
      const route = mine[0];
      return {
        hop: 'gateway',
        state: 'broken',
        mode: 'no-route',
        detail: route?.why ?? 'the route is attached to no gateway',
        evidence: route?.evidence ?? [],
        ...(route === undefined ? {} : { object: route.object }),
      };
    }
    return { hop: 'gateway', state: 'unknown', detail: `no gateway in the input serves ${request.host}`, evidence: [] };
  }
  const object = gateway.object;
  const place = object === undefined ? {} : { object };
  const down = gatewayDown(facts);
  if (down !== undefined) return { ...down, ...place };
  if (decision.kind === 'none') {
    return {
      hop: 'gateway',
      state: 'broken',
      mode: 'no-route',
      detail: decision.why ?? 'no rule matches',
      evidence: [],
      ...place,
    };
  }
  if (decision.kind === 'fixed') {
    return {
      hop: 'gateway',
      state: (decision.status ?? 500) >= 400 ? 'broken' : 'ok',
      detail: decision.why ?? `fixed answer ${decision.status}`,
      evidence: [],
      ...place,
    };
  }
  const answering = answeringBackends(facts.backends);
  const refused = answering.filter((path) => path.ref.refused !== undefined);
  if (refused.length > 0 && refused.length === answering.length) {
    const ref = refused[0]?.ref;
    const holder = ref?.fieldOf ?? decision.rule?.object;
    const why = ref?.refused?.why ?? 'the gateway refuses the backend';
    const from = ref === undefined || holder === undefined ? undefined : facts.model.object(holder);
    return {
      hop: 'gateway',
      state: 'broken',
      mode: ref?.refused?.mode ?? 'no-service',
      detail: why,
      evidence: ref === undefined || from === undefined ? [] : [citeField(from, ref.field, why)],
      ...place,
    };
  }
  const unsettled = unsureBackend(facts) ?? unreadGrant(facts);
  if (unsettled !== undefined) return { hop: 'gateway', state: 'unknown', detail: unsettled, evidence: [], ...place };
  const rule = decision.rule;
  const detail =
    decision.kind === 'redirect'
      ? `redirects to ${decision.location ?? ''}`
      : rule === undefined
        ? 'default backend'
        : `${rule.object} ${rule.field}`;
  const { evidence, stuck } = loadedEndpoints(facts);
  if (stuck !== undefined && facts.seen.failing)
    return { hop: 'gateway', state: 'suspect', detail: stuck, evidence, ...place };
  return {
    hop: 'gateway',
    state: 'ok',
    detail: `${gateway.name}: ${detail}${gateway.approximate ? ' (by the plain Ingress rules)' : ''}`,
    evidence,
    ...place,
  };
}

function gatewayDown(facts: HopFacts): Hop | undefined {
  const pods = facts.gateway?.pods;
  if (pods?.state !== 'found' || reachedGateway(facts) || facts.model.manifestsOnly) return undefined;
  if (pods.value.length === 0 || pods.value.some((pod) => pod.ready || !pod.hasStatus)) return undefined;
  const first = pods.value[0];
  return {
    hop: 'gateway',
    state: 'broken',
    mode: 'gateway-unreachable',
    detail: `none of the gateway's ${pods.value.length} Pods is ready`,
    evidence:
      first === undefined
        ? []
        : [
            {
              type: 'field',
              text: `Pod ${first.namespace}/${first.name} is not ready`,
              object: idOf(first),
              path: 'status.conditions',
            },
          ],
  };
}

/** Whether a backend can be used at all hangs on something that nobody read; that requests are answered settles it. */
function unsureBackend(facts: HopFacts): string | undefined {
  if (answeredByApp(facts)) return undefined;
  const refs = facts.backends.map(({ ref }) => ref).filter(({ role }) => role !== 'mirror');
  // Proxies differ: Envoy refuses such a route, and keeps the configuration from before.
  if (refs.length > 1 && refs.every(({ weight }) => weight === 0))
    return `all ${refs.length} destinations of ${facts.decision.rule?.object ?? 'the rule'} have weight 0 (${refs[0]?.field ?? ''} and after): none of them gets requests`;
  return facts.backends.find(({ ref }) => ref.unsure !== undefined && ref.role !== 'mirror')?.ref.unsure?.why;
}

/** A route may use a Service of another namespace only with a ReferenceGrant there, and nobody read those. */
function unreadGrant({ model, backends, decision, seen }: HopFacts): string | undefined {
  const route = decision.rule === undefined ? undefined : splitId(decision.rule.object);
  if (route === undefined || !/^(?:HTTP|GRPC|TLS|TCP|UDP)Route$/.test(route.kind)) return undefined;
  if (!seen.failing && (seen.now === 'none' || seen.now === 'recovered')) return undefined;
  const foreign = backends.find((path) => splitId(path.ref.object).namespace !== route.namespace);
  if (foreign === undefined || foreign.ref.refused !== undefined) return undefined;
  const { namespace } = splitId(foreign.ref.object);
  if (model.isRead('ReferenceGrant', namespace)) return undefined;
  const coverage = model.coverage('ReferenceGrant');
  return `${route.kind} ${route.namespace}/${route.name} uses a Service of namespace ${namespace}, and ReferenceGrants were not read (${coverage.state})`;
}
