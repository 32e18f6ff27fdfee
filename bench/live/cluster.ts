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
 * Puts a generated cluster into the control plane's etcd, past the API server, whose admission would take minutes. Each
 * Service's address is allocated as the API server would have, or it would be busy repairing that.
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
      for (const address of addressesOf(object)) yield [`/registry/ipaddresses/${address}`, allocate(address, object)];
    }
  }
  await controlPlane.etcd.put(pairs());
  return { objects, bytes };
}

function addressesOf({ kind, spec }: BenchObject): readonly string[] {
  return kind === 'Service' ? ((spec as { readonly clusterIPs?: readonly string[] }).clusterIPs ?? []) : [];
}

/** The IPAddress that says whose a Service address is (k8s.io/kubernetes pkg/registry/core/service/ipallocator). */
function allocate(address: string, { metadata: { namespace, name } }: BenchObject): string {
  return JSON.stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: address,
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { group: '', resource: 'services', namespace, name } },
  });
}
