import { describe, expect, it } from 'vitest';
import { ask, modelOf, namespace, node, object, pod, policy } from './testing/cluster.ts';

const ENDS = [
  namespace('web', { team: 'edge' }),
  namespace('shop', { team: 'sales' }),
  pod('web/gateway', { app: 'gateway', role: 'proxy' }, '10.1.0.1', 'nodeName: worker-2'),
  pod(
    'shop/cart',
    { app: 'cart' },
    '10.1.0.2',
    `
    initContainers:
    - {name: proxy, image: x, restartPolicy: Always, ports: [{name: mesh, containerPort: 15001}]}
    - {name: migrate, image: x, ports: [{name: once, containerPort: 9999}]}
    containers:
    - {name: main, image: x, ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]}`,
  ),
  pod('shop/catalog', { app: 'catalog' }, '10.1.0.3'),
];
const CART = '{podSelector: {matchLabels: {app: cart}}, ';

/** What the policy does with traffic to shop/cart: from web/gateway and from shop/catalog, on a port. */
function judge(spec: string, port = 8080, protocol: 'TCP' | 'UDP' = 'TCP'): readonly string[] {
  const model = modelOf([...ENDS, policy('shop/p', spec)]);
  return ['web/gateway', 'shop/catalog'].map((from) => ask(model, from, 'shop/cart', port, protocol).state);
}

const NEITHER = ['denied', 'denied'];
const BOTH = ['allowed', 'allowed'];
const GATEWAY_ONLY = ['allowed', 'denied'];
const CATALOG_ONLY = ['denied', 'allowed'];

// The recipes of ahmetb/kubernetes-network-policy-recipes and the shapes people get wrong.
describe('the meaning of one policy', () => {
  it.each([
    ['no rules: default deny', '{podSelector: {}}', NEITHER],
    ['an empty list of rules: default deny', '{podSelector: {}, ingress: []}', NEITHER],
    ['one empty rule: everything', '{podSelector: {}, ingress: [{}]}', BOTH],
    ['an empty from: everybody', '{podSelector: {}, ingress: [{from: []}]}', BOTH],
    [
      'podSelector {}: the own namespace only',
      '{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}',
      CATALOG_ONLY,
    ],
    ['namespaceSelector {}: every namespace', '{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}', BOTH],
    [
      'namespaceSelector by label',
      `${CART}ingress: [{from: [{namespaceSelector: {matchLabels: {team: edge}}}]}]}`,
      GATEWAY_ONLY,
    ],
    [
      'both selectors in one element: both must hold',
      `${CART}ingress: [{from: [{namespaceSelector: {matchLabels: {team: edge}}, podSelector: {matchLabels: {app: other}}}]}]}`,
      NEITHER,
    ],
    [
      'the selectors in two elements: either is enough',
      `${CART}ingress: [{from: [{namespaceSelector: {matchLabels: {team: edge}}}, {podSelector: {matchLabels: {app: catalog}}}]}]}`,
      BOTH,
    ],
    [
      'the name label that every namespace has',
      `${CART}ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: web}}}]}]}`,
      GATEWAY_ONLY,
    ],
    [
      'a Pod label without its namespace',
      `${CART}ingress: [{from: [{podSelector: {matchLabels: {app: gateway}}}]}]}`,
      NEITHER,
    ],
    ['ipBlock', `${CART}ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/24}}]}]}`, BOTH],
    ['except', `${CART}ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/24, except: [10.1.0.1/32]}}]}]}`, CATALOG_ONLY],
    [
      'an excepted address that another entry admits',
      `${CART}ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/24, except: [10.1.0.1/32]}}, {namespaceSelector: {}}]}]}`,
      BOTH,
    ],
    ['a policy for other Pods', '{podSelector: {matchLabels: {app: other}}}', BOTH],
    ['egress alone says nothing about ingress', '{podSelector: {}, policyTypes: [Egress]}', ['allowed', 'denied']],
    [
      'ingress rules without the type have no effect',
      '{podSelector: {matchLabels: {app: cart}}, policyTypes: [Egress], ingress: []}',
      BOTH,
    ],
    ['egress rules without policyTypes isolate both ways', `${CART}egress: [{}]}`, NEITHER],
    [
      'NotIn also takes Pods without the label',
      `${CART}ingress: [{from: [{podSelector: {matchExpressions: [{key: role, operator: NotIn, values: [proxy]}]}}]}]}`,
      CATALOG_ONLY,
    ],
    [
      'DoesNotExist',
      `${CART}ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}}]}]}`,
      NEITHER,
    ],
  ])('%s', (_name, spec, wanted) => {
    expect(judge(spec)).toEqual(wanted);
  });

  it.each([
    ['a number', '[{port: 8080}]', 8080, 'TCP', true],
    ['another number', '[{port: 80}]', 8080, 'TCP', false],
    ['the protocol defaults to TCP', '[{port: 53}]', 53, 'UDP', false],
    ['the other protocol', '[{port: 53, protocol: UDP}]', 53, 'UDP', true],
    ['a protocol without port: all of its ports', '[{protocol: TCP}]', 1234, 'TCP', true],
    ['the end of a range', '[{port: 8000, endPort: 8080}]', 8080, 'TCP', true],
    ['behind a range', '[{port: 8000, endPort: 8080}]', 8081, 'TCP', false],
    ['a name', '[{port: http}]', 8080, 'TCP', true],
    ['a name of another number', '[{port: http}]', 80, 'TCP', false],
    ['a name of another protocol', '[{port: dns}]', 53, 'TCP', false],
    ['a name of a sidecar that starts first', '[{port: mesh}]', 15001, 'TCP', true],
    ['a name of an init container that has ended', '[{port: once}]', 9999, 'TCP', false],
    ['a name nobody declares', '[{port: web}]', 8080, 'TCP', false],
    ['one of several', '[{port: 1}, {port: http}]', 8080, 'TCP', true],
  ] as const)('ports: %s', (_name, ports, port, protocol, passes) => {
    const wanted = passes ? BOTH : NEITHER;
    expect(judge(`${CART}ingress: [{ports: ${ports}}]}`, port, protocol)).toEqual(wanted);
  });

  it('does not pretend to know what the API server would refuse', () => {
    expect(judge(`${CART}ingress: [{from: [{}]}]}`)).toEqual(['unknown', 'unknown']);
    expect(judge(`${CART}ingress: [{ports: [{port: "80"}]}]}`)).toEqual(['unknown', 'unknown']);
    expect(judge(`${CART}ingress: [{from: [{ipBlock: {cidr: 10.1.0.0}}]}]}`)).toEqual(['unknown', 'unknown']);
  });
});

