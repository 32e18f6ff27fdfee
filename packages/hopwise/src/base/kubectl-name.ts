import { type ObjectId, splitId } from './object-id.ts';
import { shellQuote } from './shell-quote.ts';

/** Kinds that more than one API group has are written with their group. */
const QUALIFIED: ReadonlyMap<string, string> = new Map([
  ['Gateway', 'gateways.gateway.networking.k8s.io'],
  ['Gateway.networking.istio.io', 'gateways.networking.istio.io'],
  ['Gateway.gateway.solo.io', 'gateways.gateway.solo.io'],
]);

/** A kind as kubectl wants it; of the group that has most of the kind's objects unless one is given. */
export function resourceOf(kind: string, group?: string): string {
  return QUALIFIED.get(`${kind}.${group ?? ''}`) ?? QUALIFIED.get(kind) ?? kind.toLowerCase();
}

/** An object as words of a kubectl command: `ingress/web -n shop`, `node/worker-1`. */
export function kubectlName(id: ObjectId, group?: string): string {
  const { kind, namespace, name } = splitId(id);
  return `${shellQuote(`${resourceOf(kind, group)}/${name}`)}${inNamespace(namespace)}`;
}

/** ` -n shop`; nothing for cluster-scoped objects. */
export function inNamespace(namespace: string): string {
  return namespace === '' ? '' : ` -n ${shellQuote(namespace)}`;
}
