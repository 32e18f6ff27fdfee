import { valueOf } from '../../../base/lookup.ts';
import { idOf, objectId } from '../../../base/object-id.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { BackendTarget, BackendTlsPolicy, Gateway } from '../../../model/kinds/gateway-api.ts';
import type { BackendTls, Setting } from '../../route-table.ts';
import { compareByAge } from './age.ts';

/**
 * TLS towards a Service, as the BackendTLSPolicy that selects it asks for. A policy for the Service's port (sectionName is
 * the port's name) is more specific than one for the whole Service; of two for the same target the older one counts
 * (apis/v1/backendtlspolicy_types.go, BackendTLSPolicySpec.TargetRefs).
 */
export function backendTlsOf(
  model: ClusterModel,
  gateway: Gateway,
  target: BackendTarget,
): Setting<BackendTls> | undefined {
  if (target.group !== '' || target.kind !== 'Service') return undefined;
  const service = valueOf(model.get('Service', target.namespace, target.name));
  const portName = service?.ports.find(({ port }) => port === target.port)?.name;
  let best: { policy: BackendTlsPolicy; exact: boolean } | undefined;
  for (const policy of model.listIn('BackendTLSPolicy', target.namespace).toSorted(compareByAge)) {
    for (const ref of policy.targets) {
      if (ref.group !== '' || ref.kind !== 'Service' || ref.name !== target.name) continue;
      const exact = ref.sectionName !== undefined;
      if (exact && ref.sectionName !== portName) continue;
      if (best === undefined || (exact && !best.exact)) best = { policy, exact };
    }
  }
  return best === undefined ? undefined : toSetting(best.policy, gateway);
}

function toSetting(policy: BackendTlsPolicy, gateway: Gateway): Setting<BackendTls> {
  const client = gateway.backendClientCertificate;
  const ca = policy.caCertificates[0];
  const name = policy.subjectAltNames.length > 0 ? policy.subjectAltNames.join(', ') : policy.hostname;
  return {
    value: {
      verify: true,
      ...(policy.hostname === undefined ? {} : { sni: policy.hostname }),
      ...(name === undefined ? {} : { verifyName: name }),
      ...(ca === undefined ? {} : { caFrom: objectId(ca.kind, ca.namespace, ca.name) }),
      ...(client === undefined ? {} : { clientCertificateFrom: objectId(client.kind, client.namespace, client.name) }),
    },
    from: { kind: 'field', object: idOf(policy), path: 'spec.validation' },
  };
}
