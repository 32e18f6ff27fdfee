import { idOf } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Gateway, ParentRef } from '../../../model/kinds/gateway-api.ts';
import type { UnattachedRoute, WantedChange } from '../../route-table.ts';
import type { Attachment } from './attach.ts';
import { fieldEvidence } from './evidence.ts';
import { intersectHostname } from './hostname.ts';
import { isGatewayParent, type RouteAndParent } from './parents.ts';
import type { AnyRoute } from './rules.ts';
import { describeCondition, isUnclaimed } from './status.ts';
import { nameClass, nameNamespace } from './wanted.ts';

/**
 * A Gateway whose class does not exist, or that no controller has taken, serves nothing: answers its routes, or undefined
 * when the class is fine or cannot be judged.
 */
export function explainUnclaimed(
  model: ClusterModel,
  gateway: Gateway,
  routes: readonly RouteAndParent[],
): readonly UnattachedRoute[] | undefined {
  const lookup = model.get('GatewayClass', '', gateway.className);
  // Manifests of an application use classes that the platform brings.
  if (lookup.state === 'unknown' || (lookup.state === 'absent' && model.manifestsOnly)) return undefined;
  const name = `Gateway ${gateway.namespace}/${gateway.name}`;
  if (lookup.state === 'absent') {
    return routes.map(({ route }) =>
      classUnclaimed(route, {
        why: `${name} asks for GatewayClass ${gateway.className}, which does not exist`,
        blamed: idOf(gateway),
        evidence: [
          fieldEvidence(
            gateway,
            'spec.gatewayClassName',
            `${name} asks for class ${gateway.className}`,
            gateway.className,
          ),
          {
            type: 'absence',
            text: `GatewayClass ${gateway.className} does not exist`,
            what: `GatewayClass ${gateway.className}`,
          },
        ],
        ...optional(nameClass(model, gateway)),
      }),
    );
  }
  const gatewayClass = lookup.value;
  const condition = isUnclaimed(gatewayClass);
  if (condition === undefined) return undefined;
  const said = describeCondition(condition);
  return routes.map(({ route }) =>
    classUnclaimed(route, {
      why: `no controller has accepted GatewayClass ${gatewayClass.name} of ${name}: ${said}`,
      blamed: idOf(gatewayClass),
      evidence: [
        fieldEvidence(gateway, 'spec.gatewayClassName', `${name} is of class ${gateway.className}`, gateway.className),
        fieldEvidence(gatewayClass, 'status.conditions', said),
        fieldEvidence(
          gatewayClass,
          'spec.controllerName',
          `controller ${gatewayClass.controller}`,
          gatewayClass.controller,
        ),
      ],
    }),
  );
}

function classUnclaimed(
  route: AnyRoute,
  reason: Pick<UnattachedRoute, 'why' | 'evidence' | 'wanted'> & { readonly blamed: UnattachedRoute['object'] },
): UnattachedRoute {
  return {
    object: idOf(route),
    hosts: route.hostnames,
    reason: 'class-unclaimed',
    field: 'spec.gatewayClassName',
    certainty: 'certain',
    ...reason,
  };
}

function optional(wanted: WantedChange | undefined): Pick<UnattachedRoute, 'wanted'> {
  return wanted === undefined ? {} : { wanted };
}

/** Routes whose parents are not there, and routes that name none. */
export function explainMissingParents(model: ClusterModel, routes: readonly AnyRoute[]): readonly UnattachedRoute[] {
  return routes.flatMap((route) => {
    if (route.parents.length === 0) return route.defaultGateways === 'None' ? [withoutParents(route)] : [];
    return route.parents.flatMap((parent) => missingParent(model, route, parent) ?? []);
  });
}

function withoutParents(route: AnyRoute): UnattachedRoute {
  return {
    object: idOf(route),
    hosts: route.hostnames,
    reason: 'no-parent',
    why: `${route.kind} ${route.namespace}/${route.name} has no parentRefs`,
    field: 'spec.parentRefs',
    evidence: [fieldEvidence(route, 'spec.parentRefs', 'no parentRefs')],
    certainty: 'certain',
  };
}

function missingParent(model: ClusterModel, route: AnyRoute, parent: ParentRef): UnattachedRoute | undefined {
  if (!isGatewayParent(parent)) return undefined;
  const kind = parent.kind === 'Gateway' ? 'Gateway' : 'ListenerSet';
  const lookup = model.get(kind, parent.namespace, parent.name);
  if (lookup.state === 'found') return undefined;
  const name = `${parent.kind} ${parent.namespace}/${parent.name}`;
  const elsewhere = model.named(kind, parent.name).map(({ namespace }) => namespace);
  const hint = elsewhere.length === 0 ? '' : `; one of that name is in ${elsewhere.join(', ')}`;
  const absent = lookup.state === 'absent' || wasLookedFor(model, kind, parent.namespace);
  return {
    object: idOf(route),
    hosts: route.hostnames,
    reason: 'no-parent',
    why: absent || lookup.state !== 'unknown' ? `${name} does not exist${hint}` : `${name} was not read: ${lookup.why}`,
    field: elsewhere.length === 0 ? `${parent.field}.name` : `${parent.field}.namespace`,
    evidence: [
      fieldEvidence(route, parent.field, `names ${name} as parent`),
      ...(absent ? [{ type: 'absence' as const, text: `${name} does not exist`, what: name }] : []),
    ],
    // Manifests of an application may well name a Gateway of the platform.
    certainty: absent && !model.manifestsOnly ? 'certain' : 'unsure',
    ...optional(nameNamespace(route, parent, elsewhere)),
  };
}

/** The kind was read, and so was this namespace, as its other objects show: few clusters have a Gateway in each. */
function wasLookedFor(model: ClusterModel, kind: 'Gateway' | 'ListenerSet', namespace: string): boolean {
  return (
    model.isRead(kind, namespace) &&
    (model.listIn('HTTPRoute', namespace).length > 0 || model.listIn('Service', namespace).length > 0)
  );
}

/**
 * Hostnames of an attached route that none of its listeners is for: the specification ignores them silently
 * (HTTPRouteSpec.Hostnames).
 */
export function explainHostsWithoutListener(
  attached: readonly { readonly route: AnyRoute; readonly attachment: Attachment }[],
): readonly UnattachedRoute[] {
  const served = new Map<AnyRoute, Attachment[]>();
  for (const { route, attachment } of attached) {
    const attachments = served.get(route);
    if (attachments === undefined) served.set(route, [attachment]);
    else attachments.push(attachment);
  }
  const out: UnattachedRoute[] = [];
  for (const [route, attachments] of served) {
    const listeners = attachments.map(({ listener: { listener } }) => listener);
    const ignored = route.hostnames.filter((host) =>
      listeners.every(({ hostname }) => intersectHostname(hostname, host) === undefined),
    );
    if (ignored.length === 0) continue;
    const takes = [...new Set(listeners.map(({ name, hostname }) => `${name}: ${hostname}`))].join(', ');
    out.push({
      object: idOf(route),
      hosts: ignored,
      reason: 'host-mismatch',
      why: `no listener of its parents is for ${ignored.join(', ')} (${takes}), so ${route.kind} ${route.namespace}/${route.name} does not answer for it`,
      field: 'spec.hostnames',
      evidence: [fieldEvidence(route, 'spec.hostnames', `hostnames: ${route.hostnames.join(', ')}`)],
      certainty: 'certain',
    });
  }
  return out;
}
