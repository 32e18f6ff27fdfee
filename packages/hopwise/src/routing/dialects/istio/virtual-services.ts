import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import { readStrings } from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';
import { resolveHost } from './names.ts';
import { listIstio, namespaceOf, readIndexed, specOf } from './objects.ts';

export interface VirtualService {
  readonly object: ForeignObject;
  readonly namespace: string;
  readonly hosts: readonly string[];
  /** `namespace/name`, or `mesh`. */
  readonly gateways: readonly string[];
  readonly exportTo: readonly string[];
  readonly http: readonly (readonly [raw: JsonObject, field: string])[];
  readonly tls: readonly (readonly [raw: JsonObject, field: string])[];
  readonly tcp: readonly (readonly [raw: JsonObject, field: string])[];
}

export function readVirtualServices(model: ClusterModel): readonly VirtualService[] {
  return listIstio(model, 'VirtualService').map((object) => {
    const spec = specOf(object);
    const namespace = namespaceOf(object);
    return {
      object,
      namespace,
      hosts: readStrings(spec, 'hosts').map((host) => resolveHost(host, namespace)),
      gateways: readGatewayNames(spec, namespace, ['mesh']),
      exportTo: readStrings(spec, 'exportTo'),
      http: readIndexed(spec, 'http', 'spec'),
      tls: readIndexed(spec, 'tls', 'spec'),
      tcp: readIndexed(spec, 'tcp', 'spec'),
    };
  });
}

/** `name` is a Gateway of the same namespace; `mesh` stands for the sidecars and is the default. */
export function readGatewayNames(raw: JsonObject, namespace: string, fallback: readonly string[]): readonly string[] {
  const names = readStrings(raw, 'gateways');
  if (names.length === 0) return fallback;
  return names.map((name) => (name === 'mesh' || name.includes('/') ? name : `${namespace}/${name}`));
}

/** networking/v1/virtual_service.proto exportTo: `.` own namespace, `*` all, `~` none; nothing means all. */
export function isVisibleIn({ exportTo, namespace }: VirtualService, viewer: string): boolean {
  if (exportTo.length === 0) return true;
  return exportTo.some((to) => to === '*' || to === viewer || (to === '.' && viewer === namespace));
}
