import type { JsonObject } from '../../../sources/contract.ts';
import type { BackendTarget, ObjectReference, ParentRef } from '../../kinds/gateway-api.ts';
import { defined, readNumber, readString } from '../read.ts';

export const GATEWAY_GROUP = 'gateway.networking.k8s.io';

/** Fills in what the API leaves out of a reference; an empty namespace counts as left out. */
export function readReference(
  raw: JsonObject,
  field: string,
  defaults: { readonly group: string; readonly kind: string; readonly namespace: string },
): ObjectReference {
  return {
    group: readString(raw, 'group') ?? defaults.group,
    kind: readString(raw, 'kind') || defaults.kind,
    namespace: readString(raw, 'namespace') || defaults.namespace,
    name: readString(raw, 'name') ?? '',
    field,
  };
}

/** ParentReference: a Gateway in the route's own namespace unless said otherwise (apis/v1/shared_types.go). */
export function readParentRef(raw: JsonObject, field: string, namespace: string): ParentRef {
  return defined({
    ...readReference(raw, field, { group: GATEWAY_GROUP, kind: 'Gateway', namespace }),
    sectionName: readString(raw, 'sectionName') || undefined,
    port: readNumber(raw, 'port') || undefined,
  });
}

/** BackendObjectReference: a core Service in the route's own namespace unless said otherwise. */
export function readBackendTarget(raw: JsonObject, field: string, namespace: string): BackendTarget {
  return defined({
    ...readReference(raw, field, { group: '', kind: 'Service', namespace }),
    port: readNumber(raw, 'port'),
  });
}

/** SecretObjectReference: a core Secret in the referrer's namespace unless said otherwise. */
export function readSecretReference(raw: JsonObject, field: string, namespace: string): ObjectReference {
  return readReference(raw, field, { group: '', kind: 'Secret', namespace });
}
