import { objectId } from '../../base/object-id.ts';
import { API_VERSION, type DiagnosisDocument } from '../diagnosis.ts';

/** A rolling update halfway through, without a failed request. */
export const HEALTHY: DiagnosisDocument = {
  apiVersion: API_VERSION,
  kind: 'Diagnosis',
  request: { method: 'GET', url: 'https://shop.example.com/', headers: {}, protocol: 'https' },
  verdict: {
    status: 'healthy',
    observedStatus: 200,
    predictedStatus: 200,
    summary: '8 hops examined, nothing found',
  },
  hops: (['client', 'external-dns', 'edge', 'gateway', 'service', 'network', 'pod', 'app'] as const).map((hop) => ({
    hop,
    state: 'ok',
    detail: hop === 'service' ? '6 of 6 endpoints ready' : 'nothing found',
    evidence: [],
    ...(hop === 'service' ? { object: objectId('Service', 'web', 'shop') } : {}),
  })),
  causes: [],
  unknowns: [],
  coverage: [{ kind: 'NetworkPolicy', state: 'assumed-none' }],
  path: {
    lines: [
      { label: 'request', text: 'GET https://shop.example.com/' },
      { label: 'backend', text: 'Service web/shop:80 → 6 of 6 endpoints ready' },
    ],
  },
  history: [],
  assumptions: ['no NetworkPolicy in namespace web: the capture has none although it has its Pods'],
  source: { description: 'capture folder fine-mid-rollout (1 YAML file with 132 objects, 4 logs)', problems: [] },
  checklist: [],
  tookMs: 55,
};

/** The same verdict after a repair: the old errors are told as history. */
export const RECOVERED: DiagnosisDocument = {
  ...HEALTHY,
  request: { method: 'POST', url: 'http://scoring.example.com/predict', headers: {}, protocol: 'http' },
  verdict: {
    status: 'healthy',
    observedStatus: 200,
    predictedStatus: 200,
    summary: '8 hops examined, nothing found',
  },
  history: [
    '502 × 11 between 09:02:11 and 10:14:40: connection refused at 10.244.1.9:7000, an address no Pod has any more',
    '200 × 8 since 10:21:03 from scoring-api-xf9z8ndq8l-brcz4',
  ],
  assumptions: [],
};
