import { valueOf } from '../../base/lookup.ts';
import { displayId, idOf, objectId } from '../../base/object-id.ts';
import { citeField } from '../../model/cite.ts';
import type { ForeignObject } from '../../model/kinds/cluster.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import {
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readSelector,
  readString,
  readStrings,
} from '../../model/project/read.ts';
import { selects } from '../../model/selector.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { coverAny } from '../firewalls/rule-set.ts';
import { workloadOf } from '../path-queries.ts';
import { doubt, isDoubt, type Match } from '../policy/match.ts';
import type { MeshAsk, MeshDenial } from './mesh-denial.ts';
import { linkerdIdentityOf, meshProxyOf } from './proxies.ts';

/*
 * Linkerd (linkerd.io/2/reference/authorization-policy): where a Server describes a Pod's port only authorized clients pass
 * (unless its accessPolicy says otherwise); elsewhere the default inbound policy of the Pod or its namespace decides.
 */

const MODES = ['request-refused', 'passed-on', 'reset', 'refused'] as const;

/** Undefined unless the connection is surely refused. */
export function linkerdDenial(ask: MeshAsk): MeshDenial | undefined {
  if (meshProxyOf(ask.pod) !== 'linkerd') return undefined;
  const server = serverOf(ask);
  if (server === undefined) return byDefault(ask);
  const access = readString(server.spec as JsonObject, 'accessPolicy') ?? 'deny';
  if (access === 'audit' || admittedByPolicy(access, ask)) return undefined;
  return byServer(ask, server);
}

function serverOf({ model, pod, port }: MeshAsk): ForeignObject | undefined {
  return model
    .foreign('Server')
    .filter(({ apiVersion, namespace }) => apiVersion.startsWith('policy.linkerd.io/') && namespace === pod.namespace)
    .find((server) => {
      const spec = server.spec as JsonObject;
      const selector = readSelector(spec, 'podSelector');
      return selector !== undefined && selects(selector, pod.labels) && isPort(spec, pod, port);
    });
}

function isPort(spec: JsonObject, pod: Pod, port: number): boolean {
  const number = readNumber(spec, 'port');
  if (number !== undefined) return number === port;
  const name = readString(spec, 'port');
  return pod.spec.containers.some(({ ports }) => ports.some((entry) => entry.name === name && entry.port === port));
}

function isMeshed({ caller }: MeshAsk): boolean {
  return meshProxyOf(caller) === 'linkerd';
}

/** `all-unauthenticated` and the like. The cluster's own ranges are not known: `cluster-*` counts as inside for Pods. */
function admittedByPolicy(policy: string, ask: MeshAsk): boolean {
  switch (policy) {
    case 'deny':
      return false;
    case 'all-authenticated':
    case 'cluster-authenticated':
      return isMeshed(ask);
    default:
      return true;
  }
}

const DEFAULT_POLICY = 'config.linkerd.io/default-inbound-policy';

function byDefault(ask: MeshAsk): MeshDenial | undefined {
  const { model, pod, caller } = ask;
  const workload = workloadOf(model, pod);
  const namespace = valueOf(model.get('Namespace', '', pod.namespace));
  const holder = pod.annotations[DEFAULT_POLICY] !== undefined ? (workload ?? pod) : namespace;
  const policy = pod.annotations[DEFAULT_POLICY] ?? namespace?.annotations[DEFAULT_POLICY];
  if (policy === undefined || holder === undefined || admittedByPolicy(policy, ask)) return undefined;
  const path =
    holder === workload
      ? `spec.template.metadata.annotations["${DEFAULT_POLICY}"]`
      : `metadata.annotations["${DEFAULT_POLICY}"]`;
  return {
    object: idOf(holder),
    why: `the default inbound policy of ${displayId(idOf(holder))} is ${policy}, and ${caller.namespace}/${caller.name} ${isMeshed(ask) ? 'is not authorized by any policy' : 'has no Linkerd proxy'}`,
    modes: MODES,
    evidence: [citeField(holder, path, `${DEFAULT_POLICY} is ${policy}`, policy)],
    remedy: 'Put the caller into the mesh, or authorize it for this port with a Server and an AuthorizationPolicy',
    patches: [],
    kind: 'authorization',
  };
}

