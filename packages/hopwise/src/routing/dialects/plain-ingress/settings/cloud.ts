import type { BackendProtocol, EffectiveSettings } from '../../../route-table.ts';
import { asSetting, byDefault, type Place, readAnnotation } from './place.ts';

const PROTOCOLS: Readonly<Record<string, BackendProtocol>> = { HTTP: 'http', HTTPS: 'https', HTTP2: 'h2' };

/** GKE: cloud.google.com/app-protocols of the Service maps port names to protocols; HTTP2 means HTTP/2 over TLS. */
export function gce({ service, port }: Place): EffectiveSettings {
  const read =
    readAnnotation('app-protocols', ['cloud.google.com'], service) ??
    readAnnotation('app-protocols', ['service.alpha.kubernetes.io'], service);
  const protocol = asSetting(read, (text) => PROTOCOLS[namedIn(text, port?.name ?? '') ?? '']);
  return {
    backendProtocol:
      protocol ?? byDefault('http', 'https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-http2'),
  };
}

function namedIn(text: string, port: string): string | undefined {
  try {
    const value: unknown = (JSON.parse(text) as Record<string, unknown> | null)?.[port];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** AWS Load Balancer Controller: the Service's annotation before the Ingress's; Azure: the Ingress's. */
export function alb({ ingress, service }: Place): EffectiveSettings {
  const read = readAnnotation('backend-protocol', ['alb.ingress.kubernetes.io'], service, ingress);
  return {
    backendProtocol:
      asSetting(read, (text) => PROTOCOLS[text.toUpperCase()]) ??
      byDefault(
        'http',
        'https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/',
      ),
  };
}

export function agic({ ingress }: Place): EffectiveSettings {
  const read = readAnnotation('backend-protocol', ['appgw.ingress.kubernetes.io'], ingress);
  return {
    backendProtocol:
      asSetting(read, (text) => PROTOCOLS[text.toUpperCase()]) ??
      byDefault('http', 'https://azure.github.io/application-gateway-kubernetes-ingress/annotations/'),
  };
}
