import { valueOf } from '../../../base/lookup.ts';
import { objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { BackendTarget, RouteBase } from '../../../model/kinds/gateway-api.ts';
import { byDefault } from '../../envoy.ts';
import type { BackendProtocol, Setting } from '../../route-table.ts';

/** appProtocol values with a meaning in Gateway API (GEP-1911), read as the protocol spoken to the backend. */
const APP_PROTOCOLS: ReadonlyMap<string, BackendProtocol> = new Map([
  ['kubernetes.io/h2c', 'h2c'],
  ['kubernetes.io/ws', 'http'],
  ['kubernetes.io/wss', 'https'],
]);

/**
 * The protocol towards a backend: the Service port's appProtocol, else what the route's kind implies (GEP-1911 lets an
 * implementation infer it), inside TLS when a BackendTLSPolicy asks for it.
 */
export function specifiedProtocol(
  model: ClusterModel,
  route: RouteBase,
  target: BackendTarget,
  tls: boolean,
): Setting<BackendProtocol> | undefined {
  const service = valueOf(model.get('Service', target.namespace, target.name));
  const index = service?.ports.findIndex(({ port }) => port === target.port) ?? -1;
  const appProtocol = service?.ports[index]?.appProtocol;
  const named = appProtocol === undefined ? undefined : APP_PROTOCOLS.get(appProtocol);
  if (named !== undefined) {
    return {
      value: tls ? withTls(named) : named,
      from: {
        kind: 'field',
        object: objectId('Service', target.namespace, target.name),
        path: `spec.ports[${index}].appProtocol`,
      },
    };
  }
  if (route.kind === 'GRPCRoute') return byDefault(tls ? 'grpcs' : 'grpc', 'GRPCRoute: gRPC is HTTP/2');
  if (route.kind !== 'HTTPRoute') return undefined;
  return byDefault(tls ? 'https' : 'http', 'HTTPRoute to a Service port without appProtocol');
}

function withTls(protocol: BackendProtocol): BackendProtocol {
  return protocol === 'h2c' ? 'h2' : 'https';
}
