import { objectId } from '../../base/object-id.ts';
import { API_VERSION, type DiffDocument } from '../diagnosis.ts';

const POLICY = objectId('NetworkPolicy', 'shop', 'allow-gateway');

/** A route that broke when a policy was narrowed and the app rolled out. */
export const DIFF: DiffDocument = {
  apiVersion: API_VERSION,
  kind: 'Diff',
  request: { method: 'GET', url: 'https://shop.example.com/api/cart', headers: {}, protocol: 'https' },
  summary: 'healthy before, failing with 504 by network-policy-denies-ingress after; 2 objects changed on its path',
  before: {
    source: {
      description: 'capture archive monday.tgz (60 objects in 14 files, 5 logs)',
      problems: [],
      time: '2026-02-09T12:05:00.000Z',
    },
    verdict: { status: 'healthy', observedStatus: 200, summary: 'every hop was examined and nothing was found' },
    causes: [],
  },
  after: {
    source: {
      description: 'context prod (1200 objects, 84 requests, 3.1 MiB)',
      problems: [],
      time: '2026-02-10T12:05:00.000Z',
    },
    verdict: {
      status: 'failing',
      observedStatus: 504,
      predictedStatus: 504,
      summary: 'NetworkPolicy shop/allow-gateway keeps the gateway out',
    },
    causes: [
      {
        id: 'network-policy-denies-ingress',
        object: POLICY,
        confidence: 0.97,
        summary: 'NetworkPolicy shop/allow-gateway keeps the gateway out',
      },
    ],
  },
  routes: [
    {
      name: 'https://shop.example.com/api/cart',
      object: objectId('Ingress', 'shop', 'shop-api'),
      state: 'worse',
      before: 'Service shop/cart:8080: works',
      after: 'Service shop/cart:8080: broken by network-policy-denies-ingress on NetworkPolicy shop/allow-gateway',
    },
    {
      name: 'https://shop.example.com/old',
      object: objectId('Ingress', 'shop', 'shop-api'),
      state: 'other',
      before: 'Service shop/legacy:80: works',
    },
  ],
  changes: [
    {
      object: objectId('Deployment', 'shop', 'cart'),
      type: 'changed',
      onPath: true,
      fields: [
        {
          path: 'spec.template.spec.containers[cart].image',
          before: 'registry.example.com/cart:4.17.0',
          after: 'registry.example.com/cart:4.18.0',
        },
        { path: 'spec.template.spec.containers[cart].readinessProbe.httpGet.path', after: '/ready' },
      ],
    },
    {
      object: POLICY,
      type: 'changed',
      onPath: true,
      fields: [
        {
          path: 'spec.ingress[0].from[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"]',
          before: 'ingress-nginx',
          after: 'edge',
        },
      ],
    },
    { object: objectId('ConfigMap', 'shop', 'flags'), type: 'added', onPath: false, fields: [] },
  ],
  churn: [
    {
      object: objectId('Service', 'shop', 'cart'),
      before: '3 of 3 endpoints ready, port 8080',
      after: '2 of 3 endpoints ready, port 8080',
    },
  ],
  elsewhere: 7,
  unknowns: [{ what: 'Secret', why: 'one side did not read it', settledBy: 'a capture with Secret on both sides' }],
  tookMs: 84,
};
