import type { Json, JsonObject } from '../../sources/contract.ts';
import type { NetworkPolicy, PolicyDirection, PolicyPeer, PolicyPort, PolicyRule } from '../kinds/network-policy.ts';
import type { Protocol } from '../kinds/pod.ts';
import type { Meta } from '../meta.ts';
import { projectAdminPolicy, projectBaselinePolicy } from './admin-policy.ts';
import {
  hasField,
  isObject,
  readIntOrString,
  readList,
  readNumber,
  readObject,
  readOptionalObject,
  readSelector,
  readString,
  readStrings,
} from './read.ts';

/** The projections of the policy kinds, by kind. */
export const NETWORK_POLICY_PROJECTIONS = {
  NetworkPolicy: projectNetworkPolicy,
  AdminNetworkPolicy: projectAdminPolicy,
  BaselineAdminNetworkPolicy: projectBaselinePolicy,
} as const;

/** A networking.k8s.io/v1 NetworkPolicy with the defaults that the API server would have written. */
export function projectNetworkPolicy(raw: JsonObject, meta: Meta): NetworkPolicy {
  const spec = readObject(raw, 'spec');
  return {
    ...meta,
    kind: 'NetworkPolicy',
    podSelector: readSelector(spec, 'podSelector') ?? { requirements: [] },
    isolates: readIsolation(spec),
    ingress: readList(spec, 'ingress').map((rule) => readRule(rule, 'from')),
    egress: readList(spec, 'egress').map((rule) => readRule(rule, 'to')),
  };
}

/**
 * Without policyTypes a policy isolates ingress, and egress only when it has egress rules
 * (kubernetes/kubernetes pkg/apis/networking/v1/defaults.go SetDefaults_NetworkPolicy).
 */
function readIsolation(spec: JsonObject): readonly PolicyDirection[] {
  const types = readStrings(spec, 'policyTypes');
  if (types.length === 0) return readList(spec, 'egress').length > 0 ? ['ingress', 'egress'] : ['ingress'];
  const isolates: PolicyDirection[] = [];
  if (types.includes('Ingress')) isolates.push('ingress');
  if (types.includes('Egress')) isolates.push('egress');
  return isolates;
}

function readRule(raw: Json, peersKey: 'from' | 'to'): PolicyRule {
  const rule = isObject(raw) ? raw : {};
  return { peers: readList(rule, peersKey).map(readPeer), ports: readList(rule, 'ports').map(readPort) };
}

/** Shapes the API refuses are those of pkg/apis/networking/validation ValidateNetworkPolicyPeer. */
function readPeer(raw: Json): PolicyPeer {
  if (!isObject(raw)) return { kind: 'invalid', why: 'it is not an object' };
  const namespaces = readSelector(raw, 'namespaceSelector');
  const pods = readSelector(raw, 'podSelector');
  const block = readOptionalObject(raw, 'ipBlock');
  if (block !== undefined) {
    if (namespaces !== undefined || pods !== undefined) {
      return { kind: 'invalid', why: 'ipBlock may not be combined with a selector' };
    }
    return { kind: 'block', cidr: readString(block, 'cidr') ?? '', except: readStrings(block, 'except') };
  }
  if (namespaces === undefined && pods === undefined) return { kind: 'invalid', why: 'it names no peer' };
  return {
    kind: 'pods',
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(pods === undefined ? {} : { pods }),
  };
}

const PROTOCOLS: ReadonlySet<string> = new Set(['TCP', 'UDP', 'SCTP']);
const HAS_LETTER = /[a-z]/;

/** Protocol defaults to TCP; shapes the API refuses are those of ValidateNetworkPolicyPort. */
function readPort(raw: Json): PolicyPort {
  if (!isObject(raw)) return { invalid: 'it is not an object' };
  const protocol = hasField(raw, 'protocol') ? (readString(raw, 'protocol') ?? '') : 'TCP';
  if (!PROTOCOLS.has(protocol)) return { invalid: `protocol ${protocol} is not TCP, UDP or SCTP` };
  const known = protocol as Protocol;
  const port = readIntOrString(raw, 'port');
  const endPort = readNumber(raw, 'endPort');
  if (typeof port === 'string' && !HAS_LETTER.test(port)) {
    return { protocol: known, invalid: `port "${port}" is a string but no port name` };
  }
  if (endPort !== undefined && typeof port !== 'number') {
    return { protocol: known, invalid: 'endPort needs a numeric port' };
  }
  if (endPort !== undefined && typeof port === 'number' && endPort < port) {
    return { protocol: known, invalid: 'endPort is below port' };
  }
  return {
    protocol: known,
    ...(port === undefined ? {} : { port }),
    ...(endPort === undefined ? {} : { endPort }),
  };
}
