import { pointerOf } from '../base/json-pointer.ts';
import { type ObjectId, splitId } from '../base/object-id.ts';
import type { ServicePort } from '../model/kinds/service.ts';
import type { RouteBackend, Rule } from '../routing/route-table.ts';
import type { Json } from '../sources/contract.ts';

/** Where a route object writes which Service (and port) a backend is. */
export interface ServiceReference {
  /** The object that holds it: the route, a canary's Ingress, the controller for its own default backend. */
  readonly object: ObjectId;
  /** Field path of the Service's name. */
  readonly namePath: string;
  /** Field path of the port; where the route names none, that of the name. */
  readonly portPath: string;
  /** JSON patch that names another Service of the same namespace; undefined where the name is no field of its own. */
  readonly rename: (name: string) => readonly Json[] | undefined;
  /** JSON patch that takes the Service from another namespace; undefined where that is no field of the reference. */
  readonly lookIn: (namespace: string) => readonly Json[] | undefined;
  /** JSON patch that names another port of the Service. */
  readonly usePort: (port: ServicePort) => readonly Json[] | undefined;
}

interface Places {
  readonly name: string;
  readonly port?: string;
  readonly portValue?: (port: ServicePort) => Json;
}

/** The reference behind a backend of a route; undefined when no object of the input holds it (an in-cluster request). */
export function serviceReference(rule: Rule | undefined, backend: RouteBackend): ServiceReference | undefined {
  const object = backend.fieldOf ?? rule?.object;
  if (object === undefined) return undefined;
  const field = backend.field === '' ? (rule?.field ?? '') : backend.field;
  const places = placesIn(splitId(object).kind, field, backend);
  const { namespace, name: current } = splitId(backend.object);
  const spelled = (name: string, where: string): string =>
    backend.nameAsHost === true ? `${name}.${where}.svc.cluster.local` : name;
  return {
    object,
    namePath: places?.name ?? field,
    portPath: places?.port ?? places?.name ?? field,
    rename: (name) => write('replace', places?.name, spelled(name, namespace)),
    lookIn: (where) =>
      backend.nameAsHost === true
        ? write('replace', places?.name, spelled(current, where))
        : write('add', backend.namespaceAt, where),
    usePort: (port) => write('replace', places?.port, places?.portValue?.(port) ?? port.port),
  };
}

const WORKLOADS: ReadonlySet<string> = new Set(['Deployment', 'DaemonSet', 'StatefulSet', 'IngressClass']);

function placesIn(kind: string, field: string, backend: RouteBackend): Places | undefined {
  if (backend.nameAt !== undefined)
    return { name: backend.nameAt, ...(backend.portAt === undefined ? {} : { port: backend.portAt }) };
  // A controller's own default backend is a word among its arguments.
  if (WORKLOADS.has(kind)) return undefined;
  if (kind !== 'Ingress') return { name: `${field}.name`, port: `${field}.port` };
  if (field.startsWith('metadata.annotations')) return { name: field };
  const service = field === 'spec.defaultBackend' ? `${field}.service` : `${field}.backend.service`;
  return { name: `${service}.name`, port: `${service}.port`, portValue: (port) => ({ number: port.port }) };
}

function write(op: 'add' | 'replace', path: string | undefined, value: Json): readonly Json[] | undefined {
  const pointer = path === undefined ? undefined : pointerOf(path);
  return pointer === undefined ? undefined : [{ op, path: pointer, value }];
}
