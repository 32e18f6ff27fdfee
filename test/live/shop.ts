import { expect, vi } from 'vitest';
import type { ControlPlane } from '../controlplane/control-plane.ts';

export const SHOP_URL = 'http://shop.example.com/cart';

/** An app behind ingress-nginx, as one would deploy it with kubectl. */
const MANIFESTS = `
apiVersion: v1
kind: Namespace
metadata: { name: ingress-nginx }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: nginx }
spec: { controller: k8s.io/ingress-nginx }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress-nginx-controller, namespace: ingress-nginx, labels: { app.kubernetes.io/name: ingress-nginx } }
spec:
  selector: { matchLabels: { app.kubernetes.io/name: ingress-nginx } }
  template:
    metadata: { labels: { app.kubernetes.io/name: ingress-nginx } }
    spec:
      containers:
        - name: controller
          image: registry.k8s.io/ingress-nginx/controller:v1.12.1
          args: [/nginx-ingress-controller, --ingress-class=nginx, --controller-class=k8s.io/ingress-nginx]
          ports: [{ name: http, containerPort: 80 }, { name: https, containerPort: 443 }]
---
apiVersion: v1
kind: Service
metadata: { name: ingress-nginx-controller, namespace: ingress-nginx }
spec:
  type: LoadBalancer
  selector: { app.kubernetes.io/name: ingress-nginx }
  ports: [{ name: http, port: 80, targetPort: http }, { name: https, port: 443, targetPort: https }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec:
  replicas: 2
  strategy: { type: Recreate }
  selector: { matchLabels: { app: cart } }
  template:
    metadata: { labels: { app: cart } }
    spec:
      containers:
        - name: cart
          image: registry.example/cart:1
          ports: [{ name: http, containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /healthz, port: http } }
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec:
  selector: { app: cart }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: cart, namespace: shop }
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /cart, pathType: Prefix, backend: { service: { name: cart, port: { number: 80 } } } }] }
`;

/** Deploys the app and its gateway into a control plane with controllers, and waits until all of it works. */
export async function deployShop({ kubectl }: ControlPlane): Promise<void> {
  await applyShop(kubectl);
  const address = { status: { loadBalancer: { ingress: [{ ip: '203.0.113.10' }] } } };
  const patch = ['patch', '--subresource=status', '--type=merge', '-p', JSON.stringify(address)];
  await kubectl([...patch, 'service', 'ingress-nginx-controller', '-n', 'ingress-nginx']);
  await kubectl([...patch, 'ingress', 'cart', '-n', 'shop']);
  await kubectl(['rollout', 'status', 'deployment', '-n', 'ingress-nginx', '--timeout=60s']);
  await waitUntilServing(kubectl);
}

/** Makes everything that the manifests say as they say it. */
export async function applyShop(kubectl: ControlPlane['kubectl']): Promise<void> {
  await kubectl(['apply', '-f', '-'], MANIFESTS);
}

/** Waits until both Pods of the app are Ready and in the Service's endpoints. */
export async function waitUntilServing(kubectl: ControlPlane['kubectl']): Promise<void> {
  await kubectl(['rollout', 'status', 'deployment/cart', '-n', 'shop', '--timeout=60s']);
  const ready = 'jsonpath={.items[*].endpoints[*].conditions.ready} {.items[*].ports[*].port}';
  const slices = ['endpointslices', '-l', 'kubernetes.io/service-name=cart', '-n', 'shop'];
  const seen = async (): Promise<void> => expect(await kubectl(['get', ...slices, '-o', ready])).toBe('true true 8080');
  await vi.waitFor(seen, { timeout: 60_000, interval: 200 });
}
