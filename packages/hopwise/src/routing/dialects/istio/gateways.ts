import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { ForeignObject } from '../../../model/kinds/cluster.ts';
import type { Labels } from '../../../model/meta.ts';
import {
  readBoolean,
  readNumber,
  readObject,
  readString,
  readStringMap,
  readStrings,
} from '../../../model/project/read.ts';
import type { JsonObject } from '../../../sources/contract.ts';
import { listIstio, namespaceOf, readIndexed, specOf } from './objects.ts';

export interface IstioGateway {
  /** `namespace/name`, as VirtualServices refer to it. */
  readonly id: string;
  readonly object: ForeignObject;
  readonly namespace: string;
  readonly selector: Labels;
  readonly servers: readonly IstioServer[];
}
export interface IstioServer {
  readonly port: number;
  readonly protocol: ServerProtocol;
  /** `namespace/host`: only VirtualServices of that namespace bind to it; `*` any. */
  readonly hosts: readonly { readonly namespace: string; readonly host: string }[];
  readonly tlsMode?: string;
  readonly secret?: string;
  readonly httpsRedirect: boolean;
  readonly field: string;
}
/** HTTP covers HTTP, HTTP2, GRPC and GRPC-Web; all terminated TLS with HTTP inside is HTTPS. */
export type ServerProtocol = 'HTTP' | 'HTTPS' | 'TLS' | 'TCP' | 'unknown';

export function readGateways(model: ClusterModel): readonly IstioGateway[] {
  return listIstio(model, 'Gateway').map((object) => {
    const spec = specOf(object);
    const namespace = namespaceOf(object);
    return {
      id: `${namespace}/${object.name}`,
      object,
      namespace,
      selector: readStringMap(spec, 'selector'),
      servers: readIndexed(spec, 'servers', 'spec').map(([raw, field]) => readServer(raw, field, namespace)),
    };
  });
}

function readServer(raw: JsonObject, field: string, namespace: string): IstioServer {
  const port = readObject(raw, 'port');
  const tls = readObject(raw, 'tls');
  const mode = readString(tls, 'mode');
  const secret = readString(tls, 'credentialName');
  return {
    port: readNumber(port, 'number') ?? 0,
    protocol: readProtocol(readString(port, 'protocol') ?? '', mode),
    hosts: readStrings(raw, 'hosts').map((host) => splitHost(host.toLowerCase(), namespace)),
    ...(mode === undefined ? {} : { tlsMode: mode }),
    ...(secret === undefined || secret === '' ? {} : { secret }),
    httpsRedirect: readBoolean(tls, 'httpsRedirect') === true,
    field,
  };
}

/** networking/v1/gateway.proto Server.hosts: an optional `namespace/` in front; `.` is the Gateway's own namespace. */
function splitHost(host: string, own: string): { readonly namespace: string; readonly host: string } {
  const slash = host.indexOf('/');
  if (slash < 0) return { namespace: '*', host };
  const namespace = host.slice(0, slash);
  return { namespace: namespace === '.' ? own : namespace, host: host.slice(slash + 1) };
}

/** TLS that is passed through is routed by server name; TLS of protocol TLS with another mode is opaque inside. */
function readProtocol(protocol: string, mode: string | undefined): ServerProtocol {
  switch (protocol.toUpperCase()) {
    case 'HTTP':
    case 'HTTP2':
    case 'GRPC':
    case 'GRPC-WEB':
      return 'HTTP';
    case 'HTTPS':
      return mode === 'PASSTHROUGH' || mode === 'AUTO_PASSTHROUGH' ? 'TLS' : 'HTTPS';
    case 'TLS':
      return 'TLS';
    case 'TCP':
    case 'MONGO':
    case 'MYSQL':
    case 'REDIS':
      return 'TCP';
    default:
      return 'unknown';
  }
}
