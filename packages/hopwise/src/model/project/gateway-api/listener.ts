import type { JsonObject } from '../../../sources/contract.ts';
import type {
  GatewayListener,
  GatewayListenerTls,
  ListenerStatus,
  NamespaceFilter,
  RouteGroupKind,
} from '../../kinds/gateway-api.ts';
import {
  defined,
  hasField,
  readConditions,
  readNumber,
  readObject,
  readObjects,
  readOptionalObject,
  readSelector,
  readString,
} from '../read.ts';
import { readIndexed } from './indexed.ts';
import { GATEWAY_GROUP, readSecretReference } from './reference.ts';

/** Listeners of a Gateway or ListenerSet, with the kinds and namespaces that may attach worked out. */
export function readListeners(spec: JsonObject, namespace: string): readonly GatewayListener[] {
  return readIndexed(spec, 'listeners', 'spec').map(([raw, field]) => {
    const protocol = readString(raw, 'protocol') ?? '';
    const tls = readListenerTls(raw, field, namespace, protocol);
    const allowed = readObject(raw, 'allowedRoutes');
    const kinds = readObjects(allowed, 'kinds').map((kind) => ({
      group: readString(kind, 'group') ?? GATEWAY_GROUP,
      kind: readString(kind, 'kind') ?? '',
    }));
    return defined({
      name: readString(raw, 'name') ?? '',
      port: readNumber(raw, 'port') ?? 0,
      protocol,
      hostname: (readString(raw, 'hostname') ?? '').toLowerCase(),
      tls,
      namespaces: readNamespaceFilter(allowed, 'Same'),
      kinds: kinds.length > 0 ? kinds : kindsOfProtocol(protocol, tls?.mode),
      kindsGiven: kinds.length > 0,
      field,
    });
  });
}

/** `namespaces` of allowedRoutes (default Same) and allowedListeners (default None). */
export function readNamespaceFilter(parent: JsonObject, fallback: 'Same' | 'None'): NamespaceFilter {
  const namespaces = readObject(parent, 'namespaces');
  const from = readString(namespaces, 'from');
  if (from === 'Selector') return { from, ...defined({ selector: readSelector(namespaces, 'selector') }) };
  return { from: from === 'All' || from === 'Same' || from === 'None' ? from : fallback };
}

/**
 * Without allowedRoutes.kinds the protocol decides (apis/v1/gateway_types.go ProtocolType and AllowedRoutes.Kinds,
 * table in site-src/concepts/api-overview.md): HTTP and HTTPS take HTTPRoute and GRPCRoute, TLS takes TLSRoute and, where
 * it is terminated, TCPRoute.
 */
function kindsOfProtocol(protocol: string, mode: GatewayListenerTls['mode'] | undefined): readonly RouteGroupKind[] {
  const kinds: Readonly<Record<string, readonly string[]>> = {
    HTTP: ['HTTPRoute', 'GRPCRoute'],
    HTTPS: ['HTTPRoute', 'GRPCRoute'],
    TLS: mode === 'Passthrough' ? ['TLSRoute'] : ['TLSRoute', 'TCPRoute'],
    TCP: ['TCPRoute'],
    UDP: ['UDPRoute'],
  };
  const known = Object.hasOwn(kinds, protocol) ? kinds[protocol] : undefined;
  return (known ?? []).map((kind) => ({ group: GATEWAY_GROUP, kind }));
}

function readListenerTls(
  raw: JsonObject,
  field: string,
  namespace: string,
  protocol: string,
): GatewayListenerTls | undefined {
  const tls = readOptionalObject(raw, 'tls');
  // An HTTPS or TLS listener without a tls block is refused by the API, but its protocol still says what it speaks.
  if (tls === undefined && protocol !== 'HTTPS' && protocol !== 'TLS') return undefined;
  const given = tls ?? {};
  return {
    mode: readString(given, 'mode') === 'Passthrough' ? 'Passthrough' : 'Terminate',
    certificates: readIndexed(given, 'certificateRefs', `${field}.tls`).map(([ref, path]) =>
      readSecretReference(ref, path, namespace),
    ),
    hasOptions: hasField(given, 'options'),
  };
}

export function readListenerStatuses(status: JsonObject): readonly ListenerStatus[] {
  return readObjects(status, 'listeners').map((raw) =>
    defined({
      name: readString(raw, 'name') ?? '',
      attachedRoutes: readNumber(raw, 'attachedRoutes'),
      conditions: readConditions(raw),
    }),
  );
}
