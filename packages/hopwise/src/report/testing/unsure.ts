import { objectId } from '../../base/object-id.ts';
import { API_VERSION, type DiagnosisDocument } from '../diagnosis.ts';

const DEPLOYMENT = objectId('Deployment', 'ml-serving', 'scoring-api');
const SERVICE = objectId('Service', 'ml-serving', 'scoring-api');

/** Observed failing, a suspicion only: no log of the gateway or the app was captured. */
export const UNSURE: DiagnosisDocument = {
  apiVersion: API_VERSION,
  kind: 'Diagnosis',
  request: {
    method: 'POST',
    url: 'http://scoring.example.com/predict',
    headers: { 'content-type': 'application/json' },
    protocol: 'http',
  },
  verdict: {
    status: 'inconclusive',
    observedStatus: 502,
    summary: 'the failure is not explained by what was read',
  },
  hops: [
    { hop: 'client', state: 'ok', detail: 'outside the cluster', evidence: [] },
    { hop: 'edge', state: 'unknown', detail: 'no status on Service ingress-nginx-controller', evidence: [] },
    { hop: 'gateway', state: 'ok', detail: 'Ingress ml-serving/scoring-api wins', evidence: [] },
    { hop: 'service', state: 'ok', object: SERVICE, detail: '1 of 1 endpoints ready', evidence: [] },
    { hop: 'network', state: 'ok', detail: 'no policy selects the Pod', evidence: [] },
    { hop: 'pod', state: 'suspect', object: DEPLOYMENT, detail: 'Ready without a readiness probe', evidence: [] },
    { hop: 'app', state: 'unknown', detail: 'no log of scoring-api', evidence: [] },
  ],
  causes: [
    {
      id: 'app-listens-on-loopback',
      confidence: 0.41,
      hop: 'pod',
      object: DEPLOYMENT,
      summary: 'Deployment ml-serving/scoring-api may listen on 127.0.0.1 only',
      why: 'The command line binds 127.0.0.1:7000 and no probe has ever reached the port from outside.',
      chain: ['listens on loopback', 'connection refused at the Pod IP', '502'],
      evidence: [
        {
          type: 'field',
          text: 'args[1] is --bind=127.0.0.1:7000',
          object: DEPLOYMENT,
          path: 'spec.template.spec.containers[0].args[1]',
          value: '--bind=127.0.0.1:7000',
          file: 'cluster.yaml',
          line: 812,
        },
        { type: 'absence', text: 'no readiness, liveness or startup probe', what: 'probe of container scoring' },
      ],
      against: [],
      fix: {
        summary: 'Bind the server to 0.0.0.0:7000',
        level: 'advice',
        patches: [],
        commands: [
          'Change --bind in the container args and roll out.',
          'kubectl -n ml-serving rollout status deployment/scoring-api',
        ],
        verified: false,
        verification: 'advice cannot be re-run on the model',
      },
      prove: [
        {
          command: "kubectl -n ml-serving exec deploy/scoring-api -- sh -c 'cat /proc/net/tcp /proc/net/tcp6'",
          expect: 'a line with 0100007F:1B58 means 127.0.0.1:7000',
        },
      ],
    },
    {
      id: 'target-port-mismatch',
      confidence: 0.18,
      hop: 'pod',
      object: SERVICE,
      summary: 'Service ml-serving/scoring-api may aim at a port on which nothing listens',
      why: 'The image usually listens on 3000.',
      chain: [],
      evidence: [],
      against: [],
      fix: {
        summary: 'Set targetPort of Service ml-serving/scoring-api to 3000',
        level: 'review',
        patches: [{ object: SERVICE, type: 'merge', patch: { spec: { ports: [{ port: 80, targetPort: 3000 }] } } }],
        commands: [
          'kubectl patch service scoring-api -n ml-serving --type merge -p \'{"spec":{"ports":[{"port":80,"targetPort":3000}]}}\'',
        ],
        verified: false,
        verification: 'not re-run: only suspected',
      },
      prove: [],
    },
  ],
  unknowns: [
    {
      what: 'what the process listens on',
      why: 'no log of scoring-api in the capture',
      settledBy: 'kubectl -n ml-serving logs deploy/scoring-api',
    },
    {
      what: 'how the gateway failed',
      why: 'no log of ingress-nginx in the capture',
      settledBy: 'kubectl -n ingress-nginx logs deploy/ingress-nginx-controller --since=1h',
    },
  ],
  coverage: [{ kind: 'Pod', state: 'complete', count: 9 }],
  path: {
    lines: [
      { label: 'request', text: 'POST http://scoring.example.com/predict   observed 502' },
      { label: 'backend', text: 'Service ml-serving/scoring-api:80 → 10.244.1.9:7000' },
    ],
  },
  history: [],
  assumptions: [],
  source: { description: 'YAML file cluster.yaml (84 objects)', problems: [] },
  checklist: [],
  tookMs: 48,
};
