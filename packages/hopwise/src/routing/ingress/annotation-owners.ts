/** Whose annotations a key's prefix belongs to; on an Ingress of another controller they do nothing. */
export interface AnnotationOwner {
  readonly prefix: string;
  readonly name: string;
  /** Ids of the known controllers that read them. */
  readonly ids: readonly string[];
}

export const ANNOTATION_OWNERS: readonly AnnotationOwner[] = [
  { prefix: 'nginx.org/', name: 'NGINX Ingress Controller of F5', ids: ['nginx-inc'] },
  { prefix: 'nginx.com/', name: 'NGINX Ingress Controller of F5', ids: ['nginx-inc'] },
  { prefix: 'nginx.ingress.kubernetes.io/', name: 'ingress-nginx', ids: ['ingress-nginx'] },
  { prefix: 'haproxy.org/', name: 'HAProxy Ingress Controller', ids: ['haproxytech'] },
  { prefix: 'haproxy-ingress.github.io/', name: 'HAProxy Ingress', ids: ['haproxy-ingress'] },
  { prefix: 'traefik.ingress.kubernetes.io/', name: 'Traefik', ids: ['traefik'] },
  { prefix: 'konghq.com/', name: 'Kong', ids: ['kong'] },
  { prefix: 'projectcontour.io/', name: 'Contour', ids: ['contour'] },
  { prefix: 'alb.ingress.kubernetes.io/', name: 'the AWS load balancer controller', ids: ['alb'] },
  { prefix: 'appgw.ingress.kubernetes.io/', name: 'Azure Application Gateway', ids: ['agic'] },
  { prefix: 'ingress.cilium.io/', name: 'Cilium', ids: ['cilium'] },
  { prefix: 'k8s.apisix.apache.org/', name: 'Apache APISIX', ids: ['apisix'] },
  { prefix: 'zalando.org/', name: 'Skipper', ids: ['skipper'] },
  { prefix: 'higress.io/', name: 'Higress', ids: ['higress'] },
];

/** The owner of a key, or undefined for keys of no Ingress controller (cert-manager, external-dns, …). */
export function annotationOwner(key: string): AnnotationOwner | undefined {
  return ANNOTATION_OWNERS.find(({ prefix }) => key.startsWith(prefix));
}
