import { pointerOf } from '../base/json-pointer.ts';
import { displayId, type ObjectId, objectId, splitId } from '../base/object-id.ts';
import type { RouteBackend } from '../routing/route-table.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import { serviceReference } from './service-reference.ts';
import type { Trace } from './trace.ts';

interface Patch {
  readonly object: ObjectId;
  readonly type: 'merge' | 'json';
  readonly patch: JsonObject | readonly Json[];
}
export interface NamespaceFix {
  readonly summary: string;
  readonly patches: readonly Patch[];
}

const GRANTABLE: ReadonlySet<string> = new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute']);

/**
 * What lets a route use a Service of another namespace: Gateway API has a field and a grant for it, Istio's hosts and Gloo's
 * references name the namespace themselves; ingress-nginx follows an ExternalName Service to the other one's cluster name
 * unless its administrator forbids that. Undefined elsewhere.
 */
export function backendFromNamespace(
  trace: Trace,
  backend: RouteBackend,
  route: ObjectId,
  found: ObjectId,
): NamespaceFix | undefined {
  const pointer = pointerOf(backend.field);
  if (GRANTABLE.has(splitId(route).kind) && pointer !== undefined) {
    const { namespace } = splitId(found);
    return {
      summary: `Name namespace ${namespace} in ${displayId(route)} and grant the reference there`,
      patches: [
        { object: route, type: 'json', patch: [{ op: 'add', path: `${pointer}/namespace`, value: namespace }] },
        grantFor(route, found),
      ],
    };
  }
  const reference = serviceReference(trace.rule, backend);
  const patch = reference?.lookIn(splitId(found).namespace);
  if (reference !== undefined && patch !== undefined)
    return {
      summary: `Name ${displayId(found)} with its namespace in ${displayId(reference.object)}`,
      patches: [{ object: reference.object, type: 'json', patch }],
    };
  if (trace.gateway?.dialect !== 'ingress-nginx') return undefined;
  const { namespace, name } = splitId(backend.object);
  const alias: JsonObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      type: 'ExternalName',
      externalName: `${splitId(found).name}.${splitId(found).namespace}.svc.cluster.local`,
    },
  };
  return {
    summary: `Put an ExternalName Service ${namespace}/${name} that leads to ${displayId(found)} (or move the Ingress there)`,
    patches: [{ object: backend.object, type: 'merge', patch: alias }],
  };
}

/** A ReferenceGrant that admits one kind of route of one namespace to one Service, and nothing else. */
export function grantFor(route: ObjectId, service: ObjectId): Patch {
  const from = splitId(route);
  const to = splitId(service);
  const name = `allow-${from.namespace}-${to.name}`.slice(0, 63).replace(/[-.]+$/, '');
  return {
    object: objectId('ReferenceGrant', to.namespace, name),
    type: 'merge',
    patch: {
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      kind: 'ReferenceGrant',
      metadata: { name, namespace: to.namespace },
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: from.kind, namespace: from.namespace }],
        to: [
          {
            group: to.kind === 'Secret' || to.kind === 'Service' ? '' : 'gateway.networking.k8s.io',
            kind: to.kind,
            name: to.name,
          },
        ],
      },
    },
  };
}
