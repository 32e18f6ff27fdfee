import { idOf, type ObjectId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Gateway, ListenerSet, ParentRef, RouteBase } from '../../../model/kinds/gateway-api.ts';
import type { Rule, UnattachedRoute, WantedChange } from '../../route-table.ts';
import type { AttachResult, ListenerRefusal } from './attach.ts';
import { fieldEvidence } from './evidence.ts';
import type { EffectiveListener } from './listeners.ts';
import { describeCondition, type ParentVerdict } from './status.ts';
import { admitNamespace, nameListener } from './wanted.ts';

interface Reason {
  readonly reason: UnattachedRoute['reason'];
  readonly why: string;
  readonly field: string;
  readonly blamed?: ObjectId;
  readonly evidence: readonly Evidence[];
  readonly wanted?: WantedChange;
}

export interface RefusalContext {
  readonly owner: Gateway | ListenerSet;
  readonly route: RouteBase;
  readonly parent: ParentRef;
  readonly result: AttachResult;
  readonly verdict: ParentVerdict | undefined;
  /** The route's rules as they would be. */
  readonly rules: () => readonly Rule[];
  /** Listeners of the parent that would take the route if it asked for no particular one. */
  readonly accepting: () => readonly EffectiveListener[];
}

/** Why a parentRef led to no listener, and which object would have to change. */
export function explainRefusal(context: RefusalContext): UnattachedRoute {
  const { result } = context;
  const reason = result.noSuchListener ? noSuchListener(context) : fromClosest(context, result.refusals);
  return toUnattached(context, reason, hostsOf(context, result.refusals));
}

/**
 * Listeners that refuse a route which another listener of the same Gateway takes. One for other hostnames is no
 * surprise; one for the route's own hostnames is: requests that reach it find nothing.
 */
export function explainListenerRefusals(context: RefusalContext): readonly UnattachedRoute[] {
  return context.result.refusals
    .filter(({ hosts, kind }) => hosts.length > 0 && kind)
    .map((refusal) => toUnattached(context, fromClosest(context, [refusal]), refusal.hosts));
}

/** The controller itself refuses the route for a reason that cannot be worked out from the objects. */
export function explainRejection(context: RefusalContext, verdict: ParentVerdict): UnattachedRoute {
  const { owner, route, parent } = context;
  const reason: Reason = {
    reason: 'rejected',
    why: `the controller of ${owner.kind} ${owner.namespace}/${owner.name} refuses ${route.kind} ${route.namespace}/${route.name}: ${describeCondition(verdict.condition)}`,
    field: parent.field,
    evidence: [],
  };
  return toUnattached(context, reason, [...new Set(context.result.attachments.flatMap(({ hosts }) => hosts))]);
}

/** The listeners would take the route but serve nothing themselves. */
export function explainUnserved(context: RefusalContext): UnattachedRoute {
  const { owner, result } = context;
  const hosts = [...new Set(result.attachments.flatMap(({ hosts: common }) => common))];
  const listeners = result.attachments.map(({ listener }) => listener);
  const why = listeners.map(({ listener, unserved }) => `listener ${listener.name}: ${unserved ?? ''}`).join('; ');
  return toUnattached(
    context,
    {
      reason: 'rejected',
      why: `${owner.kind} ${owner.namespace}/${owner.name} does not serve what the route attaches to (${why})`,
      field: listeners[0]?.listener.field ?? 'spec.listeners',
      blamed: idOf(owner),
      evidence: listeners.map(({ listener, unserved }) =>
        fieldEvidence(owner, listener.field, `listener ${listener.name} is not served: ${unserved ?? ''}`),
      ),
    },
    hosts,
  );
}

function toUnattached(context: RefusalContext, reason: Reason, hosts: readonly string[]): UnattachedRoute {
  const { owner, route, parent, verdict, rules } = context;
  return {
    object: idOf(route),
    hosts,
    ...reason,
    evidence: [
      ...reason.evidence,
      fieldEvidence(route, parent.field, `names ${owner.kind} ${owner.namespace}/${owner.name} as parent`),
      ...statusEvidence(route, verdict),
    ],
    // A controller that took the route on the strength of what is written now knows better than what was read here;
    // but it also says True when only another listener of the same parent takes it.
    certainty:
      verdict?.condition.status === 'True' && !verdict.stale && context.result.attachments.length === 0
        ? 'unsure'
        : 'certain',
    rules: rules(),
  };
}

/** A route without hostnames would have answered for those of the listeners. */
function hostsOf({ owner, route }: RefusalContext, refusals: readonly ListenerRefusal[]): readonly string[] {
  if (route.hostnames.length > 0) return route.hostnames;
  const tried = refusals.length > 0 ? refusals.map(({ listener: { listener } }) => listener) : owner.listeners;
  return [...new Set(tried.map(({ hostname }) => hostname))];
}

