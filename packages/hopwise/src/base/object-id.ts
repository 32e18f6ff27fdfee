/** `Kind/namespace/name`; cluster-scoped objects have an empty namespace: `Node//worker-1`. */
export type ObjectId = string & { readonly __objectId: unique symbol };

export function objectId(kind: string, namespace: string, name: string): ObjectId {
  return `${kind}/${namespace}/${name}` as ObjectId;
}

export function idOf(object: { readonly kind: string; readonly namespace: string; readonly name: string }): ObjectId {
  return objectId(object.kind, object.namespace, object.name);
}

export interface ObjectIdParts {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function splitId(id: ObjectId): ObjectIdParts {
  const [kind = '', namespace = '', name = ''] = id.split('/');
  return { kind, namespace, name };
}

/** `Kind ns/name` (or `Kind name`): how headlines write an object. */
export function displayId(id: ObjectId): string {
  const { kind, namespace, name } = splitId(id);
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
