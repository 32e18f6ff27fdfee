import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../sources/contract.ts';
import { ask, modelOf, namespace, object, pod, policy } from '../testing/cluster.ts';
import { parseSelector } from './selector.ts';

const WORLD = [
  namespace('web', { team: 'edge' }),
  namespace('shop'),
  pod('web/gateway', { app: 'gateway' }, '10.1.0.1', 'nodeName: worker-2'),
  pod('shop/cart', { app: 'cart' }, '10.1.0.2'),
  pod('shop/catalog', { app: 'catalog' }, '10.1.0.3'),
];
const own = (name: string, spec: string): JsonObject =>
  object('crd.projectcalico.org/v1', 'NetworkPolicy', `shop/${name}`, spec);
const global = (name: string, spec: string): JsonObject =>
  object('crd.projectcalico.org/v1', 'GlobalNetworkPolicy', `/${name}`, spec);
const tier = (name: string, order: number): JsonObject =>
  object('crd.projectcalico.org/v1', 'Tier', `/${name}`, `{order: ${order}}`);

/** From web/gateway and shop/catalog to shop/cart:8080. */
function states(...objects: readonly JsonObject[]): string {
  const model = modelOf([...WORLD, ...objects]);
  return ['web/gateway', 'shop/catalog'].map((from) => ask(model, from, 'shop/cart', 8080).state[0]).join('');
}

describe('Calico policies', () => {
  it.each([
    ['no rule decides: denied', [own('a', `{selector: app == 'cart', ingress: []}`)], 'dd'],
    ['a selector is the own namespace', [own('a', '{ingress: [{action: Allow, source: {selector: all()}}]}')], 'da'],
    [
      'a namespace selector',
      [
        own(
          'a',
          `{ingress: [{action: Allow, source: {namespaceSelector: team == 'edge', selector: app == 'gateway'}}]}`,
        ),
      ],
      'ad',
    ],
    [
      'global selectors see every namespace',
      [global('a', `{selector: all(), ingress: [{action: Allow, source: {selector: has(app)}}]}`)],
      'aa',
    ],
    ['nets', [own('a', '{ingress: [{action: Allow, source: {nets: [10.1.0.3/32]}}]}')], 'da'],
    [
      'ports and protocol',
      [own('a', '{ingress: [{action: Allow, protocol: TCP, destination: {ports: ["8000:8090"]}}]}')],
      'aa',
    ],
    ['another protocol', [own('a', '{ingress: [{action: Allow, protocol: UDP}]}')], 'dd'],
    ['Log decides nothing', [own('a', '{ingress: [{action: Log}, {action: Allow}]}')], 'aa'],
    [
      'the lower order goes first',
      [own('a', '{order: 20, ingress: [{action: Allow}]}'), own('b', '{order: 10, ingress: [{action: Deny}]}')],
      'dd',
    ],
    [
      'without order goes last',
      [own('a', '{ingress: [{action: Deny}]}'), own('b', '{order: 10, ingress: [{action: Allow}]}')],
      'aa',
    ],
    ['egress alone', [own('a', '{types: [Egress]}')], 'ad'],
    [
      'NetworkPolicies have order 1000',
      [
        global('a', '{order: 2000, ingress: [{action: Deny}]}'),
        policy('shop/p', '{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}'),
      ],
      'da',
    ],
    [
      'an earlier Deny beats NetworkPolicies',
      [global('a', '{order: 10, ingress: [{action: Deny}]}'), policy('shop/p', '{podSelector: {}, ingress: [{}]}')],
      'dd',
    ],
    [
      'a tier that passes on',
      [
        tier('first', 1),
        global('first.a', '{tier: first, ingress: [{action: Pass}]}'),
        policy('shop/p', '{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}'),
      ],
      'da',
    ],
    [
      'a tier that does not decide denies',
      [
        tier('first', 1),
        global('first.a', `{tier: first, ingress: [{action: Pass, source: {selector: app == 'gateway'}}]}`),
      ],
      'ad',
    ],
    ['a tier nobody read', [global('first.a', '{tier: first, ingress: [{action: Allow}]}')], 'uu'],
  ])('%s', (_name, objects, wanted) => {
    expect(states(...objects)).toBe(wanted);
  });
});

describe('parseSelector', () => {
  const known = { labels: { app: 'cart', env: 'prod-1' }, uncertain: () => false };
  it.each([
    [`app == 'cart' && env != "dev"`, true],
    [`app in {'a', 'cart'} && !has(gone)`, true],
    [`app not in {'cart'} || env starts with 'prod'`, true],
    [`!(env contains 'rod' && env ends with '-1')`, false],
    ['global()', false],
    ['', true],
  ])('%s', (text, wanted) => {
    expect(parseSelector(text)?.(known)).toBe(wanted);
  });

  it.each(["app = 'x'", 'app ==', '(all()', 'any()', "app == 'x' &&", '{}'])('refuses %s', (text) => {
    expect(parseSelector(text)).toBeUndefined();
  });
});