describe('several policies and both sides', () => {
  it('unites what they admit, and puts the one that was meant in front', () => {
    const deny = policy('shop/default-deny', '{podSelector: {}}');
    const allow = policy(
      'shop/allow-gateway',
      `${CART}ingress: [{from: [{namespaceSelector: {matchLabels: {team: edge}}}], ports: [{port: 8080}]}]}`,
    );
    const model = modelOf([...ENDS, deny, allow]);
    expect(ask(model, 'web/gateway', 'shop/cart', 8080)).toMatchObject({
      state: 'allowed',
      by: ['NetworkPolicy/shop/allow-gateway'],
    });
    const denied = ask(model, 'web/gateway', 'shop/cart', 9090);
    expect(denied).toMatchObject({
      state: 'denied',
      side: 'ingress',
      by: ['NetworkPolicy/shop/allow-gateway', 'NetworkPolicy/shop/default-deny'],
      ingress: { path: 'spec.ingress[0].ports' },
    });
    expect(denied.why).toContain('ingress[0].ports admits TCP 8080, not TCP 9090');
    expect(ask(model, 'web/gateway', 'shop/catalog').by).toEqual(['NetworkPolicy/shop/default-deny']);
  });

  it('needs both sides, and names the sender first', () => {
    const out = policy(
      'web/out',
      '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}], ports: [{port: 443}]}]}',
    );
    const model = modelOf([...ENDS, out]);
    expect(ask(model, 'web/gateway', 'shop/cart', 443).state).toBe('allowed');
    expect(ask(model, 'web/gateway', 'shop/cart', 8080)).toMatchObject({
      state: 'denied',
      side: 'egress',
      by: ['NetworkPolicy/web/out'],
    });
    expect(ask(model, 'web/gateway', { kind: 'outside', address: '192.0.2.1' }, 443)).toMatchObject({
      state: 'denied',
      side: 'egress',
    });
  });

  it('never denies a Pod itself', () => {
    const model = modelOf([...ENDS, policy('shop/none', '{podSelector: {}, policyTypes: [Ingress, Egress]}')]);
    expect(ask(model, 'shop/cart', 'shop/cart').state).toBe('allowed');
  });

  it('says nothing about Pods that have ended', () => {
    const model = modelOf([
      ...ENDS,
      pod('shop/job', { app: 'job' }, '10.1.0.9', '', 'phase: Succeeded'),
      policy('shop/none', '{podSelector: {}}'),
    ]);
    expect(ask(model, 'shop/job', 'shop/cart').state).toBe('unknown');
  });
});