function statusEvidence(route: RouteBase, verdict: ParentVerdict | undefined): readonly Evidence[] {
  if (verdict === undefined) return [];
  const stale = verdict.stale ? ' (about an older generation)' : '';
  return [
    fieldEvidence(route, 'status.parents', `the controller says ${describeCondition(verdict.condition)}${stale}`),
  ];
}

/** The parentRef's own fault: it asks for a listener or port that is not there (NoMatchingParent). */
function noSuchListener({ owner, route, parent, accepting }: RefusalContext): Reason {
  const asked = [
    ...(parent.sectionName === undefined ? [] : [`named ${parent.sectionName}`]),
    ...(parent.port === undefined ? [] : [`on port ${parent.port}`]),
  ].join(' ');
  const has = owner.listeners.map(({ name, port }) => `${name} (${port})`).join(', ') || 'none';
  return {
    reason: 'no-matching-listener',
    why: `${owner.kind} ${owner.namespace}/${owner.name} has no listener ${asked}; it has ${has}`,
    field: parent.sectionName === undefined ? `${parent.field}.port` : `${parent.field}.sectionName`,
    evidence: [fieldEvidence(owner, 'spec.listeners', `listeners: ${has}`, has)],
    ...optional(nameListener(route, parent, accepting())),
  };
}

/**
 * Of several listeners that refuse a route, the one with least against it was meant; a listener for the route's own
 * hostname rather than one that would only take its namespace.
 */
function fromClosest({ owner, route }: RefusalContext, refusals: readonly ListenerRefusal[]): Reason {
  const closest = refusals.toSorted((a, b) => distance(a) - distance(b))[0];
  if (closest === undefined) throw new Error('a refusal needs a listener');
  const { listener } = closest.listener;
  if (!closest.kind) return kindRefused(owner, route, closest);
  if (closest.namespace.state === 'no') {
    const path = `${listener.field}.allowedRoutes.namespaces`;
    return {
      reason: 'not-allowed',
      why: `listener ${listener.name} of ${owner.kind} ${owner.namespace}/${owner.name} does not allow routes of namespace ${route.namespace}: ${closest.namespace.why}`,
      field: path,
      blamed: idOf(owner),
      evidence: [
        fieldEvidence(owner, path, `listener ${listener.name}: ${closest.namespace.why}`, listener.namespaces.from),
      ],
      ...optional(admitNamespace(owner, listener, route)),
    };
  }
  return hostMismatch(owner, route, refusals);
}

function optional(wanted: WantedChange | undefined): Pick<Reason, 'wanted'> {
  return wanted === undefined ? {} : { wanted };
}

function distance({ kind, namespace, hosts }: ListenerRefusal): number {
  return (hosts.length > 0 ? 0 : 10) + (kind ? 0 : 4) + (namespace.state === 'no' ? 3 : 0);
}

function kindRefused(
  owner: Gateway | ListenerSet,
  route: RouteBase,
  { listener: { listener } }: ListenerRefusal,
): Reason {
  const kinds = listener.kinds.map(({ kind }) => kind).join(', ') || 'none';
  const path = listener.kindsGiven ? `${listener.field}.allowedRoutes.kinds` : `${listener.field}.protocol`;
  const tls = listener.tls === undefined ? '' : ` ${listener.tls.mode}`;
  return {
    reason: 'kind-not-allowed',
    why: `listener ${listener.name} (${listener.protocol}${tls}) of ${owner.kind} ${owner.namespace}/${owner.name} takes ${kinds}, not ${route.kind}`,
    field: path,
    blamed: idOf(owner),
    evidence: [fieldEvidence(owner, path, `listener ${listener.name} takes ${kinds}`, kinds)],
  };
}

function hostMismatch(owner: Gateway | ListenerSet, route: RouteBase, refusals: readonly ListenerRefusal[]): Reason {
  const asked = refusals.map(({ listener: { listener } }) => `${listener.name}: ${listener.hostname}`).join(', ');
  return {
    reason: 'host-mismatch',
    why: `no hostname of ${route.kind} ${route.namespace}/${route.name} (${route.hostnames.join(', ')}) fits a listener of ${owner.kind} ${owner.namespace}/${owner.name} (${asked})`,
    field: 'spec.hostnames',
    evidence: [
      fieldEvidence(route, 'spec.hostnames', `hostnames: ${route.hostnames.join(', ')}`, route.hostnames.join(', ')),
      ...refusals.map(({ listener: { listener } }) =>
        fieldEvidence(
          owner,
          `${listener.field}.hostname`,
          `listener ${listener.name} is for ${listener.hostname}`,
          listener.hostname,
        ),
      ),
    ],
  };
}
