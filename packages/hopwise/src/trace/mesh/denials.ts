import { valueOf } from '../../base/lookup.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import { usableEndpoints } from '../backend-path.ts';
import { dnsSetupOf } from '../dns/dns-setup.ts';
import type { Trace } from '../trace.ts';
import { istioAuthorizationDenial } from './istio-authorization.ts';
import { istioMtlsDenial } from './istio-mtls.ts';
import { linkerdDenial } from './linkerd.ts';
import type { MeshAsk, MeshDenial } from './mesh-denial.ts';

const MESHES: readonly ((ask: MeshAsk) => MeshDenial | undefined)[] = [
  istioMtlsDenial,
  istioAuthorizationDenial,
  linkerdDenial,
];

export interface PathDenial extends MeshDenial {
  /** Other backends of the path are not refused. */
  readonly partial: boolean;
}

/** What the meshes' policies surely refuse on a path, one entry for each object to change. */
export function meshDenials({
  model,
  trace,
}: {
  readonly model: ClusterModel;
  readonly trace: Trace;
}): readonly PathDenial[] {
  const caller =
    (valueOf(trace.callers) ?? []).find((pod) => pod.ready || !pod.hasStatus) ?? valueOf(trace.callers)?.[0];
  if (caller === undefined) return [];
  const asks = trace.backends.map((path) => {
    const service = valueOf(path.service);
    const endpoint = usableEndpoints(path)[0];
    const pod = endpoint === undefined ? undefined : valueOf(endpoint.pod);
    if (service === undefined || pod === undefined || endpoint?.port === undefined) return undefined;
    return askOf(model, trace, caller, pod, endpoint.port, service);
  });
  const found = new Map<string, MeshDenial>();
  let refused = 0;
  for (const ask of asks) {
    if (ask === undefined) continue;
    const denial = MESHES.map((judge) => judge(ask)).find((entry) => entry !== undefined);
    if (denial === undefined) continue;
    refused += 1;
    if (!found.has(denial.object)) found.set(denial.object, denial);
  }
  return [...found.values()].map((denial) => ({ ...denial, partial: refused < asks.length }));
}

function askOf(
  model: ClusterModel,
  trace: Trace,
  caller: Pod,
  pod: Pod,
  port: number,
  service: { readonly namespace: string; readonly name: string },
): MeshAsk {
  const { request, decision } = trace;
  const received = decision.received ?? { method: request.method, path: request.path, host: request.host, headers: {} };
  return {
    model,
    caller,
    pod,
    port,
    host: `${service.name}.${service.namespace}.svc.${dnsSetupOf(model).domain}`,
    serviceNamespace: service.namespace,
    request: {
      method: received.method,
      path: received.path,
      host: received.host,
      headers: { ...request.headers, ...received.headers },
    },
    rule: trace.rule,
    dialect: trace.gateway?.dialect,
  };
}
