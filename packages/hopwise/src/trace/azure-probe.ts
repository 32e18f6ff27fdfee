import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { PathObservations } from './observed.ts';
import { responseEvidence } from './response-modes.ts';
import type { Trace } from './trace.ts';

const ANNOTATION = 'service.beta.kubernetes.io/azure-load-balancer-health-probe-request-path';

/** An Azure load balancer that probes the gateway over HTTP on a path which nothing answers with 200. */
export interface AzureProbe {
  readonly object: ObjectId;
  readonly annotation: string;
  readonly evidence: readonly Evidence[];
}

/**
 * Since 1.24 the Azure cloud provider probes a Service port with `appProtocol: http` by GET / (cloud-provider-azure, "Azure
 * LoadBalancer", custom health probe), which an Ingress controller answers with 404: all nodes count as unhealthy, and
 * connections to the address time out.
 */
export function azureProbe({
  model,
  trace,
  seen,
}: {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}): AzureProbe | undefined {
  const service = trace.gateway?.services.find((entry) => entry.type === 'LoadBalancer');
  const { response } = seen;
  if (service === undefined || response?.clientError?.kind !== 'timeout' || seen.access.length > 0) return undefined;
  const onAzure =
    Object.keys(service.annotations).some((key) => key.includes('azure-load-balancer')) ||
    model.list('Node').some((node) => Object.hasOwn(node.labels, 'kubernetes.azure.com/cluster'));
  const web = service.ports.findIndex((port) => /^https?$/i.test(port.appProtocol ?? ''));
  const set = Object.keys(service.annotations).some((key) => /health-probe[-_]request-path$/.test(key));
  if (!onAzure || web < 0 || set || service.externalTrafficPolicy === 'Local') return undefined;
  return {
    object: idOf(service),
    annotation: ANNOTATION,
    evidence: [
      citeField(service, `spec.ports[${web}].appProtocol`, 'appProtocol http makes Azure probe GET / on this port'),
      citeField(
        service,
        'metadata.annotations',
        `${ANNOTATION} is not set, and an Ingress controller answers / with 404`,
      ),
      responseEvidence(response, response.clientError.message),
    ],
  };
}
