// A route (or listener) that refers to a Service (or certificate) of another namespace needs a ReferenceGrant there. Without
// one the backend is invalid and the gateway answers 500 for the rule; a listener has no certificate to show.
import { inNamespace, kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, type ObjectId, objectId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { FailureMode } from '../../../sources/failure.ts';
import { grantFor } from '../../../trace/namespace-fix.ts';
import { grantToChange, type NearGrant, nearestGrant } from '../../../trace/reference-grants.ts';
import { servingTls } from '../../../trace/serving-tls.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Ungranted extends Fact {
  readonly reference: Reference;
  readonly near: NearGrant | undefined;
}

interface Reference {
  readonly from: ObjectId;
  readonly field: string;
  readonly to: ObjectId;
  readonly modes: readonly FailureMode[];
  readonly partial: boolean;
}

export default defineCheck<Ungranted>({
  cause: 'reference-not-permitted',
  reads: ['ReferenceGrant', 'HTTPRoute', 'GRPCRoute', 'Gateway', 'ListenerSet', 'Service', 'Secret'],
  since: '0.1.0',
  explains: ['service-not-found', 'no-ready-endpoints', 'gateway-tls-secret-invalid', 'edge-targets-missing'],
  latent: true,
  *find(world) {
    const { model } = world;
    for (const reference of [...refusedBackends(world), ...refusedCertificates(world)]) {
      const { from, to } = reference;
      const holder = model.object(from);
      const near = nearestGrant(model, from, to);
      const evidence: Evidence[] = [];
      if (holder !== undefined)
        evidence.push(
          citeField(holder, reference.field, `it refers to ${displayId(to)}, another namespace than its own`),
        );
      if (near !== undefined)
        evidence.push(citeField(near.grant, near.field, `ReferenceGrant ${near.grant.name}: ${near.why}`));
      else
        evidence.push({
          type: 'absence',
          what: 'ReferenceGrant',
          text: `no ReferenceGrant of namespace ${splitId(to).namespace} admits ${splitId(from).kind} of namespace ${splitId(from).namespace} to it`,
        });
      yield {
        object: grantToChange(near, from),
        certainty: 'strong',
        modes: reference.modes,
        partial: reference.partial,
        evidence,
        reference,
        near,
      };
    }
  },
  describe: ({ reference: { from, to } }) => ({
    headline: `${displayId(from)} may not use ${displayId(to)}`,
    why: `No ReferenceGrant in namespace ${splitId(to).namespace} admits ${splitId(from).kind} of namespace ${splitId(from).namespace}.`,
    chain:
      splitId(to).kind === 'Secret'
        ? ['no ReferenceGrant admits the reference', 'the listener has no certificate', 'clients cannot complete TLS']
        : ['no ReferenceGrant admits the reference', 'the backend is invalid', 'the gateway answers 500 for the rule'],
  }),
  fix({ reference: { from, to }, near }) {
    const { namespace } = splitId(to);
    if (near !== undefined)
      return {
        summary: `Let ReferenceGrant ${namespace}/${near.grant.name} admit ${splitId(from).kind} of ${splitId(from).namespace} to ${splitId(to).name}`,
        level: 'review',
        patches: [{ object: objectId('ReferenceGrant', namespace, near.grant.name), type: 'json', patch: near.patch }],
        commands: [],
      };
    return {
      summary: `Create a ReferenceGrant in ${namespace} that admits ${splitId(from).kind} of ${splitId(from).namespace}`,
      level: 'review',
      patches: [grantFor(from, to)],
      commands: [],
    };
  },
  prove: ({ reference: { from, to } }) => [
    {
      command: `kubectl get referencegrant${inNamespace(splitId(to).namespace)} -o yaml`,
      expect: `no entry that admits ${splitId(from).kind} of ${splitId(from).namespace} to ${splitId(to).kind} ${splitId(to).name}`,
    },
    {
      command: `kubectl get ${kubectlName(from)} -o yaml`,
      expect: 'status: ResolvedRefs=False, reason RefNotPermitted',
    },
  ],
});

function refusedBackends({ trace }: World): readonly Reference[] {
  const { rule } = trace;
  if (rule === undefined) return [];
  return trace.backends.flatMap(({ ref }): Reference[] =>
    ref.refused?.reason === 'ungranted' && ref.weight > 0
      ? [
          {
            from: rule.object,
            field: `${ref.field}.namespace`,
            to: ref.object,
            modes: ['no-service'],
            partial: trace.backends.filter((backend) => backend.ref.weight > 0).length > 1,
          },
        ]
      : [],
  );
}

/** The only certificate of the listener is out of its reach. */
function refusedCertificates({ trace, model }: World): readonly Reference[] {
  const serving = servingTls(model, trace);
  const refused = serving?.tls?.refused ?? [];
  if (serving === undefined || refused.length === 0 || refused.length < (serving.tls?.secrets.length ?? 0)) return [];
  return refused.flatMap(({ object, path }): Reference[] => {
    const to = serving.tls?.secrets.find((secret) => splitId(secret).namespace !== splitId(object).namespace);
    return to === undefined
      ? []
      : [{ from: object, field: path, to, modes: ['gateway-unreachable', 'tls-handshake'], partial: false }];
  });
}
