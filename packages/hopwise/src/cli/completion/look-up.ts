import type { ClusterSource } from '../../sources/cluster/cluster-source.ts';
import type { JsonObject, Sink } from '../../sources/contract.ts';
import { isObject } from '../../sources/reading/object-identity.ts';

/** Of longer lists the beginning is enough to choose from. */
const MOST = 500;
/** Where each kind that names hosts keeps them. */
const HOSTS: ReadonlyMap<string, (spec: JsonObject) => readonly unknown[]> = new Map([
  ['Ingress', (spec: JsonObject) => listOf(spec.rules).map((rule) => rule.host)],
  ['HTTPRoute', (spec: JsonObject) => (Array.isArray(spec.hostnames) ? spec.hostnames : [])],
  ['GRPCRoute', (spec: JsonObject) => (Array.isArray(spec.hostnames) ? spec.hostnames : [])],
  ['VirtualService', (spec: JsonObject) => (Array.isArray(spec.hosts) ? spec.hosts : [])],
]);
const OBJECTS: ReadonlyMap<string, string> = new Map([
  ['ingress', 'Ingress'],
  ['httproute', 'HTTPRoute'],
  ['grpcroute', 'GRPCRoute'],
  ['virtualservice', 'VirtualService'],
  ['service', 'Service'],
  ['svc', 'Service'],
  ['pod', 'Pod'],
]);
/** What a name of Kubernetes or a host consists of; anything else would have to be quoted, and differently in each shell. */
const PLAIN = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?$/;

/** Hands over names as they are found, so that what came in time can be offered. */
export type Offer = (word: string) => void;

export async function offerNamespaces(cluster: ClusterSource, offer: Offer, signal: AbortSignal): Promise<void> {
  const { namespace } = cluster.client;
  if (namespace !== undefined) offer(namespace);
  await cluster.query(
    [{ kind: 'Namespace', atMost: MOST }],
    sinkOf(({ metadata }) => offerName(metadata, offer)),
    signal,
  );
}

/** URLs by the hosts of routes, or `ingress/NAMESPACE/NAME` when the text begins like that. */
export async function offerRequests(
  cluster: ClusterSource,
  text: string,
  offer: Offer,
  signal: AbortSignal,
): Promise<void> {
  const prefix = /^([a-z]+)\//.exec(text)?.[1] ?? '';
  const kind = OBJECTS.get(prefix);
  const kinds = kind === undefined ? [...HOSTS.keys()] : [kind];
  const scheme = /^[a-z]+:\/\//.exec(text)?.[0] ?? '';
  const sink = sinkOf(({ kind: found, metadata, spec }) => {
    if (kind !== undefined) offerName(metadata, (name, namespace) => offer(`${prefix}/${namespace}/${name}`));
    else if (isObject(spec)) offerHosts(HOSTS.get(String(found))?.(spec) ?? [], scheme, offer);
  });
  await cluster.query(
    kinds.map((each) => ({ kind: each, atMost: MOST })),
    sink,
    signal,
  );
  const namespace = cluster.client.namespace ?? 'default';
  const refused = kinds.filter((each) => cluster.isForbidden(each));
  await cluster.query(
    refused.map((each) => ({ kind: each, namespace, atMost: MOST })),
    sink,
    signal,
  );
}

function offerHosts(hosts: readonly unknown[], scheme: string, offer: Offer): void {
  for (const host of hosts) if (typeof host === 'string' && PLAIN.test(host)) offer(`${scheme}${host}/`);
}

function offerName(metadata: unknown, offer: (name: string, namespace: string) => void): void {
  if (!isObject(metadata)) return;
  const { name, namespace } = metadata;
  if (typeof name === 'string' && PLAIN.test(name)) offer(name, String(namespace));
}

function sinkOf(object: (raw: JsonObject) => void): Sink {
  const nothing = (): void => undefined;
  return { object, log: nothing, response: nothing, problem: nothing, coverage: nothing, snapshot: nothing };
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