describe('nodes and the outside', () => {
  const TUNNEL = {
    'projectcalico.org/IPv4Address': '172.18.0.3/16',
    'projectcalico.org/IPv4IPIPTunnelAddr': '10.244.1.0',
  };
  const NODES = [node('worker-1', '172.18.0.2'), node('worker-2', '172.18.0.3', TUNNEL)];
  const host = (name: string, on: string, ip: string) =>
    pod(`web/${name}`, { app: 'gateway' }, ip, `{hostNetwork: true, nodeName: ${on}}`);
  const world = (spec: string) =>
    modelOf([
      ...ENDS,
      ...NODES,
      host('near', 'worker-1', '172.18.0.2'),
      host('far', 'worker-2', '172.18.0.3'),
      policy('shop/p', spec),
    ]);
  const from = (...entries: string[]) => `${CART}ingress: [{from: [${entries.join(', ')}]}]}`;

  it('never matches host-network Pods by selectors, but lets a node reach its own Pods', () => {
    const model = world(from('{namespaceSelector: {}, podSelector: {matchLabels: {app: gateway}}}'));
    expect(ask(model, 'web/gateway', 'shop/cart').state).toBe('allowed');
    expect(ask(model, 'web/near', 'shop/cart').state).toBe('allowed');
    const far = ask(model, 'web/far', 'shop/cart');
    expect(far.state).toBe('denied');
    expect(far.why).toContain('runs on the host network');
  });

  it('is sure about node traffic only when every address it may carry fares alike', () => {
    expect(
      ask(world(from('{ipBlock: {cidr: 172.18.0.0/16}}', '{ipBlock: {cidr: 10.244.1.0/32}}')), 'web/far', 'shop/cart')
        .state,
    ).toBe('allowed');
    expect(ask(world(from('{ipBlock: {cidr: 172.18.0.0/16}}')), 'web/far', 'shop/cart').state).toBe('unknown');
    expect(ask(world(from('{ipBlock: {cidr: 10.0.0.0/24}}')), 'web/far', 'shop/cart').state).toBe('denied');
    expect(ask(world(`${CART}ingress: [{}]}`), 'web/far', 'shop/cart').state).toBe('allowed');
  });

  it('does not guess tunnel addresses of a node that was not read', () => {
    const lost = pod('web/lost', { app: 'gateway' }, '172.18.0.9', '{hostNetwork: true, nodeName: worker-9}');
    const ends = (spec: string) => modelOf([...ENDS, lost, policy('shop/p', spec)]);
    expect(ask(ends(from('{ipBlock: {cidr: 172.18.0.0/16}}')), 'web/lost', 'shop/cart').state).toBe('unknown');
    expect(ask(ends(from('{podSelector: {}}')), 'web/lost', 'shop/cart').state).toBe('denied');
    expect(ask(ends(from('{ipBlock: {cidr: 0.0.0.0/0}}')), 'web/lost', 'shop/cart').state).toBe('allowed');
  });

  it('applies no policy to host-network Pods themselves', () => {
    const model = modelOf([
      ...ENDS,
      ...NODES,
      host('far', 'worker-2', '172.18.0.3'),
      policy('web/none', '{podSelector: {}, policyTypes: [Ingress, Egress]}'),
    ]);
    expect(ask(model, 'web/far', 'shop/cart').state).toBe('allowed');
    expect(ask(model, 'shop/cart', 'web/far').state).toBe('allowed');
    // Egress to a Pod on the host network goes to its node's address.
    const out = modelOf([
      ...ENDS,
      ...NODES,
      host('far', 'worker-2', '172.18.0.3'),
      policy('shop/out', '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}'),
    ]);
    expect(ask(out, 'shop/cart', 'web/far').state).toBe('denied');
  });

  it('knows what it can of clients outside', () => {
    const model = world(from('{ipBlock: {cidr: 203.0.113.0/24}}'));
    expect(ask(model, { kind: 'outside', address: '203.0.113.9' }, 'shop/cart').state).toBe('allowed');
    expect(ask(model, { kind: 'outside', address: '198.51.100.9' }, 'shop/cart').state).toBe('denied');
    expect(ask(model, { kind: 'outside' }, 'shop/cart').state).toBe('unknown');
    // Behind a LoadBalancer with externalTrafficPolicy Cluster the Pod may see the node.
    expect(ask(model, { kind: 'outside', address: '203.0.113.9', throughNodes: true }, 'shop/cart').state).toBe(
      'unknown',
    );
    expect(ask(world(from('{podSelector: {}}')), { kind: 'outside', throughNodes: true }, 'shop/cart').state).toBe(
      'denied',
    );
  });

  it('compares addresses of one family', () => {
    const dual = pod('shop/dual', { app: 'cart' }, '10.1.0.20', '', 'podIPs: [{ip: 10.1.0.20}, {ip: "fd00::20"}]');
    const caller = pod('web/dual', { app: 'x' }, '10.1.0.21', '', 'podIPs: [{ip: 10.1.0.21}, {ip: "fd00::21"}]');
    const model = modelOf([...ENDS, dual, caller, policy('shop/p', from('{ipBlock: {cidr: "fd00::/64"}}'))]);
    const to = model.listIn('Pod', 'shop').find(({ name }) => name === 'dual');
    if (to === undefined) throw new Error('no Pod');
    expect(ask(model, 'web/dual', { kind: 'pod', pod: to }).state).toBe('denied');
    expect(ask(model, 'web/dual', { kind: 'pod', pod: to, address: 'fd00::20' }).state).toBe('allowed');
  });

  it('admits host traffic on OpenShift by the namespace that stands for it', () => {
    const group = 'policy-group.network.openshift.io/host-network';
    const spec = from(`{namespaceSelector: {matchLabels: {${group}: ""}}}`);
    const model = modelOf([
      ...ENDS,
      ...NODES,
      namespace('openshift-host-network', { [group]: '' }),
      host('far', 'worker-2', '172.18.0.3'),
      policy('shop/p', spec),
    ]);
    expect(ask(model, 'web/far', 'shop/cart').state).toBe('allowed');
  });
});

