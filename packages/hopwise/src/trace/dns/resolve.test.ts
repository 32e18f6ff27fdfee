import { describe, expect, it } from 'vitest';
import { ModelBuilder } from '../../model/builder.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { judgeDnsAccess } from './access.ts';
import { resolveExternalName, resolveInCluster } from './resolve.ts';

const COREFILE = `.:53 {
    errors
    health
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
    }
    forward . /etc/resolv.conf
    cache 30
}
`;

function service(id: string, spec: JsonObject = {}): JsonObject {
  const [namespace = '', name = ''] = id.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name, uid: id },
    spec: { clusterIP: '10.96.1.1', ports: [{ port: 80 }], selector: { app: name }, ...spec },
  };
}

function corefile(text: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'kube-system', name: 'coredns', uid: 'coredns' },
    data: { Corefile: text },
  };
}

const DNS = service('kube-system/kube-dns', {
  clusterIP: '10.96.0.10',
  clusterIPs: ['10.96.0.10'],
  ports: [{ name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 }],
  selector: { 'k8s-app': 'kube-dns' },
});

function pod(id: string, ip: string, spec: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  const [namespace = '', name = ''] = id.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, uid: id, labels },
    spec: { nodeName: 'worker-1', containers: [{ name: 'main', image: 'app' }], ...spec },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

function slice(service: string, endpoints: readonly JsonObject[]): JsonObject {
  const [namespace = '', name = ''] = service.split('/');
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace, name: `${name}-x`, uid: service, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: '', port: 80, protocol: 'TCP' }],
  };
}

function modelOf(...objects: readonly JsonObject[]): ClusterModel {
  const builder = new ModelBuilder();
  for (const raw of [DNS, ...objects]) builder.add(raw, { file: 'cluster.yaml' });
  return builder.build();
}

function podOf(model: ClusterModel, id: string): Pod {
  const [namespace = '', name = ''] = id.split('/');
  const found = model.get('Pod', namespace, name);
  if (found.state !== 'found') throw new Error(`no Pod ${id}`);
  return found.value;
}

const SHOP = [corefile(COREFILE), service('shop/cart'), service('shop/catalog'), service('web/front')];

