// The certificate of the listener or Ingress is missing, malformed, expired or for another name. Clients fail the TLS
// handshake or are shown a default certificate; an edge that verifies it answers 525/526, and a Gateway listener without
// any is not served.
import { pointerOf } from '../../../base/json-pointer.ts';
import { inNamespace, kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, splitId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import { type CertificateVerdict, judgeServedCertificate } from '../../../trace/certificate-verdict.ts';
import { similarNames } from '../../../trace/similar.ts';
import type { Fact, FixHint } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface BadCertificate extends Fact {
  readonly verdict: CertificateVerdict;
  readonly asked: string;
  readonly port: number;
  /** Another Secret of the namespace that was plainly meant. */
  readonly meant: string | undefined;
}

export default defineCheck<BadCertificate>({
  cause: 'gateway-tls-secret-invalid',
  reads: ['Secret', 'Ingress', 'Gateway', 'ListenerSet', '*Certificate'],
  since: '0.1.0',
  explains: ['host-not-matched', 'route-not-attached', 'gateway-down', 'edge-targets-missing'],
  latent: true,
  *find(world) {
    const verdict = judgeServedCertificate(world);
    if (verdict === undefined) return;
    const { model, trace } = world;
    const { namespace, name } = splitId(verdict.secret ?? verdict.object);
    const others = model.listIn('Secret', namespace).filter((entry) => entry.type === 'kubernetes.io/tls');
    yield {
      object: verdict.object,
      certainty: verdict.sureness,
      modes: ['gateway-unreachable', 'tls-handshake'],
      evidence: verdict.evidence,
      verdict,
      asked: trace.request.urlHost,
      port: trace.request.port,
      meant: verdict.absent
        ? similarNames(
            name,
            others.map((entry) => entry.name),
          )[0]
        : undefined,
    };
  },
  describe: ({ object, verdict: { secret, why }, asked }) => ({
    headline:
      secret === undefined
        ? `${displayId(object)} has no certificate for ${asked}`
        : `${displayId(object)}: no good certificate for ${asked}`,
    why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
    chain: [why, `there is no valid certificate for ${asked}`, 'clients cannot complete TLS'],
  }),
  fix: ({ verdict, meant, asked }) =>
    (meant === undefined ? undefined : nameSecret(verdict, meant)) ?? replaceCertificate(verdict, asked),
  prove: ({ verdict: { secret }, asked, port }) => [
    ...(secret === undefined
      ? []
      : [
          {
            command: `kubectl get ${kubectlName(secret)} -o jsonpath='{.data.tls\\.crt}' | base64 -d | openssl x509 -noout -subject -enddate -ext subjectAltName`,
            expect: 'NotFound, or an end date or names that do not fit',
          },
        ]),
    {
      command: `openssl s_client -connect ${shellQuote(`${asked}:${port}`)} -servername ${shellQuote(asked)} </dev/null 2>/dev/null | openssl x509 -noout -subject -enddate`,
      expect: 'the certificate that clients are shown',
    },
  ],
});

/** The reference has a slip in it: the Secret is there under nearly that name. */
function nameSecret({ serving }: CertificateVerdict, meant: string): FixHint | undefined {
  const pointer = pointerOf(serving.nameAt);
  if (pointer === undefined) return undefined;
  return {
    summary: `Name Secret ${meant} in ${displayId(serving.holder)}`,
    level: 'review',
    patches: [
      {
        object: serving.holder,
        type: 'json',
        patch: [{ op: 'replace', path: pointer, value: meant }],
      },
    ],
    commands: [],
  };
}

function replaceCertificate({ secret, object }: CertificateVerdict, asked: string): FixHint {
  const { namespace, name } = splitId(secret ?? object);
  const where = inNamespace(namespace);
  const place = secret === undefined ? `a Secret and name it in ${displayId(object)}` : displayId(secret);
  return {
    summary: `Put a valid certificate for ${asked} into ${place}`,
    level: 'advice',
    patches: [],
    commands: [
      `kubectl get certificates,certificaterequests,orders,challenges${where}   # cert-manager: why it was not issued or renewed`,
      ...(secret === undefined
        ? []
        : [
            `kubectl create secret tls ${shellQuote(name)}${where} --cert=tls.crt --key=tls.key --dry-run=client -o yaml | kubectl apply -f -`,
          ]),
    ],
  };
}