describe('what was not read', () => {
  const DENY = policy('shop/p', `${CART}ingress: [{from: [{namespaceSelector: {matchLabels: {team: edge}}}]}]}`);
  const withoutNamespaces = ENDS.filter((entry) => entry.kind !== 'Namespace');

  it('does not conclude from policies that nobody could list', () => {
    expect(ask(modelOf(ENDS, { NetworkPolicy: 'forbidden' }), 'web/gateway', 'shop/cart')).toMatchObject({
      state: 'unknown',
      why: 'NetworkPolicy is forbidden',
    });
    expect(ask(modelOf(ENDS, { NetworkPolicy: 'complete' }), 'web/gateway', 'shop/cart')).toMatchObject({
      state: 'allowed',
      assumed: [],
    });
    const assumed = ask(modelOf(ENDS), 'web/gateway', 'shop/cart');
    expect(assumed).toMatchObject({ state: 'allowed', assumed: ['NetworkPolicy'] });
    expect(assumed.why).toContain('assumed');
    // What the policies at hand admit stays admitted; what they deny may be admitted by one nobody saw.
    const partial = modelOf([...ENDS, DENY], { NetworkPolicy: 'partial' });
    expect(ask(partial, 'shop/catalog', 'shop/cart').state).toBe('unknown');
    expect(ask(partial, 'web/gateway', 'shop/cart').ingress.state).toBe('allowed');
  });

  it('does not conclude from labels of a namespace that nobody read, except its name', () => {
    expect(
      ask(modelOf([...withoutNamespaces, DENY], { NetworkPolicy: 'complete' }), 'web/gateway', 'shop/cart').state,
    ).toBe('unknown');
    const byName = (name: string) =>
      policy(
        'shop/p',
        `${CART}ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${name}}}}]}]}`,
      );
    expect(ask(modelOf([...withoutNamespaces, byName('web')]), 'web/gateway', 'shop/cart').state).toBe('allowed');
    expect(ask(modelOf([...withoutNamespaces, byName('other')]), 'web/gateway', 'shop/cart').state).toBe('denied');
  });

  it('does not conclude from Pods that nobody read', () => {
    const unread = { kind: 'unread', namespace: 'shop', name: 'gone', address: '10.1.0.77' } as const;
    expect(ask(modelOf([...ENDS, DENY]), 'web/gateway', unread).state).toBe('unknown');
    expect(ask(modelOf(ENDS), 'web/gateway', unread).state).toBe('allowed');
    expect(
      ask(
        modelOf([...ENDS, policy('shop/p', '{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}')]),
        unread,
        'shop/cart',
      ).state,
    ).toBe('allowed');
  });

  it('does not deny where the Pod network ignores policies', () => {
    const agent = (image: string) =>
      object(
        'apps/v1',
        'DaemonSet',
        'kube-system/net',
        `{selector: {}, template: {spec: {containers: [{name: agent, image: "${image}"}]}}}`,
      );
    const nodes = [node('worker-1', '172.18.0.2', { 'flannel.alpha.coreos.com/backend-type': 'vxlan' })];
    const flannel = modelOf([...ENDS, ...nodes, DENY, agent('ghcr.io/flannel-io/flannel:v0.27.0')]);
    expect(ask(flannel, 'shop/catalog', 'shop/cart')).toMatchObject({ state: 'unknown', by: ['NetworkPolicy/shop/p'] });
    expect(
      ask(modelOf([...ENDS, ...nodes, DENY, agent('docker.io/calico/node:v3.29.3')]), 'shop/catalog', 'shop/cart')
        .state,
    ).toBe('denied');
  });
});
