import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ModelBuilder } from '../../model/builder.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { judgeFlow } from './judge.ts';

/*
 * An evaluator written the dumb way, straight from the API documentation and over the raw objects, to hold against the
 * indexed one: it shares no code with it.
 */

type Obj = { readonly [key: string]: unknown };
interface DumbPod {
  readonly ns: string;
  readonly name: string;
  readonly labels: Obj;
  readonly ip: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number; readonly protocol: string }[];
}

function holds(selector: Obj, labels: Obj): boolean {
  for (const [key, value] of Object.entries((selector.matchLabels ?? {}) as Obj))
    if (labels[key] !== value) return false;
  for (const e of (selector.matchExpressions ?? []) as { key: string; operator: string; values?: string[] }[]) {
    const has = e.key in labels;
    const listed = (e.values ?? []).includes(labels[e.key] as string);
    if (e.operator === 'In' && !(has && listed)) return false;
    if (e.operator === 'NotIn' && has && listed) return false;
    if (e.operator === 'Exists' && !has) return false;
    if (e.operator === 'DoesNotExist' && has) return false;
  }
  return true;
}

function bits(ip: string): string {
  if (!ip.includes(':'))
    return ip
      .split('.')
      .map((octet) => Number(octet).toString(2).padStart(8, '0'))
      .join('');
  const [head = '', tail = ''] = ip.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}

function inside(cidr: string, ip: string): boolean {
  const [base = '', prefix = ''] = cidr.split('/');
  return (
    base.includes(':') === ip.includes(':') && bits(base).slice(0, Number(prefix)) === bits(ip).slice(0, Number(prefix))
  );
}

function admits(peer: Obj, home: string, other: DumbPod, namespaces: Record<string, Obj>): boolean {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock as { cidr: string; except?: string[] };
    return inside(cidr, other.ip) && !except.some((hole) => inside(hole, other.ip));
  }
  const inNamespace =
    peer.namespaceSelector === undefined
      ? other.ns === home
      : holds(peer.namespaceSelector as Obj, namespaces[other.ns] as Obj);
  return inNamespace && (peer.podSelector === undefined || holds(peer.podSelector as Obj, other.labels));
}

function opens(entry: Obj, to: DumbPod, port: number, protocol: string): boolean {
  if ((entry.protocol ?? 'TCP') !== protocol) return false;
  if (entry.port === undefined) return true;
  if (typeof entry.port === 'string') {
    return to.ports.some((p) => p.name === entry.port && p.containerPort === port && p.protocol === protocol);
  }
  return port >= (entry.port as number) && port <= ((entry.endPort ?? entry.port) as number);
}

function passes(
  direction: 'ingress' | 'egress',
  policies: readonly JsonObject[],
  from: DumbPod,
  to: DumbPod,
  port: number,
  protocol: string,
  namespaces: Record<string, Obj>,
): boolean {
  const [subject, other] = direction === 'ingress' ? [to, from] : [from, to];
  let isolated = false;
  for (const policy of policies) {
    const spec = policy.spec as Obj;
    const { namespace: home } = policy.metadata as unknown as { namespace: string };
    if (home !== subject.ns || !holds((spec.podSelector ?? {}) as Obj, subject.labels)) continue;
    const egress = (spec.egress ?? []) as Obj[];
    const types = (spec.policyTypes ?? (egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'])) as string[];
    if (!types.includes(direction === 'ingress' ? 'Ingress' : 'Egress')) continue;
    isolated = true;
    for (const rule of (spec[direction] ?? []) as Obj[]) {
      const peers = (rule[direction === 'ingress' ? 'from' : 'to'] ?? []) as Obj[];
      const ports = (rule.ports ?? []) as Obj[];
      const peerOk = peers.length === 0 || peers.some((peer) => admits(peer, home, other, namespaces));
      const portOk = ports.length === 0 || ports.some((entry) => opens(entry, to, port, protocol));
      if (peerOk && portOk) return true;
    }
  }
  return !isolated;
}

const KEYS = ['app', 'tier', 'env'];
const VALUES = ['a', 'b', 'c'];
const SPACES = ['red', 'green', 'blue'];
const PORTS = [80, 81, 443, 8080];
const NAMES = ['http', 'web', 'admin'];
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];

const pick = <T>(items: readonly T[]) => fc.constantFrom(...items);
const labels = fc.dictionary(pick(KEYS), pick(VALUES), { maxKeys: 3 });
const expression = fc.oneof(
  fc.record({
    key: pick(KEYS),
    operator: pick(['In', 'NotIn']),
    values: fc.array(pick(VALUES), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key: pick(KEYS), operator: pick(['Exists', 'DoesNotExist']) }),
);
const selector = fc.record(
  {
    matchLabels: fc.dictionary(pick(KEYS), pick(VALUES), { maxKeys: 1 }),
    matchExpressions: fc.array(expression, { maxLength: 1 }),
  },
  { requiredKeys: [] },
);
const namespaceSelector = fc.oneof(
  selector,
  pick(SPACES).map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })),
);
const block4 = fc
  .tuple(pick(['10.0.0.0', '10.0.1.0', '10.0.0.5', '0.0.0.0', '10.0.1.128']), pick([0, 8, 23, 24, 25, 30, 32]))
  .map(([base, prefix]) => `${base}/${prefix}`);
