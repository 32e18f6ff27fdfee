import { describe, expect, it } from 'vitest';
import { diagnoseText } from '../../../../../test/kit/cases.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { flowEndAt } from './flow.ts';
import { modelOf, object, pod } from './testing/cluster.ts';
import { doubtUnseenSender } from './unseen-sender.ts';

const APP = pod('hall/seats-0', { app: 'seats' }, '10.244.1.20');
const policy = (id: string, podSelector: JsonObject, egress: readonly JsonObject[]) =>
  object('networking.k8s.io/v1', 'NetworkPolicy', id, { spec: { podSelector, policyTypes: ['Egress'], egress } });
const TO_HALL = { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'hall' } } }] };
const ELSEWHERE = { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'cellar' } } }] };
const SERVICE = object('v1', 'Service', 'edge/proxy', { spec: { selector: { app: 'proxy' }, ports: [{ port: 80 }] } });

/** The policy that leaves doubt about a gateway of which no Pod was read, beside one app. */
function doubtIn(policies: readonly ReturnType<typeof policy>[], withService = false): string | undefined {
  const model = modelOf([APP, ...policies, ...(withService ? [SERVICE] : [])]);
  const to = flowEndAt(model, '10.244.1.20');
  return doubtUnseenSender(model, model.list('Service'), [{ to, port: 8080, protocol: 'TCP' }])?.policy.name;
}

describe('a gateway whose Pods were not read', () => {
  it('may be kept in by a policy that selects no Pod of the input and does not let it out to the backend', () => {
    expect(doubtIn([policy('edge/out', {}, [ELSEWHERE])])).toBe('out');
    expect(doubtIn([policy('edge/out', { matchLabels: { app: 'proxy' } }, [])])).toBe('out');
    expect(doubtIn([policy('edge/out', { matchLabels: { app: 'proxy' } }, [ELSEWHERE, TO_HALL])])).toBeUndefined();
    expect(doubtIn([policy('hall/out', {}, [])])).toBeUndefined();
    expect(doubtIn([])).toBeUndefined();
  });

  it('is only kept in by policies that its Service’s labels and namespace leave possible', () => {
    const strict = { matchLabels: { app: 'proxy', tier: 'front' } };
    expect(doubtIn([policy('edge/out', strict, [])], true)).toBe('out');
    expect(doubtIn([policy('edge/out', { matchLabels: { app: 'batch' } }, [])], true)).toBeUndefined();
    expect(doubtIn([policy('cellar/out', {}, [])], true)).toBeUndefined();
  });
});

const MANIFESTS = `---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: nginx }
spec: { controller: k8s.io/ingress-nginx }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: tickets, namespace: booking }
spec:
  ingressClassName: nginx
  rules: [{ host: tickets.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: tickets, port: { number: 80 } } } }] } }]
---
apiVersion: v1
kind: Service
metadata: { name: tickets, namespace: booking }
spec: { selector: { app: tickets }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: tickets, namespace: booking }
spec:
  selector: { matchLabels: { app: tickets } }
  template:
    metadata: { labels: { app: tickets } }
    spec: { containers: [{ name: tickets, image: registry.example.com/tickets:2, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: edge-out, namespace: ingress-nginx }
spec: { podSelector: { matchLabels: { app.kubernetes.io/name: ingress-nginx } }, policyTypes: [Egress], egress: [{ to: [{ namespaceSelector: { matchLabels: { team: web } } }] }] }
---
apiVersion: v1
kind: Namespace
metadata: { name: booking, labels: { kubernetes.io/metadata.name: booking } }
`;

describe('manifests without the gateway', () => {
  it('are not called healthy while a policy may keep it in', async () => {
    const ask = { method: 'GET', url: 'http://tickets.example.com/', headers: {}, wants: [] };
    const { verdict } = await diagnoseText(MANIFESTS, 'manifests.yaml', ask);
    expect(verdict).toMatchObject({
      status: 'inconclusive',
      summary:
        "network could not be examined: NetworkPolicy ingress-nginx/edge-out may select the gateway's Pods, which are not in the input, and does not let them out to port 8080 of the backend",
    });
    const open = MANIFESTS.replace('team: web', 'kubernetes.io/metadata.name: booking');
    expect((await diagnoseText(open, 'manifests.yaml', ask)).verdict.status).toBe('healthy');
  });
});
