// A service mesh refuses the connection between gateway and sidecar: strict mTLS towards a caller that does not speak it, or
// an authorization policy that does not admit it. The client sees 503 (reset) or 403.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { AccessEntry } from '../../../sources/observations.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { meshDenials, type PathDenial } from '../../../trace/mesh/denials.ts';
import { observedMode } from '../../../trace/path-queries.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Denied extends Fact {
  readonly denial: PathDenial;
}

export default defineCheck<Denied>({
  cause: 'mesh-policy-denies',
  reads: [
    'Pod',
    'Namespace',
    'Service',
    'EndpointSlice',
    'Endpoints',
    'ConfigMap',
    '*PeerAuthentication',
    '*AuthorizationPolicy',
    '*DestinationRule',
    '*Server',
    '*ServerAuthorization',
    '*MeshTLSAuthentication',
    '*NetworkAuthentication',
  ],
  since: '0.1.0',
  explains: [
    'app-returned-error',
    'app-crashes-on-request',
    'backend-expects-tls',
    'backend-expects-plaintext',
    'backend-tls-untrusted',
    'backend-protocol-mismatch',
    'keepalive-idle-race',
    'target-port-mismatch',
  ],
  *find(world) {
    for (const denial of meshDenials(world)) {
      const said = observedOf(world, denial);
      const evidence: Evidence[] = [...denial.evidence];
      if (said !== undefined) evidence.push(said);
      const certainty: Certainty = said !== undefined ? 'proven' : 'strong';
      yield { object: denial.object, certainty, modes: denial.modes, partial: denial.partial, evidence, denial };
    }
  },
  describe: ({ object, denial: { why, kind } }) => ({
    headline: `${displayId(object)} refuses the caller`,
    why: `${why.slice(0, 1).toUpperCase()}${why.slice(1)}.`,
    chain: [
      why,
      kind === 'mtls' ? 'the sidecar closes the connection' : 'the sidecar refuses the request',
      kind === 'mtls' ? 'the caller sees a reset: 502/503' : '403 (RBAC: access denied)',
    ],
  }),
  fix({ object, denial: { remedy, patches } }) {
    return {
      summary: remedy,
      level: patches.length === 0 ? 'advice' : 'review',
      patches,
      commands: patches.length === 0 ? [`kubectl edit ${kubectlName(object)}`] : [],
      wanted: (world) => !meshDenials(world).some((denial) => denial.object === object),
    };
  },
  prove: ({ object, denial: { why } }) => [{ command: `kubectl get ${kubectlName(object)} -o yaml`, expect: why }],
});

/** What was seen of it: the mesh's own words, or the reset that refused mTLS shows as. */
function observedOf({ seen }: World, { kind }: PathDenial): Evidence | undefined {
  if (!seen.failing) return undefined;
  if (kind === 'mtls') return observedMode(seen, 'reset', 'tls-handshake', 'protocol-error')?.evidence;
  const { response } = seen;
  const lines: readonly AccessEntry[] = [...seen.access, ...seen.app.access];
  const line = lines.findLast((entry) => /rbac_access_denied/i.test(`${entry.details ?? ''} ${entry.at.quote}`));
  if (line !== undefined)
    return logEvidence(line, `${line.status ?? ''} ${line.flags ?? ''} ${line.details ?? ''}`.trim());
  if (response !== undefined && /RBAC: access denied/i.test(response.body))
    return {
      type: 'response',
      text: 'body says RBAC: access denied',
      ...(response.file === undefined ? {} : { file: response.file }),
    };
  return observedMode(seen, 'request-refused')?.evidence;
}
