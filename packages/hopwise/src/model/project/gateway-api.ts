import type { JsonObject } from '../../sources/contract.ts';
import type {
  BackendTlsPolicy,
  Gateway,
  GatewayClass,
  GrpcRoute,
  HttpRoute,
  ListenerSet,
  ReferenceGrant,
  TcpRoute,
  TlsRoute,
  UdpRoute,
} from '../kinds/gateway-api.ts';
import type { LoadBalancerAddress } from '../kinds/service.ts';
import type { Meta } from '../meta.ts';
import { readIndexed } from './gateway-api/indexed.ts';
import { readListenerStatuses, readListeners, readNamespaceFilter } from './gateway-api/listener.ts';
import { GATEWAY_GROUP, readReference, readSecretReference } from './gateway-api/reference.ts';
import {
  readGrpcRules,
  readHttpRules,
  readParentStatuses,
  readRouteBase,
  readStreamRules,
} from './gateway-api/route.ts';
import {
  defined,
  hasField,
  readConditions,
  readNumber,
  readObject,
  readObjects,
  readOptionalObject,
  readString,
  readStringMap,
} from './read.ts';

export function projectGatewayClass(raw: JsonObject, meta: Meta): GatewayClass {
  const spec = readObject(raw, 'spec');
  const parameters = readOptionalObject(spec, 'parametersRef');
  return defined({
    ...meta,
    kind: 'GatewayClass' as const,
    controller: readString(spec, 'controllerName') ?? '',
    parameters:
      parameters === undefined
        ? undefined
        : readReference(parameters, 'spec.parametersRef', { group: '', kind: '', namespace: '' }),
    conditions: readConditions(readObject(raw, 'status')),
    hasStatus: hasField(readObject(raw, 'status'), 'conditions'),
  });
}

export function projectGateway(raw: JsonObject, meta: Meta): Gateway {
  const spec = readObject(raw, 'spec');
  const status = readObject(raw, 'status');
  const infrastructure = readObject(spec, 'infrastructure');
  const parameters = readOptionalObject(infrastructure, 'parametersRef');
  const clientCertificate = readOptionalObject(readObject(readObject(spec, 'tls'), 'backend'), 'clientCertificateRef');
  return defined({
    ...meta,
    kind: 'Gateway' as const,
    className: readString(spec, 'gatewayClassName') ?? '',
    listeners: readListeners(spec, meta.namespace),
    allowedListeners: readNamespaceFilter(readObject(spec, 'allowedListeners'), 'None'),
    infrastructureLabels: readStringMap(infrastructure, 'labels'),
    infrastructureAnnotations: readStringMap(infrastructure, 'annotations'),
    infrastructureParameters:
      parameters === undefined
        ? undefined
        : readReference(parameters, 'spec.infrastructure.parametersRef', {
            group: '',
            kind: '',
            namespace: meta.namespace,
          }),
    requestedAddresses: readAddresses(spec),
    backendClientCertificate:
      clientCertificate === undefined
        ? undefined
        : readSecretReference(clientCertificate, 'spec.tls.backend.clientCertificateRef', meta.namespace),
    clientValidation: readClientValidation(spec),
    defaultScope: readString(spec, 'defaultScope') || 'None',
    addresses: readAddresses(status),
    conditions: readConditions(status),
    listenerStatuses: readListenerStatuses(status),
    hasStatus: hasField(status, 'conditions') || hasField(status, 'listeners') || hasField(status, 'addresses'),
  });
}

export function projectListenerSet(raw: JsonObject, meta: Meta): ListenerSet {
  const spec = readObject(raw, 'spec');
  const status = readObject(raw, 'status');
  return {
    ...meta,
    kind: 'ListenerSet',
    parent: readReference(readObject(spec, 'parentRef'), 'spec.parentRef', {
      group: GATEWAY_GROUP,
      kind: 'Gateway',
      namespace: meta.namespace,
    }),
    listeners: readListeners(spec, meta.namespace),
    conditions: readConditions(status),
    listenerStatuses: readListenerStatuses(status),
    hasStatus: hasField(status, 'conditions') || hasField(status, 'listeners'),
  };
}

export function projectHttpRoute(raw: JsonObject, meta: Meta): HttpRoute {
  return { ...readRouteBase(raw, meta), kind: 'HTTPRoute', rules: readHttpRules(raw, meta.namespace) };
}

export function projectGrpcRoute(raw: JsonObject, meta: Meta): GrpcRoute {
  return { ...readRouteBase(raw, meta), kind: 'GRPCRoute', rules: readGrpcRules(raw, meta.namespace) };
}

