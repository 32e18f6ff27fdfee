import { valueOf } from '../../../base/lookup.ts';
import { idOf, type ObjectId, objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Service } from '../../../model/kinds/service.ts';
import { readNumber, readObject, readString, readStrings } from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';
import type { RouteBackend } from '../../route-table.ts';
import { type DestinationRule, findDestinationRules } from './destination-rules.ts';
import { resolveHost, serviceOfHost } from './names.ts';
import { listIstio, specOf } from './objects.ts';
import type { VirtualService } from './virtual-services.ts';

export interface Destination {
  readonly backend: RouteBackend;
  readonly service: Service | undefined;
  readonly port: number | undefined;
  readonly subset: string | undefined;
  readonly rule: DestinationRule | undefined;
  /** Why the destination could not be judged. */
  readonly doubt?: string;
}

/** What destinations are resolved against: the mesh as the gateway's data plane sees it. */
export interface Mesh {
  readonly model: ClusterModel;
  readonly rules: readonly DestinationRule[];
  /** All of them, for those that delegate. */
  readonly virtualServices: readonly VirtualService[];
  /** Namespace of the gateway's Pods. */
  readonly caller: string;
}

/**
 * A destination of a route (networking/v1/virtual_service.proto Destination). Short host names belong to the VirtualService's
 * namespace. A host, port or subset that nothing defines leaves Envoy without a cluster: 503, flag NC.
 */
export function readDestination(
  mesh: Mesh,
  raw: JsonObject,
  namespace: string,
  field: string,
  weight: number,
): Destination {
  const host = resolveHost(readString(raw, 'host') ?? '', namespace);
  const subset = readString(raw, 'subset') || undefined;
  const target = serviceOfHost(host);
  const service = target === undefined ? undefined : valueOf(mesh.model.get('Service', target.namespace, target.name));
  const port = readNumber(readObject(raw, 'port'), 'number') ?? onlyPort(service);
  const rules = findDestinationRules(mesh.rules, host, mesh.caller, target?.namespace);
  const rule = rules.find(({ subsets }) => subsets.some(({ name }) => name === subset)) ?? rules[0];
  const entry = target === undefined ? findServiceEntry(mesh.model, host) : undefined;
  const unknown = target === undefined && entry === undefined ? judgeUnknownHost(mesh.model, host) : undefined;
  const chosen = unknown === undefined ? findSubset(mesh, host, subset, rules) : {};
  const refused = unknown?.refused ?? chosen.refused;
  const object = entry ?? objectOf(host, namespace, target, unknown?.doubt);
  return {
    backend: {
      object,
      ...(port === undefined ? {} : { port }),
      weight,
      field,
      nameAt: `${field}.host`,
      nameAsHost: true,
      portAt: `${field}.port.number`,
      ...(chosen.narrowed === undefined ? {} : { narrowed: chosen.narrowed }),
      ...(chosen.unsure === undefined ? {} : { unsure: chosen.unsure }),
      ...(refused === undefined ? {} : { refused }),
    },
    service,
    port,
    subset,
    rule,
    ...(unknown?.doubt === undefined ? {} : { doubt: unknown.doubt }),
  };
}

/** Without a port the only one of the Service is meant; with several, the port must be given. */
function onlyPort(service: Service | undefined): number | undefined {
  return service?.ports.length === 1 ? service.ports[0]?.port : undefined;
}

/** A host that should be a Service's is written as one, whether it exists or not; one that may be anything keeps its name. */
function objectOf(
  host: string,
  namespace: string,
  target: { readonly namespace: string; readonly name: string } | undefined,
  doubt: string | undefined,
): ObjectId {
  if (target !== undefined) return objectId('Service', target.namespace, target.name);
  return doubt === undefined ? objectId('Service', namespace, host) : objectId('Host', '', host);
}

/** A host that is no Service's must be one of a ServiceEntry. */
function findServiceEntry(model: ClusterModel, host: string): ObjectId | undefined {
  for (const entry of listIstio(model, 'ServiceEntry')) {
    if (readStrings(specOf(entry), 'hosts').some((name) => name.toLowerCase() === host)) return idOf(entry);
  }
  return undefined;
}

/** `reviews.prod` reads like a short form, but names with a dot are not completed; other names may be of entries nobody read. */
function judgeUnknownHost(
  model: ClusterModel,
  host: string,
): { readonly refused?: NonNullable<RouteBackend['refused']>; readonly doubt?: string } {
  const [name = '', namespace = '', ...rest] = host.split('.');
  const isShortForm = (rest.length === 0 || rest.join('.') === 'svc') && model.namespaces().includes(namespace);
  const hint = isShortForm ? `; a Service would be ${name}.${namespace}.svc.cluster.local` : '';
  if (!isShortForm && !model.isRead('ServiceEntry')) {
    return { doubt: `no Service has the host ${host}, and ServiceEntries were not read` };
  }
  return {
    refused: { why: `no Service or ServiceEntry has the host ${host}${hint}`, status: 503, mode: 'no-service' },
  };
}

/**
 * The labels that a subset adds to the Service's selector. One that no DestinationRule of the host defines leaves Envoy
 * without a cluster of that name, unless a rule nobody read defines it.
 */
function findSubset(
  { model }: Mesh,
  host: string,
  name: string | undefined,
  rules: readonly DestinationRule[],
): Pick<RouteBackend, 'narrowed' | 'refused' | 'unsure'> {
  if (name === undefined) return {};
  for (const { object, subsets } of rules) {
    const subset = subsets.find((entry) => entry.name === name);
    if (subset === undefined) continue;
    if (Object.keys(subset.labels).length === 0) return {};
    return { narrowed: { labels: subset.labels, object: idOf(object), path: `${subset.field}.labels` } };
  }
  if (rules.length === 0 && !model.isRead('DestinationRule'))
    return {
      unsure: {
        why: `it asks for subset ${name} of ${host}, and no DestinationRule for that host was read`,
        settledBy: 'kubectl get destinationrules -A -o yaml',
      },
    };
  const others = rules.flatMap(({ object, subsets }) =>
    subsets.length === 0 ? [] : `DestinationRule ${object.namespace}/${object.name} has ${namesOf(subsets)}`,
  );
  const why = `it asks for subset ${name} of ${host}, which no DestinationRule defines${others.length === 0 ? '' : `; ${others.slice(0, 3).join('; ')}`}`;
  return { refused: { why, status: 503, mode: 'no-service' } };
}

function namesOf(subsets: DestinationRule['subsets']): string {
  return subsets
    .slice(0, 6)
    .map(({ name }) => name)
    .join(', ');
}
