import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { immutableJSONPatch, type JSONPatchDocument } from 'immutable-json-patch';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { explainDenial } from './explain-denial.ts';
import type { Flow, FlowEnd } from './flow.ts';
import { flowEndAt } from './flow.ts';
import { judgeFlow } from './judge.ts';
import { narrowestAdmission, type PolicyAdmission } from './narrowest-admission.ts';
import { ask, endOf, modelOf, namespace, node, pod, policy } from './testing/cluster.ts';

const WORLD = [
  namespace('web'),
  namespace('shop'),
  pod('web/gateway', { 'app.kubernetes.io/name': 'gateway', 'pod-template-hash': 'abc' }, '10.1.0.1'),
  pod('web/other', { app: 'other' }, '10.1.0.4'),
  pod(
    'shop/cart',
    { app: 'cart' },
    '10.1.0.2',
    'containers: [{name: main, image: x, ports: [{name: http, containerPort: 8080}]}]',
  ),
  pod('shop/catalog', { app: 'catalog' }, '10.1.0.3'),
];

function flowOf(model: ClusterModel, from: string | FlowEnd, to: string | FlowEnd, port = 8080): Flow {
  const end = (value: string | FlowEnd) => (typeof value === 'string' ? endOf(model, value) : value);
  return { from: end(from), to: end(to), port, protocol: 'TCP' };
}

function patched(objects: readonly JsonObject[], admission: PolicyAdmission): JsonObject[] {
  return objects.map((raw) => {
    const { namespace: ns, name } = raw.metadata as { namespace?: string; name: string };
    if (`${raw.kind}/${ns ?? ''}/${name}` !== admission.policy) return raw;
    return immutableJSONPatch(raw, admission.patch as unknown as JSONPatchDocument) as JsonObject;
  });
}

function after(objects: readonly JsonObject[], admission: PolicyAdmission | undefined): ClusterModel {
  if (admission === undefined) throw new Error('no admission');
  const once = patched(objects, admission);
  return modelOf(admission.further === undefined ? once : patched(once, admission.further));
}

