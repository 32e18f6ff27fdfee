import type { CapturedObject } from '../controlplane/capture-objects.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { discoverKinds, storageKey } from '../controlplane/discovery.ts';

/** Stores objects of built-in kinds as they are, managedFields and all; the API server must be able to decode them. */
export async function storeAsIs(controlPlane: ControlPlane, objects: Iterable<CapturedObject>): Promise<void> {
  const kinds = await discoverKinds(controlPlane.api);
  await controlPlane.etcd.put(pairs());

  function* pairs(): Generator<readonly [string, string]> {
    for (const object of objects) {
      const kind = kinds.get(`${object.apiVersion}/${object.kind}`);
      if (kind === undefined) throw new Error(`the API server serves no ${object.apiVersion} ${object.kind}`);
      const { namespace, name } = object.metadata;
      yield [storageKey(kind, false, namespace, name), JSON.stringify(object)];
    }
  }
}
