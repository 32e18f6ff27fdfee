import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../sources/contract.ts';
import { modelOf, object, pod } from '../policy/testing/cluster.ts';
import { parseCorefile } from './corefile.ts';
import { examineClusterDns } from './examine.ts';

const SERVICE = object('v1', 'Service', 'kube-system/kube-dns', {
  labels: { 'k8s-app': 'kube-dns' },
  spec: {
    clusterIP: '10.96.0.10',
    clusterIPs: ['10.96.0.10'],
    selector: { 'k8s-app': 'kube-dns' },
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
  },
});
const READY = 'conditions: [{type: Ready, status: "True"}]';
const CRASHING =
  '{conditions: [{type: Ready, status: "False"}], containerStatuses: [{name: coredns, ready: false, restartCount: 7, state: {waiting: {reason: CrashLoopBackOff}}}]}';

function coredns(name: string, ip: string, status: string): JsonObject {
  const raw = pod(`kube-system/${name}`, { 'k8s-app': 'kube-dns' }, ip, '', status);
  return {
    ...raw,
    metadata: {
      ...(raw.metadata as JsonObject),
      ownerReferences: [{ kind: 'DaemonSet', name: 'coredns', controller: true }],
    },
  };
}
/** As captures have it: the UDP port is lost beside the TCP port of the same number. */
function slice(...ready: readonly boolean[]): JsonObject {
  return {
    ...object('discovery.k8s.io/v1', 'EndpointSlice', 'kube-system/kube-dns-x', {
      labels: { 'kubernetes.io/service-name': 'kube-dns' },
    }),
    addressType: 'IPv4',
    endpoints: ready.map((state, index) => ({ addresses: [`10.1.0.${index + 1}`], conditions: { ready: state } })),
    ports: [{ name: 'dns-tcp', port: 53, protocol: 'TCP' }],
  };
}
function corefile(text: string): JsonObject {
  return { ...object('v1', 'ConfigMap', 'kube-system/coredns', {}), data: { Corefile: text } };
}
const PLAIN = '.:53 {\n kubernetes cluster.local in-addr.arpa\n forward . /etc/resolv.conf\n loop\n}\n';
const PODS = [coredns('a', '10.1.0.1', READY), coredns('b', '10.1.0.2', READY)];

describe('examineClusterDns', () => {
  it('finds nothing where DNS runs, the UDP port left out of the slice or not', () => {
    expect(examineClusterDns(modelOf([SERVICE, ...PODS, slice(true, true), corefile(PLAIN)]))).toMatchObject({
      state: 'ok',
      evidence: [],
    });
    expect(
      examineClusterDns(modelOf([SERVICE, coredns('a', '10.1.0.1', READY), slice(true, false), corefile(PLAIN)])).state,
    ).toBe('ok');
  });

  it('says nothing where DNS is not in the input', () => {
    expect(examineClusterDns(modelOf(PODS)).state).toBe('unknown');
  });

  it('finds DNS down, and half down', () => {
    const pods = [coredns('a', '10.1.0.1', CRASHING), coredns('b', '10.1.0.2', CRASHING)];
    const down = examineClusterDns(modelOf([SERVICE, ...pods, slice(false, false), corefile(PLAIN)]));
    expect(down).toMatchObject({ state: 'broken', object: 'DaemonSet/kube-system/coredns' });
    expect(down.why).toContain('CrashLoopBackOff, 7 restarts');
    const half = examineClusterDns(
      modelOf([SERVICE, pods[0] as JsonObject, PODS[1] as JsonObject, slice(false, true), corefile(PLAIN)]),
    );
    expect(half).toMatchObject({ state: 'suspect', object: 'DaemonSet/kube-system/coredns' });
  });

  it('finds DNS scaled to zero, and a selector that matches nothing', () => {
    const deployment = object(
      'apps/v1',
      'Deployment',
      'kube-system/coredns',
      '{replicas: 0, selector: {matchLabels: {k8s-app: kube-dns}}, template: {metadata: {labels: {k8s-app: kube-dns}}, spec: {containers: []}}}',
    );
    const other = pod('shop/x', {}, '10.1.0.9');
    expect(examineClusterDns(modelOf([SERVICE, other, slice(), deployment]))).toMatchObject({
      state: 'broken',
      object: 'Deployment/kube-system/coredns',
    });
    expect(examineClusterDns(modelOf([SERVICE, other, slice()]))).toMatchObject({
      state: 'broken',
      object: 'Service/kube-system/kube-dns',
    });
  });

  it.each([
    ['no kubernetes plugin', '.:53 {\n forward . /etc/resolv.conf\n}', 'suspect', 'no kubernetes plugin'],
    [
      'hosts that hides everything',
      '.:53 {\n hosts {\n 192.0.2.1 a.example\n }\n kubernetes cluster.local\n forward . 1.1.1.1\n}',
      'broken',
      'no fallthrough',
    ],
    [
      'forwarding to itself',
      '.:53 {\n kubernetes cluster.local\n forward . 10.96.0.10\n}',
      'suspect',
      'forwards to itself',
    ],
    ['a missing brace', '.:53 {\n kubernetes cluster.local {\n forward . 1.1.1.1\n}', 'suspect', 'cannot be parsed'],
  ])('reads the Corefile: %s', (_name, text, state, why) => {
    const health = examineClusterDns(modelOf([SERVICE, ...PODS, slice(true, true), corefile(text)]));
    expect(health).toMatchObject({ state, object: 'ConfigMap/kube-system/coredns' });
    expect(health.why).toContain(why);
  });

  it('blames the Corefile for Pods that it stops', () => {
    const pods = [coredns('a', '10.1.0.1', CRASHING)];
    const looping = '.:53 {\n kubernetes cluster.local\n loop\n forward . 10.96.0.10\n}';
    expect(examineClusterDns(modelOf([SERVICE, ...pods, slice(false), corefile(looping)]))).toMatchObject({
      state: 'broken',
      object: 'ConfigMap/kube-system/coredns',
    });
  });
});

describe('parseCorefile', () => {
  it('reads snippets, several zones, inline blocks and comments', () => {
    const parsed = parseCorefile(`
      (common) {
        errors # all of them
        cache 30
      }
      a.example, b.example:1053 {
        import common
        hosts /etc/hosts { fallthrough }
        template IN A { answer "{{ .Name }} 60 IN A 192.0.2.1" }
      }`);
    expect(parsed?.servers).toEqual([
      {
        zones: [
          { zone: 'a.example', port: 53 },
          { zone: 'b.example', port: 1053 },
        ],
        directives: [
          { name: 'errors', args: [], block: [] },
          { name: 'cache', args: ['30'], block: [] },
          { name: 'hosts', args: ['/etc/hosts'], block: [{ name: 'fallthrough', args: [], block: [] }] },
          {
            name: 'template',
            args: ['IN', 'A'],
            block: [{ name: 'answer', args: ['{{ .Name }} 60 IN A 192.0.2.1'], block: [] }],
          },
        ],
      },
    ]);
  });

  it('survives anything', () => {
    for (const text of [
      '}',
      '{',
      '{{{{',
      '(a) {\nimport a\n}\n. {\nimport a\n}',
      '"',
      `${'. {\n'.repeat(200)}`,
      '\u0000',
    ]) {
      expect(() => parseCorefile(text)).not.toThrow();
    }
  });
});
