import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../sources/contract.ts';
import { ask, modelOf, namespace, node, object, pod, policy } from '../testing/cluster.ts';

const WORLD = [
  namespace('web', { team: 'edge' }),
  namespace('shop'),
  pod('web/gateway', { app: 'gateway' }, '10.1.0.1', 'nodeName: worker-2'),
  pod(
    'shop/cart',
    { app: 'cart' },
    '10.1.0.2',
    'containers: [{name: main, image: x, ports: [{name: http, containerPort: 8080}]}]',
  ),
  pod('shop/catalog', { app: 'catalog' }, '10.1.0.3'),
  node('worker-1', '172.18.0.2'),
  node('worker-2', '172.18.0.3'),
  pod('web/host', { app: 'gateway' }, '172.18.0.3', '{hostNetwork: true, nodeName: worker-2}'),
];
const cnp = (spec: string): JsonObject => object('cilium.io/v2', 'CiliumNetworkPolicy', 'shop/c', spec);
const ccnp = (spec: string): JsonObject => object('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', '/c', spec);
const CART = '{endpointSelector: {matchLabels: {app: cart}}, ';
const OUTSIDE = { kind: 'outside', address: '192.0.2.9' } as const;

/** From web/gateway, shop/catalog, a node and the outside to shop/cart:8080. */
function states(...objects: readonly JsonObject[]): string {
  const model = modelOf([...WORLD, ...objects]);
  return (['web/gateway', 'shop/catalog', 'web/host', OUTSIDE] as const)
    .map((from) => ask(model, from, 'shop/cart', 8080).state[0])
    .join('');
}

describe('CiliumNetworkPolicy', () => {
  it.each([
    ['- {} is default deny', cnp(`${CART}ingress: [{}]}`), 'dddd'],
    ['no rule isolates nothing', cnp(`${CART}ingress: []}`), 'aaaa'],
    ['fromEndpoints {} is the own namespace', cnp(`${CART}ingress: [{fromEndpoints: [{}]}]}`), 'dadd'],
    ['clusterwide fromEndpoints {} is every Pod', ccnp(`${CART}ingress: [{fromEndpoints: [{}]}]}`), 'aadd'],
    [
      'a namespace by its label',
      cnp(
        `${CART}ingress: [{fromEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": web, "k8s:app": gateway}}]}]}`,
      ),
      'addd',
    ],
    [
      'a namespace by a label of its own',
      cnp(
        `${CART}ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.namespace.labels.team: edge}, matchExpressions: [{key: io.kubernetes.pod.namespace, operator: Exists}]}]}]}`,
      ),
      'addd',
    ],
    ['entity cluster', cnp(`${CART}ingress: [{fromEntities: [cluster]}]}`), 'aaad'],
    ['entity remote-node', cnp(`${CART}ingress: [{fromEntities: [remote-node]}]}`), 'ddad'],
    ['entity world', cnp(`${CART}ingress: [{fromEntities: [world]}]}`), 'ddda'],
    [
      'CIDRs are for the outside',
      cnp(`${CART}ingress: [{fromCIDRSet: [{cidr: 0.0.0.0/0, except: [192.0.2.0/28]}]}]}`),
      'ddud',
    ],
    ['ports without peers', cnp(`${CART}ingress: [{toPorts: [{ports: [{port: "8080", protocol: TCP}]}]}]}`), 'aaaa'],
    ['a named port', cnp(`${CART}ingress: [{toPorts: [{ports: [{port: http}]}]}]}`), 'aaaa'],
    ['another port', cnp(`${CART}ingress: [{fromEntities: [all], toPorts: [{ports: [{port: "80"}]}]}]}`), 'dddd'],
    ['deny beats allow', cnp(`${CART}ingress: [{fromEntities: [all]}], ingressDeny: [{fromEndpoints: [{}]}]}`), 'adaa'],
    [
      'default deny switched off',
      cnp(`${CART}enableDefaultDeny: {ingress: false}, ingress: [{fromEndpoints: [{matchLabels: {app: x}}]}]}`),
      'aaaa',
    ],
    ['another subject', cnp('{endpointSelector: {matchLabels: {app: other}}, ingress: [{}]}'), 'aaaa'],
    ['policies about hosts', ccnp('{nodeSelector: {}, ingress: [{}]}'), 'aaaa'],
  ])('%s', (_name, object, wanted) => {
    expect(states(object)).toBe(wanted);
  });

  it('unites with NetworkPolicy', () => {
    const own = cnp(`${CART}ingress: [{fromEndpoints: [{matchLabels: {app: catalog}}]}]}`);
    const plain = policy(
      'shop/p',
      '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: edge}}}]}]}',
    );
    expect(states(own, plain)).toBe('aadd');
  });

  it('leaves open what depends on more than the cluster', () => {
    const model = modelOf([...WORLD, cnp(`${CART}egress: [{toFQDNs: [{matchName: api.example.com}]}]}`)]);
    expect(ask(model, 'shop/cart', OUTSIDE, 443).state).toBe('unknown');
    expect(ask(model, 'shop/cart', 'shop/catalog').state).toBe('denied');
  });
});

it('does not take ipBlock for Pods where Cilium runs', () => {
  const agent = object(
    'apps/v1',
    'DaemonSet',
    'kube-system/cilium',
    '{selector: {}, template: {spec: {containers: [{name: agent, image: "quay.io/cilium/cilium:v1.18.4"}]}}}',
  );
  const block = policy('shop/p', '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/16}}]}]}');
  expect(states(agent, block)).toBe('uudd');
});
