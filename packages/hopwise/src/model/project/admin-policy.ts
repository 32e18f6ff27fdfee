import type { Json, JsonObject } from '../../sources/contract.ts';
import type {
  AdminNetworkPolicy,
  AdminPeer,
  AdminRule,
  BaselineAdminNetworkPolicy,
  ClusterNetworkPolicy,
  PodsByNamespace,
  PolicyPort,
} from '../kinds/network-policy.ts';
import type { Protocol } from '../kinds/pod.ts';
import type { Meta } from '../meta.ts';
import {
  hasField,
  isObject,
  readList,
  readNumber,
  readObject,
  readOptionalObject,
  readSelector,
  readString,
  readStrings,
} from './read.ts';

/*
 * policy.networking.k8s.io: v1alpha1 AdminNetworkPolicy and BaselineAdminNetworkPolicy, v1alpha2 ClusterNetworkPolicy
 * (kubernetes-sigs/network-policy-api apis/v1alpha1, apis/v1alpha2).
 */

export function projectAdminPolicy(raw: JsonObject, meta: Meta): AdminNetworkPolicy {
  const spec = readObject(raw, 'spec');
  return {
    ...meta,
    ...readBody(spec),
    kind: 'AdminNetworkPolicy',
    tier: 'admin',
    priority: readNumber(spec, 'priority') ?? 0,
  };
}

export function projectBaselinePolicy(raw: JsonObject, meta: Meta): BaselineAdminNetworkPolicy {
  return {
    ...meta,
    ...readBody(readObject(raw, 'spec')),
    kind: 'BaselineAdminNetworkPolicy',
    tier: 'baseline',
    priority: 0,
  };
}

/** Takes the spec alone, as the model keeps this kind without a record of its own. */
export function projectClusterPolicy(spec: JsonObject, meta: Meta): ClusterNetworkPolicy {
  return {
    ...meta,
    ...readBody(spec),
    kind: 'ClusterNetworkPolicy',
    tier: readString(spec, 'tier') === 'Baseline' ? 'baseline' : 'admin',
    priority: readNumber(spec, 'priority') ?? 0,
  };
}

function readBody(spec: JsonObject): Pick<AdminNetworkPolicy, 'subject' | 'ingress' | 'egress'> {
  const subject = readPods(readObject(spec, 'subject'));
  return {
    ...(subject === undefined ? {} : { subject }),
    ingress: readList(spec, 'ingress').map((rule) => readRule(rule, 'from')),
    egress: readList(spec, 'egress').map((rule) => readRule(rule, 'to')),
  };
}

function readPods(raw: JsonObject): PodsByNamespace | undefined {
  const namespaces = readSelector(raw, 'namespaces');
  if (namespaces !== undefined) return { namespaces };
  const pods = readOptionalObject(raw, 'pods');
  if (pods === undefined) return undefined;
  return {
    namespaces: readSelector(pods, 'namespaceSelector') ?? { requirements: [] },
    pods: readSelector(pods, 'podSelector') ?? { requirements: [] },
  };
}

/** v1alpha2 calls it Accept. */
const ACTIONS: ReadonlyMap<string, AdminRule['action']> = new Map([
  ['Allow', 'allow'],
  ['Accept', 'allow'],
  ['Deny', 'deny'],
  ['Pass', 'pass'],
]);

function readRule(raw: Json, peersKey: 'from' | 'to'): AdminRule {
  const rule = isObject(raw) ? raw : {};
  const name = readString(rule, 'name');
  return {
    ...(name === undefined ? {} : { name }),
    action: ACTIONS.get(readString(rule, 'action') ?? '') ?? 'unknown',
    peers: readList(rule, peersKey).map(readPeer),
    ports: hasField(rule, 'protocols')
      ? readList(rule, 'protocols').flatMap(readProtocol)
      : readList(rule, 'ports').map(readPort),
  };
}

function readPeer(raw: Json): AdminPeer {
  if (!isObject(raw)) return { kind: 'invalid', why: 'it is not an object' };
  const pods = readPods(raw);
  if (pods !== undefined) return { kind: 'pods', ...pods };
  const nodes = readSelector(raw, 'nodes');
  if (nodes !== undefined) return { kind: 'nodes', nodes };
  if (hasField(raw, 'networks')) return { kind: 'networks', cidrs: readStrings(raw, 'networks') };
  if (hasField(raw, 'domainNames')) return { kind: 'domains', names: readStrings(raw, 'domainNames') };
  return { kind: 'invalid', why: 'it names no peer that is known' };
}

/** v1alpha1: portNumber, portRange (protocol defaults to TCP) or namedPort (the container port says the protocol). */
function readPort(raw: Json): PolicyPort {
  if (!isObject(raw)) return { invalid: 'it is not an object' };
  const number = readOptionalObject(raw, 'portNumber');
  if (number !== undefined) {
    const port = readNumber(number, 'port');
    return port === undefined ? { invalid: 'portNumber has no port' } : { protocol: protocolOf(number), port };
  }
  const range = readOptionalObject(raw, 'portRange');
  if (range !== undefined) return readRange(range, protocolOf(range));
  const name = readString(raw, 'namedPort');
  return name === undefined ? { invalid: 'it names no port that is known' } : { port: name };
}

function protocolOf(raw: JsonObject): Protocol {
  const protocol = readString(raw, 'protocol');
  return protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP';
}

const PROTOCOL_KEYS = [
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
  ['sctp', 'SCTP'],
] as const;

/** v1alpha2: one protocol with an optional destination port, or a port name. */
function readProtocol(raw: Json): readonly PolicyPort[] {
  if (!isObject(raw)) return [{ invalid: 'it is not an object' }];
  const ports = PROTOCOL_KEYS.flatMap(([key, protocol]): PolicyPort[] => {
    const match = readOptionalObject(raw, key);
    if (match === undefined) return [];
    const destination = readOptionalObject(match, 'destinationPort');
    if (destination === undefined) return [{ protocol }];
    const number = readNumber(destination, 'number');
    if (number !== undefined) return [{ protocol, port: number }];
    const range = readOptionalObject(destination, 'range');
    return [
      range === undefined
        ? { protocol, invalid: 'destinationPort has no number or range' }
        : readRange(range, protocol),
    ];
  });
  const name = readString(raw, 'destinationNamedPort');
  if (name !== undefined && name !== '') ports.push({ port: name });
  return ports.length > 0 ? ports : [{ invalid: 'it names no protocol that is known' }];
}

function readRange(range: JsonObject, protocol: Protocol): PolicyPort {
  const start = readNumber(range, 'start');
  const end = readNumber(range, 'end');
  if (start === undefined || end === undefined) return { protocol, invalid: 'the range has no start or end' };
  return { protocol, port: start, endPort: end };
}