function byServer(ask: MeshAsk, server: ForeignObject): MeshDenial | undefined {
  const { model, caller, pod } = ask;
  const own = authorizations(ask, server);
  const matches = own.map(({ match }) => match);
  if (matches.some((match) => match === true || isDoubt(match))) return undefined;
  const nearest = own[0];
  const object = nearest?.object ?? server;
  const who = isMeshed(ask)
    ? linkerdIdentityOf(caller)
    : `${caller.namespace}/${caller.name}, which has no Linkerd proxy`;
  const text = nearest === undefined ? 'no authorization names this Server' : `does not admit ${who}`;
  return {
    object: idOf(object),
    why: `Server ${server.name} guards port ${ask.port} of ${pod.namespace}/${pod.name}, and nothing authorizes ${who}`,
    modes: MODES,
    evidence: [
      citeField(server, 'spec.port', `Server ${server.name} describes the port, so only authorized clients pass`),
      citeField(object, nearest?.path ?? 'spec', text),
    ],
    remedy: isMeshed(ask)
      ? `Authorize ${who} in ${displayId(idOf(object))}`
      : `Put ${model.controllerOf(caller)} into the mesh, or authorize unauthenticated clients for this port`,
    patches: isMeshed(ask) ? (nearest?.admit ?? [ownAuthorization(ask, server)]) : [],
    kind: 'authorization',
  };
}

interface Authorization {
  readonly object: ForeignObject;
  readonly path: string;
  readonly match: Match;
  readonly admit?: MeshDenial['patches'];
}

function authorizations(ask: MeshAsk, server: ForeignObject): readonly Authorization[] {
  const { model } = ask;
  const here = ({ namespace, apiVersion }: ForeignObject): boolean =>
    namespace === server.namespace && apiVersion.startsWith('policy.linkerd.io/');
  const old = model
    .foreign('ServerAuthorization')
    .filter((object) => here(object) && namesServer(object.spec as JsonObject, server))
    .map((object) => serverAuthorization(ask, object));
  const policies = model
    .foreign('AuthorizationPolicy')
    .filter((object) => here(object) && targets(object.spec as JsonObject, server))
    .flatMap((object) => policyAuthorization(ask, object));
  return [...policies, ...old];
}

function namesServer(spec: JsonObject, server: ForeignObject): boolean {
  const wanted = readObject(spec, 'server');
  if (readString(wanted, 'name') === server.name) return true;
  const selector = readSelector(wanted, 'selector');
  return selector !== undefined && selects(selector, server.labels);
}

function targets(spec: JsonObject, server: ForeignObject): boolean {
  const target = readObject(spec, 'targetRef');
  const kind = readString(target, 'kind');
  if (kind === 'Namespace') return true;
  return kind === 'Server' && readString(target, 'name') === server.name;
}

function serverAuthorization(ask: MeshAsk, object: ForeignObject): Authorization {
  const client = readObject(object.spec as JsonObject, 'client');
  const tls = readObject(client, 'meshTLS');
  const { caller } = ask;
  const accounts = readObjects(tls, 'serviceAccounts');
  const named =
    readStrings(tls, 'identities').some((identity) => matchIdentity(identity, linkerdIdentityOf(caller))) ||
    accounts.some(
      (account) =>
        readString(account, 'name') === (caller.spec.serviceAccount || 'default') &&
        (readString(account, 'namespace') ?? object.namespace) === caller.namespace,
    );
  const match =
    readBoolean(client, 'unauthenticated') === true ||
    (isMeshed(ask) && (named || readBoolean(tls, 'unauthenticatedTLS') === true));
  const account: JsonObject = { name: caller.spec.serviceAccount || 'default', namespace: caller.namespace };
  const path = accounts.length > 0 ? '/spec/client/meshTLS/serviceAccounts/-' : '/spec/client/meshTLS/serviceAccounts';
  const value = accounts.length > 0 ? account : [account];
  const admit =
    Object.keys(tls).length === 0
      ? undefined
      : [{ object: idOf(object), type: 'json' as const, patch: [{ op: 'add', path, value }] }];
  return { object, path: 'spec.client', match, ...(admit === undefined ? {} : { admit }) };
}

