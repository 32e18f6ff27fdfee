import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../sources/contract.ts';
import { examineClusterDns } from '../dns/examine.ts';
import { resolveInCluster } from '../dns/resolve.ts';
import { explainDenial } from './explain-denial.ts';
import { judgeFlow } from './judge.ts';
import { narrowestAdmission } from './narrowest-admission.ts';
import { endOf, modelOf, namespace, object, pod } from './testing/cluster.ts';

const KINDS = [
  ['networking.k8s.io/v1', 'NetworkPolicy', 'shop/x'],
  ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', '/x'],
  ['policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy', '/default'],
  ['policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', '/x'],
  ['cilium.io/v2', 'CiliumNetworkPolicy', 'shop/x'],
  ['crd.projectcalico.org/v1', 'GlobalNetworkPolicy', '/x'],
  ['crd.projectcalico.org/v1', 'NetworkPolicy', 'shop/x'],
] as const;

/** Right field names with anything in them reach further than noise. */
const FIELDS =
  'spec podSelector matchLabels matchExpressions key operator values policyTypes ingress egress from to ports protocol port endPort ipBlock cidr except namespaceSelector subject namespaces pods action peers selector source destination nets endpointSelector fromEndpoints fromCIDRSet toPorts specs types tier order priority __proto__ constructor'.split(
    ' ',
  );
const leaf = fc.oneof(
  fc.constantFrom('Ingress', 'Egress', 'Allow', 'Deny', 'Pass', 'TCP', '10.0.0.0/8', '::/0', 'http', 'all()', '', '0'),
  fc.integer({ min: -1, max: 70_000 }),
  fc.boolean(),
  fc.constant(null),
  fc.string({ maxLength: 8 }),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, depthSize: 'large' },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie('tree'), { maxKeys: 4 }),
  ),
}));

it('judges, explains and patches whatever a policy holds without falling over', () => {
  const ends = [
    namespace('web'),
    namespace('shop'),
    pod('web/a', { app: 'a' }, '10.1.0.1'),
    pod('shop/b', { app: 'b' }, '10.1.0.2'),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), tree, ([apiVersion, kind, id], spec) => {
      const model = modelOf([...ends, object(apiVersion, kind, id, { spec } as JsonObject)]);
      const flow = { from: endOf(model, 'web/a'), to: endOf(model, 'shop/b'), port: 80, protocol: 'TCP' } as const;
      const verdict = judgeFlow(model, flow);
      expect(['allowed', 'denied', 'unknown']).toContain(verdict.state);
      expect(typeof verdict.why).toBe('string');
      expect(verdict.evidence.every((entry) => entry.text !== '')).toBe(true);
      explainDenial(model, flow);
      narrowestAdmission(model, flow);
    }),
    { numRuns: 1500 },
  );
});

it('resolves any name over any Corefile without falling over', () => {
  const words = fc.constantFrom(
    '.:53',
    '{',
    '}',
    '\n',
    'kubernetes',
    'cluster.local',
    'forward',
    '.',
    'hosts',
    'rewrite',
    'name',
    'regex',
    '(a+)+$',
    'import',
    '(x)',
    '"',
    '#',
    'fallthrough',
    'template',
    'IN',
    'A',
    '10.96.0.10',
  );
  const text = fc.array(words, { maxLength: 40 }).map((list) => list.join(' '));
  fc.assert(
    fc.property(text, fc.string({ maxLength: 30 }), (corefile, name) => {
      const model = modelOf([
        pod('web/a', {}, '10.1.0.1'),
        { ...object('v1', 'ConfigMap', 'kube-system/coredns', {}), data: { Corefile: corefile } },
      ]);
      expect(resolveInCluster(model, name, { namespace: 'web' }).tried.length).toBeGreaterThan(0);
      examineClusterDns(model);
    }),
    { numRuns: 500 },
  );
});
