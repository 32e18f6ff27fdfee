import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../sources/contract.ts';
import { ask, modelOf, namespace, node, object, pod, policy } from './testing/cluster.ts';

const ENDS = [
  namespace('web', { team: 'edge' }),
  namespace('shop', { team: 'sales' }),
  pod('web/gateway', { app: 'gateway' }, '10.1.0.1', 'nodeName: worker-2'),
  pod(
    'shop/cart',
    { app: 'cart' },
    '10.1.0.2',
    'containers: [{name: main, image: x, ports: [{name: http, containerPort: 8080}]}]',
  ),
];
const GROUP = 'policy.networking.k8s.io/v1alpha1';

function admin(
  name: string,
  priority: number,
  rules: string,
  subject = '{namespaces: {matchLabels: {team: sales}}}',
): JsonObject {
  return object(GROUP, 'AdminNetworkPolicy', `/${name}`, `{priority: ${priority}, subject: ${subject}, ${rules}}`);
}
function baseline(rules: string): JsonObject {
  return object(GROUP, 'BaselineAdminNetworkPolicy', '/default', `{subject: {namespaces: {}}, ${rules}}`);
}
function rule(action: string, ports = ''): string {
  return `{action: ${action}, from: [{namespaces: {matchLabels: {team: edge}}}]${ports}}`;
}
function state(objects: readonly JsonObject[], port = 8080): string {
  return ask(modelOf([...ENDS, ...objects]), 'web/gateway', 'shop/cart', port).state;
}

const ADMITS = policy('shop/p', '{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}');
const REFUSES = policy('shop/p', '{podSelector: {}}');

describe('the tiers around NetworkPolicy', () => {
  it.each([
    ['Deny goes before what a namespace admits', [admin('a', 1, `ingress: [${rule('Deny')}]`), ADMITS], 'denied'],
    ['Allow goes before what a namespace refuses', [admin('a', 1, `ingress: [${rule('Allow')}]`), REFUSES], 'allowed'],
    [
      'Pass leaves it to the namespace',
      [admin('a', 1, `ingress: [${rule('Pass')}]`), admin('b', 2, `ingress: [${rule('Deny')}]`), ADMITS],
      'allowed',
    ],
    [
      'the lower number goes first',
      [admin('a', 5, `ingress: [${rule('Deny')}]`), admin('b', 4, `ingress: [${rule('Allow')}]`)],
      'allowed',
    ],
    ['rules go in order', [admin('a', 1, `ingress: [${rule('Allow')}, ${rule('Deny')}]`)], 'allowed'],
    [
      'equal numbers that disagree leave it open',
      [admin('a', 1, `ingress: [${rule('Deny')}]`), admin('b', 1, `ingress: [${rule('Allow')}]`)],
      'unknown',
    ],
    ['the baseline decides where no policy selects the Pod', [baseline(`ingress: [${rule('Deny')}]`)], 'denied'],
    ['the baseline does not decide where one does', [baseline(`ingress: [${rule('Deny')}]`), ADMITS], 'allowed'],
    [
      'Pass reaches the baseline',
      [admin('a', 1, `ingress: [${rule('Pass')}]`), baseline(`ingress: [${rule('Deny')}]`)],
      'denied',
    ],
    [
      'other subjects are left alone',
      [
        admin(
          'a',
          1,
          `ingress: [${rule('Deny')}]`,
          '{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: other}}}}',
        ),
      ],
      'allowed',
    ],
    ['another port', [admin('a', 1, `ingress: [${rule('Deny', ', ports: [{portNumber: {port: 80}}]')}]`)], 'allowed'],
    [
      'another protocol',
      [admin('a', 1, `ingress: [${rule('Deny', ', ports: [{portNumber: {port: 8080, protocol: UDP}}]')}]`)],
      'allowed',
    ],
    [
      'a range',
      [admin('a', 1, `ingress: [${rule('Deny', ', ports: [{portRange: {start: 8000, end: 8080}}]')}]`)],
      'denied',
    ],
    ['a named port', [admin('a', 1, `ingress: [${rule('Deny', ', ports: [{namedPort: http}]')}]`)], 'denied'],
    ['a peer of a later version', [admin('a', 1, 'ingress: [{action: Deny, from: [{somethingNew: {}}]}]')], 'unknown'],
  ])('%s', (_name, objects, wanted) => {
    expect(state(objects)).toBe(wanted);
  });

  it('names the rule that decides', () => {
    const verdict = ask(
      modelOf([
        ...ENDS,
        admin('guard', 1, `ingress: [${rule('Pass', ', ports: [{portNumber: {port: 1}}]')}, ${rule('Deny')}]`),
      ]),
      'web/gateway',
      'shop/cart',
      8080,
    );
    expect(verdict).toMatchObject({
      state: 'denied',
      side: 'ingress',
      by: ['AdminNetworkPolicy//guard'],
      ingress: { path: 'spec.ingress[1]' },
    });
  });

  it('judges egress to nodes, networks and names', () => {
    const out = (to: string, action = 'Deny') => [
      ...ENDS,
      node('worker-9', '172.18.0.9'),
      pod('web/host', { app: 'gateway' }, '172.18.0.9', '{hostNetwork: true, nodeName: worker-9}'),
      admin('out', 1, `egress: [{action: ${action}, to: [${to}]}]`),
    ];
    const outside = { kind: 'outside', address: '192.0.2.7' } as const;
    expect(ask(modelOf(out('{networks: [192.0.2.0/24]}')), 'shop/cart', outside).state).toBe('denied');
    expect(ask(modelOf(out('{networks: [0.0.0.0/0]}')), 'shop/cart', 'web/gateway').state).toBe('denied');
    expect(
      ask(modelOf(out('{nodes: {matchLabels: {kubernetes.io/hostname: worker-9}}}')), 'shop/cart', 'web/host').state,
    ).toBe('denied');
    expect(ask(modelOf(out('{nodes: {}}')), 'shop/cart', 'web/gateway').state).toBe('allowed');
    // Namespaces never mean the host network.
    expect(ask(modelOf(out('{namespaces: {}}')), 'shop/cart', 'web/host').state).toBe('allowed');
    expect(
      ask(
        modelOf([
          ...out('{domainNames: ["*.example.com"]}', 'Allow'),
          policy('shop/none', '{podSelector: {}, policyTypes: [Egress]}'),
        ]),
        'shop/cart',
        outside,
      ).state,
    ).toBe('unknown');
  });

  it('reads the one kind of v1alpha2 for both tiers', () => {
    const cluster = (tier: string, action: string) =>
      object(
        'policy.networking.k8s.io/v1alpha2',
        'ClusterNetworkPolicy',
        `/${tier.toLowerCase()}`,
        `{tier: ${tier}, priority: 3, subject: {namespaces: {}}, ingress: [{action: ${action}, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {range: {start: 8000, end: 9000}}}}]}]}`,
      );
    expect(state([cluster('Admin', 'Deny'), ADMITS])).toBe('denied');
    expect(state([cluster('Admin', 'Deny'), ADMITS], 80)).toBe('allowed');
    expect(state([cluster('Admin', 'Accept'), REFUSES])).toBe('allowed');
    expect(state([cluster('Baseline', 'Deny'), ADMITS])).toBe('allowed');
    expect(state([cluster('Baseline', 'Deny')])).toBe('denied');
    // Antrea has another kind of that name, which is not evaluated.
    const antrea = object('crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', '/x', '{appliedTo: []}');
    expect(state([antrea])).toBe('unknown');
  });

  it('does not conclude where the API refused to show a tier', () => {
    const model = modelOf(ENDS, { AdminNetworkPolicy: 'forbidden', NetworkPolicy: 'complete' });
    expect(ask(model, 'web/gateway', 'shop/cart').state).toBe('unknown');
    expect(ask(modelOf(ENDS, { AdminNetworkPolicy: 'not-installed' }), 'web/gateway', 'shop/cart').state).toBe(
      'allowed',
    );
  });
});