describe('resolveInCluster', () => {
  it.each([
    ['cart', 'shop'],
    ['cart.shop', 'web'],
    ['cart.shop.svc', 'web'],
    ['cart.shop.svc.cluster.local', 'web'],
    ['cart.shop.svc.cluster.local.', 'web'],
    ['CART.shop', 'web'],
  ])('finds the Service behind %s asked in %s', (name, namespace) => {
    expect(resolveInCluster(modelOf(...SHOP), name, { namespace })).toMatchObject({
      state: 'service',
      service: { namespace: 'shop', name: 'cart' },
      addresses: ['10.96.1.1'],
    });
  });

  it.each([
    ['cart', 'web', 'no Service cart is in namespace web', 'Service/shop/cart'],
    ['cartt.shop', 'web', 'no Service cartt is in namespace shop', 'Service/shop/cart'],
    [
      'cart.shop.svc.cluster.internal',
      'shop',
      'the cluster domain is cluster.local, not cluster.internal',
      'Service/shop/cart',
    ],
    ['cart.shop.svc.', 'shop', 'no Service cart is in namespace shop', 'Service/shop/cart'],
    ['my-cart', 'shop', 'no Service my-cart is in namespace shop', 'Service/shop/cart'],
  ])('says that %s asked in %s does not exist, and what may be meant', (name, namespace, why, object) => {
    const answer = resolveInCluster(modelOf(...SHOP), name, { namespace });
    expect(answer.state).toBe('nxdomain');
    if (answer.state !== 'nxdomain') return;
    if (name !== 'cart.shop.svc.') expect(answer.why).toBe(why);
    expect(answer.suggestions[0]?.object).toBe(object);
  });

  it('leaves names of the outside to the outside, also when a namespace is called like their top-level domain', () => {
    const model = modelOf(...SHOP);
    expect(resolveInCluster(model, 'api.example.com', { namespace: 'shop' })).toMatchObject({
      state: 'external',
      name: 'api.example.com',
    });
    expect(resolveInCluster(model, 'unrelated-brand.shop', { namespace: 'web' }).state).toBe('unknown');
  });

  it('asks in the order that ndots gives', () => {
    const model = modelOf(
      ...SHOP,
      pod('web/a', '10.1.0.1', { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } }),
    );
    const answer = resolveInCluster(model, 'cart.shop.svc', podOf(model, 'web/a'));
    expect(answer.state).toBe('service');
    expect(answer.tried[0]?.name).toBe('cart.shop.svc');
  });

  it('does not ask cluster DNS from the host network unless the Pod says so', () => {
    const model = modelOf(
      ...SHOP,
      pod('web/host', '172.18.0.2', { hostNetwork: true, dnsPolicy: 'ClusterFirst' }),
      pod('web/with', '172.18.0.2', { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }),
    );
    expect(resolveInCluster(model, 'cart.shop', podOf(model, 'web/with')).state).toBe('service');
    const answer = resolveInCluster(model, 'cart.shop.svc', podOf(model, 'web/host'));
    expect(answer).toMatchObject({ state: 'unknown' });
    expect(answer.state === 'unknown' && answer.why).toContain('ClusterFirstWithHostNet');
    expect(resolveInCluster(model, 'api.example.com', podOf(model, 'web/host')).state).toBe('external');
  });

  it('answers headless Services with ready endpoints, by their hostnames too, and not at all without', () => {
    const headless = { clusterIP: 'None', clusterIPs: ['None'] };
    const model = modelOf(
      corefile(COREFILE),
      service('db/pg', headless),
      service('db/empty', headless),
      pod('db/pg-0', '10.1.0.5', { hostname: 'pg-0', subdomain: 'pg' }),
      slice('db/pg', [
        {
          addresses: ['10.1.0.5'],
          hostname: 'pg-0',
          conditions: { ready: true },
          targetRef: { kind: 'Pod', namespace: 'db', name: 'pg-0' },
        },
        { addresses: ['10.1.0.6'], hostname: 'pg-1', conditions: { ready: false } },
      ]),
    );
    expect(resolveInCluster(model, 'pg.db', { namespace: 'web' })).toMatchObject({
      state: 'service',
      addresses: ['10.1.0.5'],
    });
    expect(resolveInCluster(model, 'pg-0.pg', { namespace: 'db' })).toMatchObject({
      state: 'pod',
      addresses: ['10.1.0.5'],
      pod: { name: 'pg-0' },
    });
    expect(resolveInCluster(model, 'pg-1.pg.db.svc', { namespace: 'db' }).state).toBe('nxdomain');
    expect(resolveInCluster(model, 'empty', { namespace: 'db' })).toMatchObject({
      state: 'nxdomain',
      service: { name: 'empty' },
    });
    expect(resolveInCluster(model, '10-1-0-5.db.pod.cluster.local', { namespace: 'db' })).toMatchObject({
      state: 'pod',
      pod: { name: 'pg-0' },
    });
  });

  it('follows ExternalName as the CNAME that it is: no search path, no addresses', () => {
    const external = (id: string, externalName: string): JsonObject =>
      service(id, { type: 'ExternalName', externalName, clusterIP: '' });
    const model = modelOf(
      ...SHOP,
      external('web/db', 'db.example.com'),
      external('web/alias', 'cart.shop.svc.cluster.local'),
      external('web/short', 'cart'),
      external('web/address', '10.0.0.7'),
      external('web/loop', 'loop.web.svc.cluster.local'),
    );
    const ask = (name: string) => resolveInCluster(model, name, { namespace: 'web' });
    expect(ask('db')).toMatchObject({ state: 'external', name: 'db.example.com' });
    expect(ask('alias')).toMatchObject({ state: 'service', service: { name: 'cart' }, aliases: [{ name: 'alias' }] });
    expect(ask('short')).toMatchObject({ state: 'nxdomain', service: { name: 'short' } });
    expect(ask('address').state).toBe('nxdomain');
    expect(ask('loop').state).toBe('nxdomain');
    const short = model.get('Service', 'web', 'short');
    expect(short.state === 'found' && resolveExternalName(model, short.value).state).toBe('nxdomain');
  });

  it('reads the Corefile: domain, rewrites, hosts, stub domains and what it cannot follow', () => {
    const model = modelOf(
      ...SHOP.slice(1),
      corefile(`
        corp.example:53 { forward . 10.0.0.53 }
        .:53 {
          rewrite name suffix .internal.example .shop.svc.k8s.example
          rewrite name regex ^old-(.*)\\.example\\.$ {1}.shop.svc.k8s.example
          hosts {
            192.0.2.7 printer.example
            fallthrough
          }
          template IN A dynamic.example { answer "{{ .Name }} 60 IN A 192.0.2.9" }
          kubernetes k8s.example { pods disabled }
          forward . /etc/resolv.conf
        }`),
    );
    const ask = (name: string) => resolveInCluster(model, name, { namespace: 'web' });
    expect(ask('cart.shop')).toMatchObject({ state: 'service', name: 'cart.shop.svc.k8s.example' });
    expect(ask('catalog.internal.example')).toMatchObject({ state: 'service', service: { name: 'catalog' } });
    expect(ask('old-cart.example')).toMatchObject({ state: 'service', service: { name: 'cart' } });
    expect(ask('printer.example')).toMatchObject({ state: 'external', addresses: ['192.0.2.7'] });
    expect(ask('git.corp.example')).toMatchObject({ state: 'external', addresses: [] });
    expect(ask('x.dynamic.example').state).toBe('unknown');
    expect(ask('cart.shop.svc.cluster.local').state).toBe('nxdomain');
    expect(ask('10-1-0-5.shop.pod.k8s.example').state).toBe('nxdomain');
  });

  it('does not take Services that nobody read for missing ones', () => {
    const builder = new ModelBuilder();
    for (const raw of [pod('shop/a', '10.1.0.1')]) builder.add(raw, { file: 'pods.yaml' });
    builder.cover({ kind: 'Service', state: 'forbidden', reason: 'services is forbidden' });
    expect(resolveInCluster(builder.build(), 'cart', { namespace: 'shop' }).state).toBe('unknown');
  });
});

it('judges whether policies let a Pod ask cluster DNS', () => {
  const policy = (egress: readonly JsonObject[]): JsonObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace: 'web', name: 'out', uid: 'out' },
    spec: { podSelector: {}, policyTypes: ['Egress'], egress },
  });
  const world = [
    pod('web/front', '10.1.0.1'),
    pod('kube-system/coredns', '10.1.0.9', {}, { 'k8s-app': 'kube-dns' }),
    slice('kube-system/kube-dns', [{ addresses: ['10.1.0.9'], conditions: { ready: true } }]),
  ];
  const ask = (egress: readonly JsonObject[]) => {
    const model = modelOf(...world, policy(egress));
    return judgeDnsAccess(model, podOf(model, 'web/front'));
  };
  expect(ask([])).toMatchObject({ state: 'denied', side: 'egress', by: ['NetworkPolicy/web/out'] });
  expect(ask([{ ports: [{ protocol: 'TCP', port: 53 }] }])?.state).toBe('denied');
  expect(ask([{ ports: [{ protocol: 'UDP', port: 53 }] }])?.state).toBe('allowed');
});
