import { objectId } from '../../base/object-id.ts';
import { API_VERSION, type TraceDocument } from '../diagnosis.ts';
import { FAILING } from './failing.ts';

/** A path with a rewrite, a canary weight and two rules that lost. */
export const TRACE: TraceDocument = {
  apiVersion: API_VERSION,
  kind: 'Trace',
  request: { method: 'GET', url: 'https://shop.example.com/api/cart?id=7', headers: {}, protocol: 'https' },
  decision: {
    kind: 'backend',
    gateway: objectId('Deployment', 'ingress-nginx', 'ingress-nginx-controller'),
    rule: { object: objectId('Ingress', 'shop', 'shop-api'), field: 'spec.rules[0].http.paths[1]' },
    backends: [
      { object: objectId('Service', 'shop', 'cart'), port: 8080, weight: 90 },
      { object: objectId('Service', 'shop', 'cart-canary'), port: 'http', weight: 10 },
    ],
    received: {
      method: 'GET',
      path: '/cart?id=7',
      host: 'shop.example.com',
      protocol: 'http',
      headers: { 'x-forwarded-proto': 'https' },
    },
  },
  losers: [
    {
      object: objectId('Ingress', 'shop', 'shop-web'),
      field: 'spec.rules[0].http.paths[0]',
      why: 'prefix / is shorter than /api/cart',
    },
    {
      object: objectId('Ingress', 'legacy', 'catch-all'),
      field: 'spec.rules[0]',
      why: 'has no host, and a rule with the host exists',
    },
  ],
  hops: FAILING.hops.map((hop) => ({ ...hop, state: 'ok' })),
  predictedStatus: 200,
  unknowns: [],
  coverage: [],
};

/** No rule takes the request: the gateway's own not-found. */
export const TRACE_NONE: TraceDocument = {
  ...TRACE,
  request: { ...TRACE.request, url: 'https://shpo.example.com/' },
  decision: { kind: 'none', gateway: objectId('Deployment', 'ingress-nginx', 'ingress-nginx-controller'), status: 404 },
  losers: [
    {
      object: objectId('Ingress', 'shop', 'shop-api'),
      field: 'spec.rules[0].host',
      why: 'host is shop.example.com',
    },
  ],
  hops: [
    { hop: 'client', state: 'ok', detail: 'outside the cluster', evidence: [] },
    { hop: 'gateway', state: 'broken', detail: 'no rule has this host', evidence: [], mode: 'no-route' },
  ],
  predictedStatus: 404,
};
