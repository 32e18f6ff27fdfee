import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { ModelBuilder } from '../../model/builder.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { JsonObject } from '../../sources/contract.ts';
import type { FlowEnd } from './flow.ts';
import { judgeFlow } from './judge.ts';

function modelOf(...objects: readonly JsonObject[]): ClusterModel {
  const builder = new ModelBuilder();
  for (const raw of objects) builder.add(raw, { file: 'cluster.yaml' });
  return builder.build();
}

function namespace(name: string, labels: Record<string, string> = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, uid: name, labels } };
}

function pod(id: string, labels: Record<string, string>, ip: string, more: JsonObject = {}): JsonObject {
  const [ns = '', name = ''] = id.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: ns, name, uid: id, labels },
    spec: { nodeName: 'worker-1', containers: [{ name: 'main', image: 'app' }], ...more },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  };
}

function policy(id: string, spec: string): JsonObject {
  const [ns = '', name = ''] = id.split('/');
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace: ns, name, uid: id },
    spec: load(spec) as JsonObject,
  };
}

function endOf(model: ClusterModel, id: string): FlowEnd {
  const [ns = '', name = ''] = id.split('/');
  const lookup = model.get('Pod', ns, name);
  if (lookup.state !== 'found') throw new Error(`no Pod ${id}`);
  return { kind: 'pod', pod: lookup.value };
}

function ask(model: ClusterModel, from: string, to: string, port = 80) {
  return judgeFlow(model, { from: endOf(model, from), to: endOf(model, to), port, protocol: 'TCP' });
}

const ENDS = [
  namespace('web', { team: 'edge' }),
  namespace('shop'),
  pod('web/gateway', { app: 'gateway' }, '10.1.0.1'),
  pod('shop/cart', { app: 'cart' }, '10.1.0.2'),
  pod('shop/catalog', { app: 'catalog' }, '10.1.0.3'),
];

describe('judgeFlow', () => {
  it('denies other namespaces where podSelector {} stands alone, and says so', () => {
    const model = modelOf(
      ...ENDS,
      policy('shop/same-namespace', '{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}'),
    );
    const denied = ask(model, 'web/gateway', 'shop/cart');
    expect(denied).toMatchObject({ state: 'denied', side: 'ingress', by: ['NetworkPolicy/shop/same-namespace'] });
    expect(denied.why).toContain('ingress[0].from[0] is podSelector {} alone: Pods of namespace shop only');
    expect(ask(model, 'shop/catalog', 'shop/cart').state).toBe('allowed');
  });

  it('lets everything pass where no policy selects the Pod', () => {
    const model = modelOf(...ENDS, policy('shop/cart', '{podSelector: {matchLabels: {app: cart}}}'));
    expect(ask(model, 'web/gateway', 'shop/catalog')).toMatchObject({ state: 'allowed', by: [] });
    expect(ask(model, 'web/gateway', 'shop/cart').state).toBe('denied');
  });
});
