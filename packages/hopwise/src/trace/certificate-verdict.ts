import { displayId, type ObjectId, splitId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import { type CertificateComplaint, type ComplaintKind, certificateComplaint } from './certificate-complaint.ts';
import { type CertificateFault, issuingTrouble, judgeCertificate } from './certificate-fault.ts';
import type { PathObservations } from './observed.ts';
import { type ServingTls, servingTls } from './serving-tls.ts';
import type { Trace } from './trace.ts';

/** The certificate shown for a request is to blame. */
export interface CertificateVerdict {
  /** The Secret to renew, else the object that names none or a wrong one, or that should have issued it. */
  readonly object: ObjectId;
  readonly serving: ServingTls;
  /** Undefined: nothing names one for the host. */
  readonly secret: ObjectId | undefined;
  /** The Secret is not there, and nobody is about to write it. */
  readonly absent: boolean;
  readonly sureness: Sureness;
  readonly why: string;
  readonly evidence: readonly Evidence[];
}
type Sureness = 'proven' | 'strong' | 'likely';

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

/** What the Secret shows weighed with what a client says; undefined when they give no reason to blame it. */
export function judgeServedCertificate({ model, trace, seen }: Asked): CertificateVerdict | undefined {
  const serving = servingTls(model, trace);
  if (serving === undefined || serving.tls?.mode === 'passthrough') return undefined;
  const complaint = certificateComplaint(seen);
  const refused = serving.tls?.refused?.length ?? 0;
  const secrets = serving.tls?.secrets ?? [];
  // A certificate out of the listener's reach is another fault.
  if (refused > 0 && refused >= secrets.length) return undefined;
  const host = trace.request.urlHost;
  if (secrets.length === 0) return uncovered(model, serving, complaint, host);
  const faults = secrets.map((id) => ({ id, fault: judgeCertificate(model, id, host) }));
  const [first] = faults;
  // One certificate that may be good among several is enough.
  if (first === undefined || (faults.length > 1 && faults.some(({ fault }) => fault.kind !== 'absent')))
    return undefined;
  // In plain manifests a Secret is often left to cert-manager or to people.
  const mustResolve = trace.gateway?.dialect === 'gateway-api' && !model.manifestsOnly;
  const sureness = weigh(first.fault, complaint, mustResolve);
  if (sureness === undefined) return undefined;
  const trouble = issuingTrouble(model, first.id);
  const absent = first.fault.kind === 'absent';
  const { name } = splitId(first.id);
  return {
    object: absent ? (trouble?.object ?? serving.holder) : first.id,
    serving,
    secret: first.id,
    absent: absent && trouble === undefined,
    sureness,
    why: 'why' in first.fault ? first.fault.why : `Secret ${name}: ${SAID[complaint?.kind ?? 'untrusted']}`,
    evidence: [
      ...cited(model, serving, `${host} is served with Secret ${name}`),
      ...('evidence' in first.fault ? [first.fault.evidence] : []),
      ...(trouble === undefined ? [] : [trouble.evidence]),
      ...(complaint === undefined ? [] : [complaint.evidence]),
    ],
  };
}

/** TLS is configured for other names only, or not at all: the proxy shows a certificate of its own. */
function uncovered(
  model: ClusterModel,
  serving: ServingTls,
  complaint: CertificateComplaint | undefined,
  host: string,
): CertificateVerdict | undefined {
  if (complaint?.kind !== 'default' && complaint?.kind !== 'other-name') return undefined;
  return {
    object: serving.holder,
    serving,
    secret: undefined,
    absent: false,
    sureness: 'strong',
    why: `${displayId(serving.holder)} names no certificate for ${host}`,
    evidence: [...cited(model, serving, `no entry names a certificate for ${host}`), complaint.evidence],
  };
}

function cited(model: ClusterModel, serving: ServingTls, text: string): readonly Evidence[] {
  const holder = model.object(serving.holder);
  return holder === undefined ? [] : [citeField(holder, serving.field, text)];
}

/**
 * A missing or broken certificate makes a proxy show its default one, which only clients that verify mind; a Gateway
 * listener is then not served at all.
 */
function weigh(
  fault: CertificateFault,
  complaint: CertificateComplaint | undefined,
  mustResolve: boolean,
): Sureness | undefined {
  switch (fault.kind) {
    case 'absent':
    case 'unusable':
      if (complaint !== undefined) return 'proven';
      return mustResolve ? 'strong' : undefined;
    case 'expired':
    case 'other-name':
      return complaint === undefined ? undefined : 'proven';
    case 'none':
      return undefined;
    case 'unknown':
      return complaint === undefined ? undefined : BY_COMPLAINT[complaint.kind];
  }
}

/** With the content redacted: how much the client's words alone say against this Secret. */
const BY_COMPLAINT: Readonly<Record<ComplaintKind, Sureness | undefined>> = {
  expired: 'proven',
  'not-yet-valid': 'proven',
  'other-name': 'proven',
  default: 'strong',
  'self-signed': 'likely',
  untrusted: 'likely',
  handshake: undefined,
};

const SAID: Readonly<Record<ComplaintKind, string>> = {
  expired: 'clients are shown an expired certificate',
  'not-yet-valid': 'clients are shown a certificate that is not valid yet',
  'other-name': 'clients are shown a certificate for another name',
  default: 'the proxy shows its default certificate, so it cannot use this one',
  'self-signed': 'clients are shown a self-signed certificate',
  untrusted: 'clients cannot verify the certificate they are shown',
  handshake: 'the TLS handshake fails',
};
