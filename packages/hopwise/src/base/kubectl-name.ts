import { type ObjectId, splitId } from './object-id.ts';
import { shellQuote } from './shell-quote.ts';

/** Kinds that more than one API group has are written with their group. */
const QUALIFIED: ReadonlyMap<string, string> = new Map([
  ['Gateway', 'gateways.gateway.networking.k8s.io'],
  ['Gateway.networking.istio.io', 'gateways.networking.istio.io'],
]);

/** A kind as kubectl wants it. */
export function resourceOf(kind: string): string {
  return QUALIFIED.get(kind) ?? kind.toLowerCase();
}

/** An object as words of a kubectl command: `ingress/web -n shop`, `node/worker-1`. */
export function kubectlName(id: ObjectId): string {
  const { kind, namespace, name } = splitId(id);
  return `${shellQuote(`${resourceOf(kind)}/${name}`)}${inNamespace(namespace)}`;
}

/** ` -n shop`; nothing for cluster-scoped objects. */
export function inNamespace(namespace: string): string {
  return namespace === '' ? '' : ` -n ${shellQuote(namespace)}`;
}