export function projectTlsRoute(raw: JsonObject, meta: Meta): TlsRoute {
  return { ...readRouteBase(raw, meta), kind: 'TLSRoute', rules: readStreamRules(raw, meta.namespace) };
}

export function projectTcpRoute(raw: JsonObject, meta: Meta): TcpRoute {
  return { ...readRouteBase(raw, meta), kind: 'TCPRoute', rules: readStreamRules(raw, meta.namespace) };
}

export function projectUdpRoute(raw: JsonObject, meta: Meta): UdpRoute {
  return { ...readRouteBase(raw, meta), kind: 'UDPRoute', rules: readStreamRules(raw, meta.namespace) };
}

export function projectReferenceGrant(raw: JsonObject, meta: Meta): ReferenceGrant {
  const spec = readObject(raw, 'spec');
  return {
    ...meta,
    kind: 'ReferenceGrant',
    from: readObjects(spec, 'from').map((from) => ({
      group: readString(from, 'group') ?? '',
      kind: readString(from, 'kind') ?? '',
      namespace: readString(from, 'namespace') ?? '',
    })),
    to: readObjects(spec, 'to').map((to) =>
      defined({
        group: readString(to, 'group') ?? '',
        kind: readString(to, 'kind') ?? '',
        name: readString(to, 'name') || undefined,
      }),
    ),
  };
}

/** v1 and v1alpha3 have targetRefs and validation; v1alpha2 had targetRef and tls with shorter names. */
export function projectBackendTlsPolicy(raw: JsonObject, meta: Meta): BackendTlsPolicy {
  const spec = readObject(raw, 'spec');
  const old = readOptionalObject(spec, 'tls');
  const validation = readOptionalObject(spec, 'validation') ?? old ?? {};
  const validationField = old === undefined ? 'spec.validation' : 'spec.tls';
  const single = readOptionalObject(spec, 'targetRef');
  const targets = [
    ...readIndexed(spec, 'targetRefs', 'spec'),
    ...(single === undefined ? [] : ([[single, 'spec.targetRef']] as const)),
  ];
  const names = { group: '', kind: '', namespace: meta.namespace };
  return defined({
    ...meta,
    kind: 'BackendTLSPolicy' as const,
    targets: targets.map(([ref, field]) =>
      defined({ ...readReference(ref, field, names), sectionName: readString(ref, 'sectionName') || undefined }),
    ),
    hostname: readString(validation, 'hostname') || undefined,
    subjectAltNames: readObjects(validation, 'subjectAltNames').flatMap(
      (name) => readString(name, 'hostname') || readString(name, 'uri') || [],
    ),
    caCertificates: ['caCertificateRefs', 'caCertRefs'].flatMap((key) =>
      readIndexed(validation, key, validationField).map(([ref, field]) => readReference(ref, field, names)),
    ),
    wellKnownCa:
      readString(validation, 'wellKnownCACertificates') || readString(validation, 'wellKnownCACerts') || undefined,
    ancestorStatuses: readParentStatuses(raw, 'ancestors', 'ancestorRef', meta.namespace),
  });
}

function readAddresses(parent: JsonObject): readonly LoadBalancerAddress[] {
  return readObjects(parent, 'addresses').flatMap((raw): LoadBalancerAddress[] => {
    const value = readString(raw, 'value');
    if (value === undefined || value === '') return [];
    return [(readString(raw, 'type') ?? 'IPAddress') === 'IPAddress' ? { ip: value } : { hostname: value }];
  });
}

function readClientValidation(spec: JsonObject): readonly (number | 'all')[] {
  const frontend = readObject(readObject(spec, 'tls'), 'frontend');
  const ports = readObjects(frontend, 'perPort').flatMap((entry) =>
    hasField(readObject(entry, 'tls'), 'validation') ? (readNumber(entry, 'port') ?? []) : [],
  );
  return hasField(readObject(frontend, 'default'), 'validation') ? ['all', ...ports] : ports;
}

/** Projection of each kind by its name in the API. */
export const GATEWAY_API_PROJECTIONS = {
  GatewayClass: projectGatewayClass,
  Gateway: projectGateway,
  ListenerSet: projectListenerSet,
  HTTPRoute: projectHttpRoute,
  GRPCRoute: projectGrpcRoute,
  TLSRoute: projectTlsRoute,
  TCPRoute: projectTcpRoute,
  UDPRoute: projectUdpRoute,
  ReferenceGrant: projectReferenceGrant,
  BackendTLSPolicy: projectBackendTlsPolicy,
} as const;
