import { expect, it } from 'vitest';
import { modelOf } from '../routing/testing/cluster.ts';
import { noteUnknownHost } from './unknown-host.ts';

const ROUTES = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, namespace: x}
spec: {rules: [{host: blog.example.net}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: x}
spec: {hosts: [blob.example.net]}
---
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: {name: c, namespace: x}
spec: {virtualHost: {domains: [blot.example.net]}}
`;

it('knows the hosts of Ingress, Istio and Gloo routes', () => {
  const note = (host: string) => noteUnknownHost(`https://${host}/`, {}, modelOf(ROUTES));
  for (const host of ['blog', 'blob', 'blot']) expect(note(`${host}.example.net`)).toBeUndefined();
  expect(note('blogg.example.net')).toBe('no route names the host blogg.example.net; did you mean blog.example.net?');
});
