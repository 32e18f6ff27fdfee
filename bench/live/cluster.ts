import type { ControlPlane } from '../../test/controlplane/control-plane.ts';
import { discoverKinds, storageKey } from '../../test/controlplane/discovery.ts';
import { type ClusterSize, listObjects } from '../generate-cluster.ts';
import { type BenchObject, makeLifelike } from './lifelike.ts';

export interface LoadedCluster {
  readonly objects: number;
  /** Of the objects as JSON. */
  readonly bytes: number;
}

/**
 * Puts a generated cluster into the control plane's etcd, past the API server, whose admission would take minutes, and starts
 * the API server anew, so that it holds them as one that has been running.
 */
export async function loadCluster(controlPlane: ControlPlane, size: ClusterSize): Promise<LoadedCluster> {
  const kinds = await discoverKinds(controlPlane.api);
  let objects = 0;
  let bytes = 0;
  function* pairs(): Generator<readonly [key: string, value: string]> {
    for (const generated of listObjects(size)) {
      const object = makeLifelike(generated as BenchObject);
      const kind = kinds.get(`${object.apiVersion}/${object.kind}`);
      if (kind === undefined) throw new Error(`the API server serves no ${object.apiVersion} ${object.kind}`);
      const text = JSON.stringify(object);
      objects += 1;
      bytes += text.length;
      yield [storageKey(kind, false, object.metadata.namespace, object.metadata.name), text];
    }
  }
  await controlPlane.killApiServer();
  await controlPlane.etcd.put(pairs());
  await controlPlane.startApiServer();
  return { objects, bytes };
}