describe('narrowestAdmission', () => {
  it('adds one rule for the caller by labels that outlive a rollout', () => {
    const objects = [...WORLD, policy('shop/p', '{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}')];
    const model = modelOf(objects);
    const admission = narrowestAdmission(model, flowOf(model, 'web/gateway', 'shop/cart'));
    expect(admission).toMatchObject({
      policy: 'NetworkPolicy/shop/p',
      side: 'ingress',
      patch: [
        {
          op: 'add',
          path: '/spec/ingress/-',
          value: {
            from: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } },
                podSelector: { matchLabels: { 'app.kubernetes.io/name': 'gateway' } },
              },
            ],
            ports: [{ protocol: 'TCP', port: 8080 }],
          },
        },
      ],
    });
    const fixed = after(objects, admission);
    expect(ask(fixed, 'web/gateway', 'shop/cart', 8080).state).toBe('allowed');
    expect(ask(fixed, 'web/gateway', 'shop/cart', 8081).state).toBe('denied');
    expect(ask(fixed, 'web/other', 'shop/cart', 8080).state).toBe('denied');
  });

  it('adds the peer to a rule that is for this port alone, and the port to a rule that is for this peer', () => {
    const patchOf = (spec: string) => {
      const model = modelOf([...WORLD, policy('shop/p', spec)]);
      return narrowestAdmission(model, flowOf(model, 'web/gateway', 'shop/cart'))?.patch[0];
    };
    expect(patchOf('{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 8080}]}]}')?.path).toBe(
      '/spec/ingress/0/from/-',
    );
    expect(patchOf('{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 80}]}]}')).toEqual({
      op: 'add',
      path: '/spec/ingress/0/ports/-',
      value: { protocol: 'TCP', port: 8080 },
    });
    expect(patchOf('{podSelector: {}}')?.path).toBe('/spec/ingress');
  });

  it('opens both sides where both deny, and DNS with the first egress rule', () => {
    const objects = [
      ...WORLD,
      policy('web/out', '{podSelector: {}, policyTypes: [Egress]}'),
      policy('shop/in', '{podSelector: {matchLabels: {app: cart}}}'),
    ];
    const model = modelOf(objects);
    const admission = narrowestAdmission(model, flowOf(model, 'web/gateway', 'shop/cart'));
    expect(admission).toMatchObject({ policy: 'NetworkPolicy/web/out', further: { policy: 'NetworkPolicy/shop/in' } });
    expect(JSON.stringify(admission?.patch)).toContain('"port":53');
    expect(ask(after(objects, admission), 'web/gateway', 'shop/cart', 8080).state).toBe('allowed');
  });

  it('admits host-network callers by every address of the nodes their workload runs on', () => {
    const daemon = (name: string, on: string, ip: string) => {
      const raw = pod(`web/${name}`, { app: 'edge' }, ip, `{hostNetwork: true, nodeName: ${on}}`);
      return {
        ...raw,
        metadata: {
          ...(raw.metadata as JsonObject),
          ownerReferences: [{ kind: 'DaemonSet', name: 'edge', controller: true }],
        },
      };
    };
    const tunnel = (ip: string) => ({ 'projectcalico.org/IPv4VXLANTunnelAddr': ip });
    const objects = [
      ...WORLD,
      node('worker-2', '172.18.0.3', tunnel('10.244.2.0')),
      node('worker-3', '172.18.0.4', tunnel('10.244.3.0')),
      daemon('edge-a', 'worker-2', '172.18.0.3'),
      daemon('edge-b', 'worker-3', '172.18.0.4'),
      policy(
        'shop/p',
        '{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: edge}}}], ports: [{port: 8080}]}]}',
      ),
    ];
    const model = modelOf(objects);
    const flow = flowOf(model, 'web/edge-a', 'shop/cart');
    expect(explainDenial(model, flow)?.misses[0]).toMatchObject({
      kind: 'host-network',
      path: 'spec.ingress[0].from[0]',
    });
    const admission = narrowestAdmission(model, flow);
    expect(admission?.patch.map(({ value }) => (value as { ipBlock: { cidr: string } }).ipBlock.cidr)).toEqual([
      '10.244.2.0/32',
      '10.244.3.0/32',
      '172.18.0.3/32',
      '172.18.0.4/32',
    ]);
    const fixed = after(objects, admission);
    expect(ask(fixed, 'web/edge-b', 'shop/cart', 8080).state).toBe('allowed');
  });

  it('has nothing to offer for clients nobody can name, or where nothing is denied', () => {
    const model = modelOf([...WORLD, policy('shop/p', '{podSelector: {matchLabels: {app: cart}}}')]);
    expect(narrowestAdmission(model, flowOf(model, { kind: 'outside' }, 'shop/cart'))).toBeUndefined();
    expect(narrowestAdmission(model, flowOf(model, 'web/gateway', 'shop/catalog'))).toBeUndefined();
  });

  it('always works, and never takes anything away', () => {
    const part = fc.constantFrom(
      '{podSelector: {}}',
      '{podSelector: {matchLabels: {app: cart}}}',
      '{namespaceSelector: {}}',
      '{namespaceSelector: {matchLabels: {team: x}}}',
      '{namespaceSelector: {}, podSelector: {matchLabels: {app: other}}}',
      '{ipBlock: {cidr: 10.1.0.0/30, except: [10.1.0.1/32]}}',
    );
    const ports = fc.constantFrom(
      '',
      ', ports: [{port: 8080}]',
      ', ports: [{port: http}]',
      ', ports: [{port: 80}, {port: 443}]',
      ', ports: [{protocol: UDP}]',
    );
    const rule = (key: string) =>
      fc
        .tuple(fc.array(part, { maxLength: 2 }), ports)
        .map(([peers, open]) => `{${key}: [${peers.join(', ')}]${open}}`);
    const rules = (key: string) => fc.array(rule(key), { maxLength: 2 }).map((list) => `[${list.join(', ')}]`);
    const spec = fc
      .tuple(
        fc.constantFrom('{}', '{matchLabels: {app: cart}}'),
        fc.constantFrom('[Ingress]', '[Egress]', '[Ingress, Egress]'),
        rules('from'),
        rules('to'),
      )
      .map(
        ([subject, types, ingress, egress]) =>
          `{podSelector: ${subject}, policyTypes: ${types}, ingress: ${ingress}, egress: ${egress}}`,
      );
    const policies = fc.array(fc.tuple(fc.constantFrom('web', 'shop'), spec), { minLength: 1, maxLength: 4 });
    const pods = ['web/gateway', 'web/other', 'shop/cart', 'shop/catalog'];
    fc.assert(
      fc.property(policies, fc.constantFrom(...pods), fc.constantFrom(...pods), (list, from, to) => {
        const objects = [...WORLD, ...list.map(([ns, text], index) => policy(`${ns}/p${index}`, text))];
        const model = modelOf(objects);
        const flow = flowOf(model, from, to);
        const admission = narrowestAdmission(model, flow);
        expect(admission === undefined).toBe(judgeFlow(model, flow).state === 'allowed');
        if (admission === undefined) return;
        const fixed = after(objects, admission);
        expect(ask(fixed, from, to, 8080).state).toBe('allowed');
        for (const a of pods) {
          for (const b of pods) {
            if (ask(model, a, b, 8080).state === 'allowed') expect(ask(fixed, a, b, 8080).state).toBe('allowed');
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

const INCIDENTS = new URL('../../../../../../shared/incidents/', import.meta.url);

describe.skipIf(!existsSync(INCIDENTS))('reported incidents', () => {
  function read(name: string): JsonObject[] {
    const documents = loadAll(readFileSync(new URL(`${name}/cluster.yaml`, INCIDENTS), 'utf8'), {
      schema: YAML11_SCHEMA,
    });
    return (documents as JsonObject[]).flatMap(
      (document) => (document.items as JsonObject[] | undefined) ?? [document],
    );
  }
  it.each([
    [
      'd-files-portal-504-every-page',
      'traefik',
      'files-web',
      11000,
      'NetworkPolicy/files/files-deny-from-other-namespaces',
    ],
    ['d-staging-lb-504-after-chart-bump', 'staging-lb', '10.60.4.11', 8080, 'NetworkPolicy/staging-edge/staging-lb'],
    [
      'd-storefront-504-from-some-edge-nodes',
      'ingress-nginx-controller',
      'storefront',
      8080,
      'NetworkPolicy/shop/allow-ingress-nginx',
    ],
  ])('%s', (name, from, to, port, wanted) => {
    const objects = read(name);
    const model = modelOf(objects);
    const callers = model.list('Pod').filter((entry) => entry.name.startsWith(from));
    const targets: FlowEnd[] = /^\d/.test(to)
      ? [flowEndAt(model, to)]
      : model.list('Pod').flatMap((entry) => (entry.name.startsWith(to) ? [{ kind: 'pod' as const, pod: entry }] : []));
    const flows = callers.flatMap((caller) =>
      targets.map((target): Flow => ({ from: { kind: 'pod', pod: caller }, to: target, port, protocol: 'TCP' })),
    );
    const denied = flows.filter((flow) => judgeFlow(model, flow).state === 'denied');
    expect(denied.length).toBeGreaterThan(0);
    for (const flow of denied) expect(judgeFlow(model, flow).by[0]).toBe(wanted);
    const fixed = after(objects, narrowestAdmission(model, denied[0] as Flow));
    for (const flow of flows) expect(judgeFlow(fixed, flow).state).toBe('allowed');
  });
});
