import type { Meta } from '../meta.ts';
import type { LoadBalancerAddress } from './service.ts';

export interface IngressBackend {
  readonly service?: { readonly name: string; readonly port: { readonly name?: string; readonly number?: number } };
  /** A backend that is not a Service. */
  readonly resource?: { readonly apiGroup: string; readonly kind: string; readonly name: string };
}

export interface IngressPath {
  /** Undefined when the manifest leaves it out. */
  readonly path?: string;
  readonly pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific';
  readonly backend: IngressBackend;
}

export interface IngressRule {
  readonly host?: string;
  /** Undefined when the rule has no `http` part: only its host counts. */
  readonly paths?: readonly IngressPath[];
}

export interface Ingress extends Meta {
  readonly kind: 'Ingress';
  /** spec.ingressClassName. */
  readonly className?: string;
  /** The kubernetes.io/ingress.class annotation. */
  readonly classAnnotation?: string;
  readonly defaultBackend?: IngressBackend;
  readonly rules: readonly IngressRule[];
  readonly tls: readonly { readonly hosts: readonly string[]; readonly secretName?: string }[];
  readonly addresses: readonly LoadBalancerAddress[];
  readonly hasStatus: boolean;
}

export interface IngressClass extends Meta {
  readonly kind: 'IngressClass';
  readonly controller: string;
  readonly isDefault: boolean;
  readonly parameters?: { readonly kind: string; readonly name: string; readonly namespace?: string };
}