const block6 = fc
  .tuple(pick(['fd00::', 'fd00:0:0:1::', '::', 'fd00::5']), pick([0, 8, 33, 63, 64, 127, 128]))
  .map(([base, prefix]) => `${base}/${prefix}`);
const peer = fc.oneof(
  { weight: 3, arbitrary: fc.record({ podSelector: selector }) },
  { weight: 3, arbitrary: fc.record({ namespaceSelector }) },
  { weight: 3, arbitrary: fc.record({ podSelector: selector, namespaceSelector }) },
  {
    weight: 2,
    arbitrary: fc
      .oneof(
        fc.record({ cidr: block4, except: fc.array(block4, { maxLength: 2 }) }, { requiredKeys: ['cidr'] }),
        fc.record({ cidr: block6, except: fc.array(block6, { maxLength: 2 }) }, { requiredKeys: ['cidr'] }),
      )
      .map((ipBlock) => ({ ipBlock })),
  },
);
const port = fc.oneof(
  fc.record({ protocol: pick(PROTOCOLS), port: pick([...PORTS, ...NAMES]) }, { requiredKeys: [] }),
  fc.record(
    { protocol: pick(PROTOCOLS), port: pick([79, 80, 400]), endPort: pick([500, 8080]) },
    { requiredKeys: ['port', 'endPort'] },
  ),
);
const rule = (key: 'from' | 'to') =>
  fc.record({ [key]: fc.array(peer, { maxLength: 3 }), ports: fc.array(port, { maxLength: 2 }) }, { requiredKeys: [] });
const policy = fc
  .record({
    namespace: pick(SPACES),
    spec: fc.record(
      {
        podSelector: selector,
        policyTypes: pick([['Ingress'], ['Egress'], ['Ingress', 'Egress']]),
        ingress: fc.array(rule('from'), { maxLength: 2 }),
        egress: fc.array(rule('to'), { maxLength: 2 }),
      },
      { requiredKeys: ['podSelector'] },
    ),
  })
  .map(({ namespace, spec }) => ({ namespace, spec }));
const container = fc.uniqueArray(
  fc.record({ name: pick(NAMES), containerPort: pick(PORTS), protocol: pick(['TCP', 'UDP']) }),
  { maxLength: 2, selector: (entry) => entry.name },
);
const cluster = fc.record({
  namespaceLabels: fc.tuple(labels, labels, labels),
  pods: fc.array(fc.record({ ns: pick(SPACES), labels, ports: container, six: fc.boolean() }), {
    minLength: 2,
    maxLength: 5,
  }),
  policies: fc.array(policy, { maxLength: 6 }),
});

function build(input: { readonly objects: readonly JsonObject[] }): ClusterModel {
  const builder = new ModelBuilder();
  for (const raw of input.objects) builder.add(raw, { file: 'random.yaml' });
  return builder.build();
}

it('agrees with a naive evaluator on every pair, port and protocol of random clusters', () => {
  fc.assert(
    fc.property(cluster, (world) => {
      const namespaces: Record<string, Obj> = {};
      for (const [index, name] of SPACES.entries()) {
        namespaces[name] = { ...world.namespaceLabels[index as 0 | 1 | 2], 'kubernetes.io/metadata.name': name };
      }
      const family6 = world.pods[0]?.six === true;
      const pods: DumbPod[] = world.pods.map((entry, index) => ({
        ns: entry.ns,
        name: `pod-${index}`,
        labels: entry.labels,
        ports: entry.ports,
        ip: family6 ? `fd00:0:0:${index % 2}::${index + 4}` : `10.0.${index % 2}.${index + 4}`,
      }));
      const policies = world.policies.map((entry, index) => ({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { namespace: entry.namespace, name: `policy-${index}`, uid: `${index}` },
        spec: entry.spec,
      })) as unknown as JsonObject[];
      const model = build({
        objects: [
          ...SPACES.map((name) => ({
            apiVersion: 'v1',
            kind: 'Namespace',
            metadata: { name, labels: namespaces[name] as JsonObject },
          })),
          ...pods.map((entry, index) => ({
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { namespace: entry.ns, name: entry.name, labels: entry.labels as JsonObject, uid: entry.name },
            spec: {
              nodeName: `node-${index}`,
              containers: [{ name: 'main', image: 'x', ports: entry.ports as unknown as JsonObject[] }],
            },
            status: { phase: 'Running', podIP: entry.ip, podIPs: [{ ip: entry.ip }] },
          })),
          ...policies,
        ],
      });
      const records = pods.map(
        (entry) => model.listIn('Pod', entry.ns).find((found) => found.name === entry.name) as Pod,
      );
      for (const [a, from] of pods.entries()) {
        for (const [b, to] of pods.entries()) {
          if (a === b) continue;
          for (const number of PORTS) {
            for (const protocol of ['TCP', 'UDP'] as const) {
              const wanted =
                passes('egress', policies, from, to, number, protocol, namespaces) &&
                passes('ingress', policies, from, to, number, protocol, namespaces);
              const given = judgeFlow(model, {
                from: { kind: 'pod', pod: records[a] as Pod },
                to: { kind: 'pod', pod: records[b] as Pod },
                port: number,
                protocol,
              });
              expect(given.state, given.why).toBe(wanted ? 'allowed' : 'denied');
            }
          }
        }
      }
    }),
    { numRuns: 400 },
  );
});
