import { objectId } from '../../base/object-id.ts';
import { API_VERSION, type DiagnosisDocument } from '../diagnosis.ts';

const POLICY = objectId('NetworkPolicy', 'files', 'files-deny-from-other-namespaces');
const TRAEFIK = objectId('Deployment', 'traefik', 'traefik');
const SERVICE = objectId('Service', 'files', 'files-web');
const POD = objectId('Pod', 'files', 'files-web-cc4tf5m5h4-9kb7g');
const TRAEFIK_LOG = 'logs/traefik/traefik-nwsbx2jx9v-rwg7p/traefik.log';

/** One certain cause with a checked patch: a network policy that shuts the gateway out. */
export const FAILING: DiagnosisDocument = {
  apiVersion: API_VERSION,
  kind: 'Diagnosis',
  request: { method: 'GET', url: 'https://files.example.com/login', headers: {}, protocol: 'https' },
  verdict: {
    status: 'failing',
    observedStatus: 504,
    predictedStatus: 504,
    generatedBy: {
      hop: 'gateway',
      component: 'Traefik',
      object: TRAEFIK,
      evidence: [
        {
          type: 'response',
          text: 'body is "Gateway Timeout" (15 bytes), what Traefik writes for a dial timeout',
          file: 'response.txt',
        },
      ],
    },
    summary: 'NetworkPolicy files/files-deny-from-other-namespaces denies traefik → files-web:11000.',
  },
  hops: [
    { hop: 'client', state: 'ok', detail: 'curl 8.11.1 outside the cluster', evidence: [] },
    { hop: 'external-dns', state: 'ok', detail: 'files.example.com is 203.0.113.10', evidence: [] },
    {
      hop: 'edge',
      state: 'ok',
      object: objectId('Service', 'traefik', 'traefik'),
      detail: 'LoadBalancer 203.0.113.10:443 to Service traefik/traefik',
      evidence: [],
    },
    {
      hop: 'gateway',
      state: 'ok',
      object: TRAEFIK,
      detail: 'Ingress files/files wins for host files.example.com, path /',
      evidence: [],
    },
    { hop: 'service', state: 'ok', object: SERVICE, detail: '1 of 1 endpoints ready', evidence: [] },
    {
      hop: 'network',
      state: 'broken',
      object: POLICY,
      detail: 'traefik/traefik-nwsbx2jx9v-rwg7p to 10.244.0.14:11000 is denied on ingress',
      evidence: [],
      mode: 'connect-timeout',
    },
    { hop: 'pod', state: 'ok', object: POD, detail: 'Running and Ready on node kind-worker', evidence: [] },
    { hop: 'app', state: 'unknown', detail: 'not reached', evidence: [] },
  ],
  causes: [
    {
      id: 'network-policy-denies-ingress',
      confidence: 0.97,
      hop: 'network',
      object: POLICY,
      summary: 'NetworkPolicy files/files-deny-from-other-namespaces denies traefik → files-web:11000.',
      why: 'Every connection from namespace traefik is dropped, so Traefik gives up after its 30 s dial timeout and answers 504.',
      chain: ['policy admits only Pods of files', 'SYN from traefik dropped', 'dial timeout 30 s', '504 from Traefik'],
      evidence: [
        {
          type: 'field',
          text: 'spec.podSelector {} selects files-web-cc4tf5m5h4-9kb7g',
          object: POLICY,
          path: 'spec.podSelector',
          value: '{}',
          file: 'cluster.yaml',
          line: 2534,
        },
        {
          type: 'field',
          text: 'ingress[0].from[0] is podSelector {} alone: Pods of files only',
          object: POLICY,
          path: 'spec.ingress[0].from[0]',
          file: 'cluster.yaml',
          line: 2539,
        },
        {
          type: 'log',
          text: '504 after 30.0 s at 10.244.0.14:11000',
          file: TRAEFIK_LOG,
          line: 3,
          time: Date.UTC(2026, 4, 12, 9, 31, 30),
          quote:
            '198.51.100.61 - - [12/May/2026:09:31:30 +0000] "GET /apps/files/ HTTP/2.0" 504 15 "-" "Mozilla/5.0" 85600 "websecure-files-files-files-example-com@kubernetes" "http://10.244.0.14:11000" 30002ms',
          count: 4,
        },
        { type: 'timing', text: 'policy created 09:30:00; last 200 on this route 09:26:40' },
      ],
      against: [
        {
          type: 'probe',
          text: 'Pod is Ready and the kubelet probe on 11000 passes: the app listens',
        },
      ],
      fix: {
        summary: 'Admit namespace traefik in the ingress rule of NetworkPolicy files/files-deny-from-other-namespaces',
        level: 'review',
        patches: [
          {
            object: POLICY,
            type: 'json',
            patch: [
              {
                op: 'add',
                path: '/spec/ingress/0/from/-',
                value: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } } },
              },
            ],
          },
        ],
        commands: [
          'kubectl patch networkpolicy files-deny-from-other-namespaces -n files --type json -p \'[{"op":"add","path":"/spec/ingress/0/from/-","value":{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"traefik"}}}}]\'',
        ],
        verified: true,
        verification: 'On the model this URL no longer fails; 3 other routes unchanged.',
      },
      prove: [
        {
          command: 'kubectl -n files get networkpolicy/files-deny-from-other-namespaces -o yaml',
          expect: 'from: holds only podSelector {}',
        },
        {
          command:
            'kubectl debug -n traefik traefik-nwsbx2jx9v-rwg7p --image=curlimages/curl -it -- curl -m 3 http://10.244.0.14:11000/',
          expect: 'times out now, answers after the fix',
        },
      ],
    },
  ],
  unknowns: [
    {
      what: 'AdminNetworkPolicy',
      why: 'not in the capture',
      settledBy: 'kubectl get adminnetworkpolicies -o yaml',
    },
    { what: 'cloud firewall', why: 'not part of the cluster', settledBy: 'the rules of the VPC' },
  ],
  coverage: [
    { kind: 'Pod', state: 'complete', count: 14 },
    { kind: 'NetworkPolicy', state: 'complete', count: 2 },
    { kind: 'AdminNetworkPolicy', state: 'not-collected' },
    { kind: 'Secret', state: 'forbidden', reason: 'secrets is forbidden: cannot list in namespace wiki' },
  ],
  path: {
    lines: [
      { label: 'request', text: 'GET https://files.example.com/login (HTTP/2)   observed 504 after 30.0 s' },
      {
        label: 'route',
        text: 'Ingress files/files, host files.example.com, path / (Prefix)',
        place: 'cluster.yaml:2410',
      },
      { label: 'backend', text: 'Service files/files-web:11000 → 1 of 1 endpoints ready → 10.244.0.14:11000' },
      { label: 'caller', text: 'traefik/traefik-nwsbx2jx9v-rwg7p (labels app.kubernetes.io/name=traefik)' },
    ],
  },
  history: [],
  assumptions: ['no ResourceQuota and no PodDisruptionBudget: the capture has none'],
  source: {
    description: 'capture folder incidents/files (1 YAML file with 118 objects, 2 logs, response.txt)',
    problems: [{ file: 'cluster.yaml', line: 2620, message: 'unexpected end of the stream in a flow sequence' }],
    time: '2026-05-12T10:14:55Z',
  },
  checklist: [
    {
      step: 'failing-route',
      title: 'Which route fails, and who answers',
      state: 'ok',
      found: ['Ingress files/files wins for files.example.com/login', 'the 504 is made by Traefik'],
      tookMs: 3,
    },
    {
      step: 'ready-endpoints',
      title: 'Are there ready endpoints',
      state: 'ok',
      found: ['Service files/files-web: 1 of 1 endpoints ready'],
      tookMs: 1,
    },
    {
      step: 'port-protocol',
      title: 'Do port and protocol fit',
      state: 'ok',
      found: ['targetPort 11000 is what the probe uses'],
      tookMs: 1,
    },
    {
      step: 'policy-connectivity',
      title: 'May and can the gateway connect',
      state: 'broken',
      found: ['NetworkPolicy files/files-deny-from-other-namespaces denies traefik → files-web:11000'],
      tookMs: 2,
    },
    {
      step: 'logs',
      title: 'What do the logs say',
      state: 'suspect',
      found: ['4 × 504 after 30 s since 09:31:30 in the log of Traefik', 'no request reached files-web since 09:30'],
      tookMs: 6,
    },
  ],
  tookMs: 61,
};
