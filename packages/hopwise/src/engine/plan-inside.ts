import { valueOf } from '../base/lookup.ts';
import { idOf, splitId } from '../base/object-id.ts';
import type { InsidePlan, InsideTarget } from '../sources/probe/inside/contract.ts';
import type { BackendPath, Trace } from '../trace/trace.ts';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const OVER_TLS: ReadonlySet<string> = new Set(['https', 'grpcs', 'h2']);
const HTTP2: ReadonlySet<string> = new Set(['h2c', 'grpc']);

/**
 * What to ask inside the cluster to follow this request from its gateway to the Pods: each Service, then each of its
 * endpoints. The request is the one the backend would receive, its query left out: what is asked shows up in Pod specs and
 * audit logs. Undefined when there is nothing to ask.
 */
export function planInside(trace: Trace): InsidePlan | undefined {
  const targets = trace.backends.flatMap((path) => targetsOf(path, trace));
  if (targets.length === 0) return undefined;
  const { received } = trace.decision;
  const method = received?.method ?? trace.request.method;
  const callers = valueOf(trace.callers) ?? [];
  const gateway = callers.find((pod) => pod.ready) ?? callers[0];
  return {
    method: SAFE.has(method) ? (method as InsidePlan['method']) : 'OPTIONS',
    path: (received?.path ?? trace.request.path).replace(/[?#].*$/s, ''),
    host: received?.host ?? trace.request.host,
    targets,
    ...(gateway === undefined ? {} : { gateway: { namespace: gateway.namespace, pod: gateway.name } }),
  };
}

function targetsOf(path: BackendPath, trace: Trace): readonly InsideTarget[] {
  const protocol = trace.rule?.settings.backendProtocol?.value ?? 'http';
  if (protocol === 'fastcgi' || protocol === 'ajp') return [];
  const speech = { tls: OVER_TLS.has(protocol), h2c: HTTP2.has(protocol) };
  return [...serviceTarget(path, speech), ...endpointTargets(path, speech)];
}

type Speech = Pick<InsideTarget, 'tls' | 'h2c'>;

function serviceTarget({ service: looked, port }: BackendPath, speech: Speech): readonly InsideTarget[] {
  const service = valueOf(looked);
  const servicePort = valueOf(port);
  if (service === undefined || servicePort === undefined || service.type === 'ExternalName') return [];
  const address = service.headless ? undefined : service.clusterIPs[0];
  return [
    {
      role: 'service',
      object: idOf(service),
      namespace: service.namespace,
      objectName: service.name,
      port: servicePort.port,
      ...(address === undefined || address === '' ? {} : { address, addressPort: servicePort.port }),
      ...speech,
    },
  ];
}

/** Endpoints that are Pods: an address alone, which an EndpointSlice may name at will, is nobody's to ask. */
function endpointTargets({ endpoints }: BackendPath, speech: Speech): readonly InsideTarget[] {
  return endpoints.flatMap((endpoint): readonly InsideTarget[] => {
    const pod = valueOf(endpoint.pod);
    if (pod === undefined || endpoint.port === undefined || endpoint.protocol !== 'TCP') return [];
    if (!pod.ips.includes(endpoint.address)) return [];
    const id = idOf(pod);
    const node = endpoint.nodeName ?? pod.nodeName;
    return [
      {
        role: 'endpoint',
        object: id,
        namespace: splitId(id).namespace,
        objectName: pod.name,
        port: endpoint.port,
        address: endpoint.address,
        addressPort: endpoint.port,
        ...(node === undefined ? {} : { node }),
        ...speech,
      },
    ];
  });
}
