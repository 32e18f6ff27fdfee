import type { JsonObject } from '../../sources/contract.ts';
import type { Ingress, IngressBackend, IngressClass, IngressPath } from '../kinds/ingress.ts';
import type { Meta } from '../meta.ts';
import {
  defined,
  hasField,
  readIntOrString,
  readNumber,
  readObject,
  readObjects,
  readOptionalObject,
  readString,
  readStrings,
} from './read.ts';
import { readAddresses } from './service.ts';

/** Both networking.k8s.io/v1 and the old beta shape (serviceName/servicePort). */
function projectBackend(raw: JsonObject): IngressBackend {
  const resource = readOptionalObject(raw, 'resource');
  if (resource !== undefined) {
    return {
      resource: {
        apiGroup: readString(resource, 'apiGroup') ?? '',
        kind: readString(resource, 'kind') ?? '',
        name: readString(resource, 'name') ?? '',
      },
    };
  }
  const service = readOptionalObject(raw, 'service');
  if (service !== undefined) {
    const port = readObject(service, 'port');
    return {
      service: {
        name: readString(service, 'name') ?? '',
        port: defined({ name: readString(port, 'name'), number: readNumber(port, 'number') }),
      },
    };
  }
  const old = readString(raw, 'serviceName');
  if (old === undefined) return {};
  const port = readIntOrString(raw, 'servicePort');
  return { service: { name: old, port: typeof port === 'number' ? { number: port } : defined({ name: port }) } };
}

function projectPath(raw: JsonObject): IngressPath {
  const type = readString(raw, 'pathType');
  return defined({
    path: readString(raw, 'path'),
    pathType: type === 'Exact' || type === 'Prefix' ? type : ('ImplementationSpecific' as const),
    backend: projectBackend(readObject(raw, 'backend')),
  });
}

export function projectIngress(raw: JsonObject, meta: Meta): Ingress {
  const spec = readObject(raw, 'spec');
  const fallback = readOptionalObject(spec, 'defaultBackend') ?? readOptionalObject(spec, 'backend');
  return defined({
    ...meta,
    kind: 'Ingress' as const,
    className: readString(spec, 'ingressClassName'),
    classAnnotation: meta.annotations['kubernetes.io/ingress.class'],
    defaultBackend: fallback === undefined ? undefined : projectBackend(fallback),
    rules: readObjects(spec, 'rules').map((rule) => {
      const http = readOptionalObject(rule, 'http');
      return defined({
        host: readString(rule, 'host'),
        paths: http === undefined ? undefined : readObjects(http, 'paths').map(projectPath),
      });
    }),
    tls: readObjects(spec, 'tls').map((entry) =>
      defined({ hosts: readStrings(entry, 'hosts'), secretName: readString(entry, 'secretName') }),
    ),
    addresses: readAddresses(readObject(raw, 'status')),
    hasStatus: hasField(raw, 'status'),
  });
}

export function projectIngressClass(raw: JsonObject, meta: Meta): IngressClass {
  const spec = readObject(raw, 'spec');
  const parameters = readOptionalObject(spec, 'parameters');
  return defined({
    ...meta,
    kind: 'IngressClass' as const,
    controller: readString(spec, 'controller') ?? '',
    isDefault: meta.annotations['ingressclass.kubernetes.io/is-default-class'] === 'true',
    parameters:
      parameters === undefined
        ? undefined
        : defined({
            kind: readString(parameters, 'kind') ?? '',
            name: readString(parameters, 'name') ?? '',
            namespace: readString(parameters, 'namespace'),
          }),
  });
}
