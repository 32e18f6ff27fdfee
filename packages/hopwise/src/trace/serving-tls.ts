import type { ObjectId } from '../base/object-id.ts';
import { idOf } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Ingress } from '../model/kinds/ingress.ts';
import type { Listener, ListenerTls } from '../routing/route-table.ts';
import type { Trace } from './trace.ts';

/** Where TLS of a request ends and who says with which certificate. */
export interface ServingTls {
  /** Undefined: nothing is configured for the host, so a proxy shows its default certificate. */
  readonly tls: ListenerTls | undefined;
  /** The Ingress, Gateway, ListenerSet or other route that refers to the certificate (or should). */
  readonly holder: ObjectId;
  /** Field of the holder: `spec.tls[0]`, `spec.listeners[1]`. */
  readonly field: string;
  /** Field of the holder that holds the first Secret's name. */
  readonly nameAt: string;
}

/** What shows a certificate for this request; undefined when nothing of the input does. */
export function servingTls(model: ClusterModel, trace: Trace): ServingTls | undefined {
  const { gateway, request, host } = trace;
  if (gateway === undefined || !request.tls || trace.inCluster) return undefined;
  const listener = listenerOf(trace);
  const tls = host?.tls ?? listener?.tls;
  if (tls?.nameAt !== undefined)
    return { tls, holder: tls.nameAt.object, field: tls.nameAt.path, nameAt: tls.nameAt.path };
  if (listener?.object !== undefined) {
    const field = listener.field ?? 'spec.listeners';
    return { tls, holder: listener.object, field, nameAt: `${field}.tls.certificateRefs[0].name` };
  }
  const ingresses = (host?.objects ?? []).flatMap((id) => ingressOf(model, id) ?? []);
  const bearer = ingresses.find((ingress) => coveringEntry(ingress, request.urlHost) >= 0);
  const holder = bearer ?? ingresses.find((ingress) => ingress.tls.length > 0) ?? ingresses[0];
  if (holder === undefined) return undefined;
  const entry = bearer === undefined ? -1 : coveringEntry(bearer, request.urlHost);
  const field = entry < 0 ? 'spec.tls' : `spec.tls[${entry}]`;
  return { tls: host?.tls, holder: idOf(holder), field, nameAt: `${field}.secretName` };
}

/** The gateway's listener for the request's port and name, when listeners are objects of their own (Gateway API, Istio). */
function listenerOf({ gateway, host, request }: Trace): Listener | undefined {
  const listeners = gateway?.listeners ?? [];
  const named = listeners.find((entry) => entry.name === host?.listener && entry.tls !== undefined);
  if (named !== undefined) return named;
  return listeners
    .filter(
      (entry) => entry.port === request.port && entry.tls !== undefined && covers(entry.hostname, request.urlHost),
    )
    .sort((a, b) => b.hostname.length - a.hostname.length)[0];
}

function ingressOf(model: ClusterModel, id: ObjectId): Ingress | undefined {
  const object = model.object(id);
  return object?.kind === 'Ingress' ? (object as Ingress) : undefined;
}

function coveringEntry(ingress: Ingress, host: string): number {
  return ingress.tls.findIndex((entry) => entry.hosts.some((name) => coversName(name.toLowerCase(), host)));
}

function covers(pattern: string, host: string): boolean {
  if (pattern === '') return true;
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host;
}

/** A certificate's name covers a host: a wildcard stands for exactly one label (RFC 6125, 6.4.3). */
export function coversName(name: string, host: string): boolean {
  const lower = name.toLowerCase();
  if (!lower.startsWith('*.')) return lower === host;
  return host.includes('.') && host.slice(host.indexOf('.')) === lower.slice(1);
}
