import type { ObjectRef } from '../engine/contract.ts';
import { UsageError } from './usage-error.ts';

/** kubectl's names of what can stand for its requests. */
const KINDS: ReadonlyMap<string, string> = new Map(
  (
    [
      ['Ingress', 'ingress', 'ingresses', 'ing'],
      ['HTTPRoute', 'httproute', 'httproutes'],
      ['GRPCRoute', 'grpcroute', 'grpcroutes'],
      ['VirtualService', 'virtualservice', 'virtualservices', 'vs'],
      ['IngressRoute', 'ingressroute', 'ingressroutes'],
      ['Service', 'service', 'services', 'svc'],
      ['Pod', 'pod', 'pods', 'po'],
    ] as const
  ).flatMap(([kind, ...names]) => names.map((name) => [name, kind] as const)),
);

const FORMS = 'write ingress/NAMESPACE/NAME, or ingress/NAME with -n NAMESPACE';

/** RFC 1123 names, as Kubernetes wants them. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * The object that an argument names instead of a URL: `ingress/shop/web`, `svc/shop/cart:8080`, and with a namespace of its own
 * `ingress/web`. Undefined for everything that does not begin with such a kind, which is a URL.
 */
export function readObjectArgument(text: string, namespace: string | undefined): ObjectRef | undefined {
  const [kindName = '', ...rest] = text.split('/');
  // `ingresses.networking.k8s.io/web`, as `kubectl get -o name` prints it.
  const kind = KINDS.get((/^([A-Za-z]+)(?:\.[a-z0-9.-]+)?$/.exec(kindName)?.[1] ?? '').toLowerCase());
  if (kind === undefined || rest.length === 0) return undefined;
  if (kindName.includes('.') && !/\.(?:io|dev|containo\.us)$/.test(kindName)) return undefined;
  const [first = '', second] = rest;
  if (rest.length > 2 || (rest.length === 1 && namespace === undefined)) {
    throw new UsageError(`'${text}' does not name one object`, FORMS, 'a URL begins with http:// or https://');
  }
  const owner = second === undefined ? (namespace ?? '') : first;
  const [, name = '', port] = /^([^:]*)(?::(.*))?$/.exec(second ?? first) ?? [];
  const takesPort = kind === 'Service' || kind === 'Pod';
  if (!NAME.test(owner) || !NAME.test(name) || port === '' || (port !== undefined && !takesPort)) {
    throw new UsageError(`'${text}' does not name an object`, FORMS);
  }
  return { kind, namespace: owner, name, ...(port === undefined ? {} : { port }) };
}
