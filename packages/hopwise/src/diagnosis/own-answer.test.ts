import { describe, expect, it } from 'vitest';
import { diagnoseText } from '../../../../test/kit/cases.ts';

const APP = `
---
apiVersion: v1
kind: Pod
metadata: { name: seats-0, namespace: hall, labels: { app: seats } }
spec: { containers: [{ name: seats, image: seats }] }
status: { phase: Running, podIP: 10.244.1.20, conditions: [{ type: Ready, status: 'True' }] }
---
apiVersion: v1
kind: Service
metadata: { name: seats, namespace: hall }
spec: { selector: { app: seats }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: seats-1, namespace: hall, labels: { kubernetes.io/service-name: seats } }
addressType: IPv4
ports: [{ name: '', port: 8080, protocol: TCP }]
endpoints: [{ addresses: [10.244.1.20], conditions: { ready: true }, targetRef: { kind: Pod, name: seats-0, namespace: hall } }]
`;
const GATEWAY_API = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: eg }
spec: { controllerName: gateway.envoyproxy.io/gatewayclass-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: hall }
spec: { gatewayClassName: eg, listeners: [{ name: http, port: 80, protocol: HTTP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: seats, namespace: hall }
spec:
  parentRefs: [{ name: edge }]
  hostnames: [hall.example]
  rules: [{ backendRefs: [{ name: seats, port: 80, weight: 0 }] }]
`;
const nginx = (annotations: string) => `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: nginx }
spec: { controller: k8s.io/ingress-nginx }
---
apiVersion: v1
kind: Pod
metadata: { name: nginx-0, namespace: edge, labels: { app: nginx } }
spec: { containers: [{ name: controller, image: 'registry.k8s.io/ingress-nginx/controller:v1.11.5', args: [/nginx-ingress-controller] }] }
status: { phase: Running, podIP: 10.244.0.5, conditions: [{ type: Ready, status: 'True' }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: seats, namespace: hall, annotations: { ${annotations} } }
spec:
  ingressClassName: nginx
  rules: [{ host: hall.example, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: seats, port: { number: 80 } } } }] } }]
`;
const TOO_LARGE = `
---
kind: CaseLogs
namespace: edge
pod: nginx-0
container: controller
text: |
  2026/10/10 11:56:40 [error] 33#33: *12 client intended to send too large body: 5242880 bytes, client: 198.51.100.23, server: hall.example, request: "POST / HTTP/2.0", host: "hall.example"
  198.51.100.23 - - [10/Oct/2026:11:56:40 +0000] "POST / HTTP/1.1" 413 176 "-" "Mozilla/5.0" 421 0.000 [hall-seats-80] [] - - - - bd527bb3bd527bb3bd527bb3bd527bb3
`;

async function verdictOf(yaml: string, method: string, status?: number) {
  const { verdict, causes } = await diagnoseText(yaml + APP, 'case.yaml', {
    method,
    url: 'http://hall.example/',
    headers: {},
    wants: [],
    ...(status === undefined ? {} : { status }),
  });
  expect(causes).toEqual([]);
  return `${verdict.status}: ${verdict.summary}`;
}

describe('a failure that the gateway answers itself', () => {
  it('names the field with weight 0, also where another 5xx was seen', async () => {
    const place = 'every backendRef has weight 0 (HTTPRoute hall/seats, spec.rules[0].backendRefs[0].weight)';
    expect(await verdictOf(GATEWAY_API, 'GET')).toBe(
      `inconclusive: http://hall.example/ would be answered 500 by Gateway hall/edge itself: ${place}`,
    );
    expect(await verdictOf(GATEWAY_API, 'GET', 503)).toBe(
      `inconclusive: 503 at http://hall.example/ is the own answer of Gateway hall/edge: ${place}`,
    );
  });

  it('names the limit of request bodies and its place, and says whether it was seen at work', async () => {
    const body = 'metadata.annotations["nginx.ingress.kubernetes.io/proxy-body-size"]';
    const limited = nginx('nginx.ingress.kubernetes.io/proxy-body-size: 2m');
    expect(await verdictOf(limited, 'POST', 413)).toBe(
      `inconclusive: 413 at http://hall.example/ may be the own answer of ingress-nginx: it takes request bodies of up to 2 MiB (Ingress hall/seats, ${body})`,
    );
    expect(await verdictOf(limited + TOO_LARGE, 'POST', 413)).toBe(
      `inconclusive: 413 at http://hall.example/ is the own answer of ingress-nginx: "client intended to send too large body: 5242880 bytes"; it takes request bodies of up to 2 MiB (Ingress hall/seats, ${body})`,
    );
    expect(await verdictOf(nginx('') + TOO_LARGE, 'POST', 413)).toContain('up to 1 MiB (the default, ');
  });

  it('names the guard of a route that answers this status', async () => {
    expect(await verdictOf(nginx("nginx.ingress.kubernetes.io/limit-rps: '5'"), 'GET', 503)).toContain(
      'may be the own answer of ingress-nginx: limit-rps: more requests of one client than this are refused (Ingress hall/seats, metadata.annotations["nginx.ingress.kubernetes.io/limit-rps"])',
    );
  });

  it('takes a 429 that somebody asks about for a failure', async () => {
    expect(await verdictOf(nginx(''), 'GET', 429)).toBe('inconclusive: the failure is not explained by what was read');
  });
});