it('agrees with a naive reading of the three tiers', () => {
  const SPACES = ['web', 'shop'] as const;
  const action = fc.constantFrom('Allow', 'Deny', 'Pass');
  const spaces = fc.subarray([...SPACES], { minLength: 1 });
  const port = fc.constantFrom(undefined, 80, 8080);
  const rules = fc.array(fc.record({ action, spaces, port }), { maxLength: 3 });
  const adminPolicy = fc.record({ priority: fc.integer({ min: 0, max: 50 }), subject: spaces, rules });
  const world = fc.record({
    admins: fc.uniqueArray(adminPolicy, { maxLength: 4, selector: ({ priority }) => priority }),
    namespaced: fc.option(fc.record({ spaces: fc.subarray([...SPACES]), port })),
    base: fc.option(fc.record({ subject: spaces, rules })),
  });
  type Rule = { readonly action: string; readonly spaces: readonly string[]; readonly port: number | undefined };
  const first = (list: readonly Rule[], asked: number, own: readonly string[]) =>
    own.includes('shop')
      ? list.find((entry) => entry.spaces.includes('web') && (entry.port === undefined || entry.port === asked))?.action
      : undefined;
  const names = (list: readonly string[]) =>
    `{matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [${list.join(', ')}]}]}`;
  const written = (list: readonly Rule[]) =>
    list
      .map(
        (entry) =>
          `{action: ${entry.action}, from: [{namespaces: ${names(entry.spaces)}}]${entry.port === undefined ? '' : `, ports: [{portNumber: {port: ${entry.port}}}]`}}`,
      )
      .join(', ');
  fc.assert(
    fc.property(world, fc.constantFrom(80, 8080), ({ admins, namespaced, base }, asked) => {
      let wanted: string | undefined;
      for (const entry of [...admins].sort((a, b) => a.priority - b.priority)) {
        const hit = first(entry.rules, asked, entry.subject);
        if (hit === undefined) continue;
        if (hit !== 'Pass') wanted = hit;
        break;
      }
      if (wanted === undefined && namespaced !== null) {
        const open = namespaced.spaces.includes('web') && (namespaced.port === undefined || namespaced.port === asked);
        wanted = open ? 'Allow' : 'Deny';
      }
      if (wanted === undefined && base !== null) wanted = first(base.rules, asked, base.subject);
      const objects = admins.map((entry, index) =>
        admin(
          `a${index}`,
          entry.priority,
          `ingress: [${written(entry.rules)}]`,
          `{namespaces: ${names(entry.subject)}}`,
        ),
      );
      if (namespaced !== null) {
        const from =
          namespaced.spaces.length === 0
            ? '{podSelector: {matchLabels: {app: nobody}}}'
            : `{namespaceSelector: ${names(namespaced.spaces)}}`;
        objects.push(
          policy(
            'shop/p',
            `{podSelector: {}, ingress: [{from: [${from}]${namespaced.port === undefined ? '' : `, ports: [{port: ${namespaced.port}}]`}}]}`,
          ),
        );
      }
      if (base !== null) {
        objects.push(
          object(
            GROUP,
            'BaselineAdminNetworkPolicy',
            '/default',
            `{subject: {namespaces: ${names(base.subject)}}, ingress: [${written(base.rules)}]}`,
          ),
        );
      }
      expect(state(objects, asked)).toBe(wanted === 'Deny' ? 'denied' : 'allowed');
    }),
    { numRuns: 300 },
  );
});
