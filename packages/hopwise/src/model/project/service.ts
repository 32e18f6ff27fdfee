import type { JsonObject } from '../../sources/contract.ts';
import type {
  EndpointSlice,
  LoadBalancerAddress,
  Service,
  ServicePort,
  SliceEndpoint,
  SlicePort,
} from '../kinds/service.ts';
import type { Meta } from '../meta.ts';
import { readProtocol } from './pod.ts';
import {
  defined,
  hasField,
  readBoolean,
  readConditions,
  readIntOrString,
  readNumber,
  readObject,
  readObjects,
  readOptionalObject,
  readString,
  readStringMap,
  readStrings,
  type Writable,
} from './read.ts';

const SERVICE_TYPES = new Set(['NodePort', 'LoadBalancer', 'ExternalName']);

export function readAddresses(status: JsonObject): readonly LoadBalancerAddress[] {
  return readObjects(readObject(status, 'loadBalancer'), 'ingress').map((entry) =>
    defined({ ip: readString(entry, 'ip'), hostname: readString(entry, 'hostname') }),
  );
}

/** targetPort defaults to port; a string of digits is a number (intstr.IntOrString as kubectl applies it). */
function projectServicePort(raw: JsonObject): readonly ServicePort[] {
  const port = readNumber(raw, 'port');
  if (port === undefined) return [];
  const target = readIntOrString(raw, 'targetPort');
  const number = typeof target === 'string' && /^\d{1,5}$/.test(target) ? Number(target) : target;
  return [
    defined({
      name: readString(raw, 'name'),
      port,
      targetPort: number === undefined || number === 0 || number === '' ? port : number,
      protocol: readProtocol(raw),
      nodePort: readNumber(raw, 'nodePort'),
      appProtocol: readString(raw, 'appProtocol'),
    }),
  ];
}

export function projectService(raw: JsonObject, meta: Meta): Service {
  const spec = readObject(raw, 'spec');
  const status = readObject(raw, 'status');
  const type = readString(spec, 'type') ?? 'ClusterIP';
  const clusterIP = readString(spec, 'clusterIP');
  const ips = readStrings(spec, 'clusterIPs');
  const all = ips.length > 0 ? ips : clusterIP === undefined || clusterIP === '' ? [] : [clusterIP];
  const selector = readStringMap(spec, 'selector');
  return defined({
    ...meta,
    kind: 'Service' as const,
    type: (SERVICE_TYPES.has(type) ? type : 'ClusterIP') as Service['type'],
    clusterIPs: all.filter((ip) => ip !== 'None'),
    headless: all.includes('None'),
    ports: readObjects(spec, 'ports').flatMap(projectServicePort),
    // An empty selector selects nothing: the endpoints controller treats it like no selector at all.
    selector: Object.keys(selector).length > 0 ? selector : undefined,
    externalName: readString(spec, 'externalName'),
    externalIPs: readStrings(spec, 'externalIPs'),
    publishNotReadyAddresses:
      (readBoolean(spec, 'publishNotReadyAddresses') ?? false) ||
      meta.annotations['service.alpha.kubernetes.io/tolerate-unready-endpoints'] === 'true',
    externalTrafficPolicy:
      readString(spec, 'externalTrafficPolicy') === 'Local' ? ('Local' as const) : ('Cluster' as const),
    internalTrafficPolicy:
      readString(spec, 'internalTrafficPolicy') === 'Local' ? ('Local' as const) : ('Cluster' as const),
    sessionAffinity: readString(spec, 'sessionAffinity') ?? 'None',
    loadBalancerClass: readString(spec, 'loadBalancerClass'),
    loadBalancerSourceRanges: readStrings(spec, 'loadBalancerSourceRanges'),
    healthCheckNodePort: readNumber(spec, 'healthCheckNodePort'),
    ipFamilies: readStrings(spec, 'ipFamilies'),
    addresses: readAddresses(status),
    conditions: readConditions(status),
    hasStatus: hasField(raw, 'status'),
  });
}

function readTarget(raw: JsonObject): SliceEndpoint['target'] {
  const ref = readOptionalObject(raw, 'targetRef');
  if (ref === undefined) return undefined;
  return {
    kind: readString(ref, 'kind') ?? '',
    namespace: readString(ref, 'namespace') ?? '',
    name: readString(ref, 'name') ?? '',
  };
}

export function projectEndpointSlice(raw: JsonObject, meta: Meta): EndpointSlice {
  const type = readString(raw, 'addressType');
  return defined({
    ...meta,
    kind: 'EndpointSlice' as const,
    service: meta.labels['kubernetes.io/service-name'],
    addressType: type === 'IPv6' || type === 'FQDN' ? type : ('IPv4' as const),
    endpoints: readObjects(raw, 'endpoints').map((entry): SliceEndpoint => {
      const conditions = readObject(entry, 'conditions');
      const ready = readBoolean(conditions, 'ready') ?? true;
      const endpoint: Writable<SliceEndpoint> = {
        addresses: readStrings(entry, 'addresses'),
        ready,
        // serving defaults to ready, terminating to false (discovery/v1 types.go).
        serving: readBoolean(conditions, 'serving') ?? ready,
        terminating: readBoolean(conditions, 'terminating') ?? false,
      };
      const nodeName = readString(entry, 'nodeName');
      const zone = readString(entry, 'zone');
      const hostname = readString(entry, 'hostname');
      const target = readTarget(entry);
      if (nodeName !== undefined) endpoint.nodeName = nodeName;
      if (zone !== undefined) endpoint.zone = zone;
      if (hostname !== undefined) endpoint.hostname = hostname;
      if (target !== undefined) endpoint.target = target;
      return endpoint;
    }),
    ports: readObjects(raw, 'ports').map(projectSlicePort),
    managedBy: meta.labels['endpointslice.kubernetes.io/managed-by'],
  });
}

function projectSlicePort(raw: JsonObject): SlicePort {
  return defined({
    name: readString(raw, 'name') ?? '',
    port: readNumber(raw, 'port'),
    protocol: readProtocol(raw),
    appProtocol: readString(raw, 'appProtocol'),
  });
}

/** A core Endpoints object in the shape of one slice per subset. */
export function projectEndpoints(raw: JsonObject, meta: Meta): readonly EndpointSlice[] {
  return readObjects(raw, 'subsets').map((subset) => {
    const endpoint = (entry: JsonObject, ready: boolean): SliceEndpoint =>
      defined({
        addresses: [readString(entry, 'ip') ?? ''],
        ready,
        serving: ready,
        terminating: false,
        nodeName: readString(entry, 'nodeName'),
        hostname: readString(entry, 'hostname'),
        target: readTarget(entry),
      });
    const endpoints = [
      ...readObjects(subset, 'addresses').map((entry) => endpoint(entry, true)),
      ...readObjects(subset, 'notReadyAddresses').map((entry) => endpoint(entry, false)),
    ];
    const v6 = endpoints.some((entry) => entry.addresses.some((address) => address.includes(':')));
    return {
      ...meta,
      kind: 'Endpoints' as const,
      service: meta.name,
      addressType: v6 ? ('IPv6' as const) : ('IPv4' as const),
      endpoints,
      ports: readObjects(subset, 'ports').map(projectSlicePort),
    };
  });
}
