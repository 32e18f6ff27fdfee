import { idOf } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Secret } from '../model/kinds/cluster.ts';
import type { Pod } from '../model/kinds/pod.ts';
import { podsOnPath } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** A certificate that the backend's Pods mount, as far as the capture shows it. */
export interface BackendCertificate {
  readonly secret: Secret;
  readonly names: readonly string[];
  readonly expired: boolean;
  readonly evidence: Evidence;
}

/** The certificates in Secrets that the Pods behind this path mount; redacted ones say nothing. */
export function backendCertificates({
  model,
  trace,
}: {
  readonly model: ClusterModel;
  readonly trace: Trace;
}): readonly BackendCertificate[] {
  const secrets = new Map<string, Secret>();
  for (const pod of podsOnPath(trace))
    for (const name of mountedSecrets(pod)) {
      const secret = model.get('Secret', pod.namespace, name);
      if (secret.state === 'found') secrets.set(idOf(secret.value), secret.value);
    }
  return [...secrets.values()].flatMap((secret) => {
    const { certificate } = secret;
    if (certificate?.state !== 'read') return [];
    const expired = certificate.notAfter < model.now;
    const until = new Date(certificate.notAfter).toISOString().slice(0, 10);
    const text = `its certificate is for ${certificate.names.slice(0, 4).join(', ') || certificate.subject}, ${expired ? 'expired' : 'valid until'} ${until}`;
    const evidence = citeField(secret, 'data["tls.crt"]', text);
    return [{ secret, names: certificate.names, expired, evidence }];
  });
}

function mountedSecrets(pod: Pod): readonly string[] {
  return pod.spec.volumes.flatMap((volume) => (volume.kind === 'Secret' ? (volume.source ?? []) : []));
}