function policyAuthorization(ask: MeshAsk, object: ForeignObject): readonly Authorization[] {
  const { model, caller } = ask;
  let match: Match = true;
  let admit: MeshDenial['patches'] | undefined;
  for (const ref of readObjects(object.spec as JsonObject, 'requiredAuthenticationRefs')) {
    const kind = readString(ref, 'kind') ?? '';
    const name = readString(ref, 'name') ?? '';
    const namespace = readString(ref, 'namespace') ?? object.namespace;
    if (kind === 'ServiceAccount') {
      if (!(isMeshed(ask) && name === (caller.spec.serviceAccount || 'default') && namespace === caller.namespace))
        match = false;
      continue;
    }
    const found = model.foreign(kind).find((entry) => entry.name === name && entry.namespace === namespace);
    if (found === undefined) {
      if (match === true) match = doubt(`${kind} ${namespace}/${name} is not in the input`);
      continue;
    }
    const admitted = kind === 'MeshTLSAuthentication' ? isNamed(ask, found) : isInNetworks(ask, found);
    if (admitted) continue;
    match = false;
    if (kind === 'MeshTLSAuthentication') {
      const value = linkerdIdentityOf(caller);
      const has = readStrings(found.spec as JsonObject, 'identities').length > 0;
      const patch = has
        ? [{ op: 'add', path: '/spec/identities/-', value }]
        : [{ op: 'add', path: '/spec/identities', value: [value] }];
      admit = [{ object: idOf(found), type: 'json', patch }];
    }
  }
  return [{ object, path: 'spec.requiredAuthenticationRefs', match, ...(admit === undefined ? {} : { admit }) }];
}

function isNamed(ask: MeshAsk, { spec, namespace }: ForeignObject): boolean {
  const { caller } = ask;
  if (!isMeshed(ask)) return false;
  const own = linkerdIdentityOf(caller);
  if (readStrings(spec as JsonObject, 'identities').some((identity) => matchIdentity(identity, own))) return true;
  return readObjects(spec as JsonObject, 'identityRefs').some((ref) => {
    const home = readString(ref, 'namespace') ?? namespace;
    if (readString(ref, 'kind') === 'Namespace') return (readString(ref, 'name') ?? home) === caller.namespace;
    return readString(ref, 'name') === (caller.spec.serviceAccount || 'default') && home === caller.namespace;
  });
}

function isInNetworks({ caller }: MeshAsk, { spec }: ForeignObject): boolean {
  return readObjects(spec as JsonObject, 'networks').some((network) => {
    const cidr = readString(network, 'cidr');
    return cidr !== undefined && coverAny([cidr], caller.ips) && !coverAny(readStrings(network, 'except'), caller.ips);
  });
}

/** `*` is every identity, `*.ns.serviceaccount…` a suffix. */
function matchIdentity(pattern: string, identity: string): boolean {
  return pattern === '*' || pattern === identity || (pattern.startsWith('*') && identity.endsWith(pattern.slice(1)));
}

function ownAuthorization({ caller, pod }: MeshAsk, server: ForeignObject): MeshDenial['patches'][number] {
  const { namespace } = pod;
  const name = `${server.name}-${caller.namespace}`.slice(0, 63);
  return {
    object: objectId('AuthorizationPolicy', namespace, name),
    type: 'merge',
    patch: {
      apiVersion: 'policy.linkerd.io/v1alpha1',
      kind: 'AuthorizationPolicy',
      metadata: { name, namespace },
      spec: {
        targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: server.name },
        requiredAuthenticationRefs: [
          { kind: 'ServiceAccount', name: caller.spec.serviceAccount || 'default', namespace: caller.namespace },
        ],
      },
    },
  };
}
