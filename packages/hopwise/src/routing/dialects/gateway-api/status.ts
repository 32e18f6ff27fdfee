import type { GatewayClass, ParentRef, RouteBase, RouteParentStatus } from '../../../model/kinds/gateway-api.ts';
import type { Condition } from '../../../model/kinds/pod.ts';
import type { Meta } from '../../../model/meta.ts';

/** Reasons of Accepted=False that follow from fields examined here; the fields are trusted more than the status. */
const MODELLED_REASONS = new Set(['NotAllowedByListeners', 'NoMatchingListenerHostname', 'NoMatchingParent']);

export interface ParentVerdict {
  readonly condition: Condition;
  /** Speaks about an older generation of the route. */
  readonly stale: boolean;
  /** Its reason can be worked out from the objects, so that it is only evidence. */
  readonly modelled: boolean;
}

/**
 * What the controller wrote about a route and one of its parents. `controller` restricts it to the Gateway's own; several
 * controllers may write about the same parent.
 */
export function acceptedCondition(
  route: RouteBase,
  parent: ParentRef,
  controller: string | undefined,
): ParentVerdict | undefined {
  const status = route.parentStatuses.find(
    (entry) => isSameParent(entry.parent, parent) && (controller === undefined || entry.controller === controller),
  );
  const condition = status?.conditions.find(({ type }) => type === 'Accepted');
  if (status === undefined || condition === undefined) return undefined;
  return {
    condition,
    stale: isStale(route, status),
    modelled: MODELLED_REASONS.has(condition.reason ?? ''),
  };
}

/** The controller itself says that a reference of the route is not allowed, about the route as it is now. */
export function saysReferenceNotPermitted(route: RouteBase): boolean {
  return route.parentStatuses.some(
    (status) =>
      !isStale(route, status) &&
      status.conditions.some(
        ({ type, status: value, reason }) =>
          type === 'ResolvedRefs' && value === 'False' && reason === 'RefNotPermitted',
      ),
  );
}

function isStale(route: Meta, status: RouteParentStatus): boolean {
  return (
    route.generation !== undefined &&
    status.observedGeneration !== undefined &&
    status.observedGeneration < route.generation
  );
}

function isSameParent(left: ParentRef, right: ParentRef): boolean {
  return (
    left.group === right.group &&
    left.kind === right.kind &&
    left.namespace === right.namespace &&
    left.name === right.name &&
    left.sectionName === right.sectionName &&
    left.port === right.port
  );
}

/**
 * No controller has taken the class: its Accepted condition is missing or not True although the class carries a status, which
 * the API fills with "Waiting for controller" from the start. Undefined when the status says nothing (manifests).
 */
export function isUnclaimed(gatewayClass: GatewayClass): Condition | undefined {
  if (!gatewayClass.hasStatus) return undefined;
  const accepted = gatewayClass.conditions.find(({ type }) => type === 'Accepted');
  if (accepted === undefined) return { type: 'Accepted', status: 'Unknown' };
  return accepted.status === 'True' ? undefined : accepted;
}

/** `Accepted=False (NotAllowedByListeners): message`. */
export function describeCondition({ type, status, reason, message }: Condition): string {
  const detail = message === undefined || message === '' ? '' : `: ${message}`;
  return `${type}=${status}${reason === undefined ? '' : ` (${reason})`}${detail}`;
}
