import { objectId } from '../../base/object-id.ts';
import { API_VERSION, type ScanDocument } from '../diagnosis.ts';
import { FAILING } from './failing.ts';

const SERVICE = objectId('Service', 'files', 'files-web');
const INGRESS = objectId('Ingress', 'files', 'files');

/** Two broken targets with one cause, one suspect, one that could not be examined, and the rest fine. */
export const SCAN: ScanDocument = {
  apiVersion: API_VERSION,
  kind: 'Scan',
  verdict: { status: 'failing', summary: '2 of 6 targets are broken by 1 cause; 1 more is suspect.' },
  targets: [
    {
      name: 'https://files.example.com/',
      kind: 'route',
      object: INGRESS,
      state: 'broken',
      causes: FAILING.causes.map(({ id, object }) => ({ id, object })),
    },
    {
      name: 'Service/files/files-web:11000',
      kind: 'service',
      object: SERVICE,
      state: 'broken',
      causes: FAILING.causes.map(({ id, object }) => ({ id, object })),
    },
    {
      name: 'https://wiki.example.net/',
      kind: 'route',
      object: objectId('Ingress', 'wiki', 'wiki'),
      state: 'suspect',
      causes: [{ id: 'readiness-too-permissive', object: objectId('Deployment', 'wiki', 'wiki') }],
    },
    {
      name: 'LoadBalancer 203.0.113.10:443',
      kind: 'entry-point',
      object: objectId('Service', 'traefik', 'traefik'),
      state: 'unknown',
      causes: [],
    },
    {
      name: 'Service/wiki/wiki:3001',
      kind: 'service',
      object: objectId('Service', 'wiki', 'wiki'),
      state: 'ok',
      causes: [],
    },
    {
      name: 'Service/kube-system/kube-dns:53',
      kind: 'service',
      object: objectId('Service', 'kube-system', 'kube-dns'),
      state: 'ok',
      causes: [],
    },
  ],
  causes: [
    ...FAILING.causes.map((cause) => ({
      ...cause,
      affects: ['https://files.example.com/', 'Service/files/files-web:11000'],
    })),
    {
      id: 'readiness-too-permissive',
      confidence: 0.35,
      hop: 'app',
      object: objectId('Deployment', 'wiki', 'wiki'),
      summary: 'Deployment wiki/wiki has no readiness probe and takes 40 s to start',
      why: 'Requests reach a Pod that does not listen yet during every rollout.',
      chain: [],
      evidence: [],
      against: [],
      fix: {
        summary: 'Add a readiness probe on port 3001',
        level: 'review',
        patches: [],
        commands: [],
        verified: false,
        verification: '',
      },
      prove: [],
      affects: ['https://wiki.example.net/'],
    },
  ],
  unknowns: FAILING.unknowns,
  coverage: FAILING.coverage,
  source: FAILING.source,
  suppressed: [
    {
      id: 'scaled-to-zero',
      object: objectId('Deployment', 'web', 'shop-preview'),
      by: 'annotation hopwise.dev/ignore',
    },
  ],
  tookMs: 90,
};

export const SCAN_HEALTHY: ScanDocument = {
  ...SCAN,
  verdict: { status: 'healthy', summary: '2 targets examined, nothing found.' },
  targets: SCAN.targets.filter((target) => target.state === 'ok'),
  causes: [],
  unknowns: [],
  suppressed: [],
};
