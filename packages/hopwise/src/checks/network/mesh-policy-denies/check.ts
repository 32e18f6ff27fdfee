// A service mesh refuses the connection between gateway and sidecar: strict mTLS towards a caller without a sidecar, or an
// authorization policy (RBAC) that denies it. The client sees 503 (reset) or 403.
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { meshRulesFor } from '../../../trace/mesh.ts';
import { observedMode } from '../../../trace/path-queries.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface MeshDenies extends Fact {
  readonly why: string;
}

export default defineCheck<MeshDenies>({
  cause: 'mesh-policy-denies',
  reads: ['Pod', 'Namespace', '*PeerAuthentication', '*AuthorizationPolicy', '*DestinationRule'],
  since: '0.1.0',
  explains: ['app-returned-error', 'app-crashes-on-request', 'backend-expects-tls'],
  *find(world) {
    const { seen } = world;
    if (!seen.failing) return;
    const rbac = seen.response !== undefined && /RBAC: access denied/.test(seen.response.body);
    const line = [...seen.access, ...seen.app.access].findLast((entry) =>
      /rbac_access_denied|UAEX/.test(`${entry.details ?? ''} ${entry.flags ?? ''}`),
    );
    const reset = observedMode(seen, 'reset', 'tls-handshake');
    for (const rule of meshRulesFor(world)) {
      const denied =
        rule.kind === 'authorization' ? rbac || line !== undefined : reset !== undefined && rule.strictWithoutSidecar;
      if (!denied) continue;
      const evidence: Evidence[] = [citeField(rule.object, rule.path, rule.text)];
      if (line !== undefined) evidence.push(logEvidence(line, `${line.flags ?? ''} ${line.details ?? ''}`.trim()));
      if (rule.kind !== 'authorization' && reset !== undefined) evidence.push(reset.evidence);
      const object: ObjectId = idOf(rule.object);
      const certainty: Certainty = rbac || line !== undefined ? 'proven' : 'strong';
      yield {
        object,
        certainty,
        modes: ['reset', 'tls-handshake', 'request-refused', 'passed-on'],
        evidence,
        why: rule.text,
      };
    }
  },
  describe: ({ object, why }) => ({
    headline: `${displayId(object)} refuses the gateway`.slice(0, 80),
    why: `${why.replace(/\.$/, '')}, so the sidecar refuses the gateway's request.`,
    chain: [why, 'the sidecar refuses the connection or request', '503 (reset) or 403'],
  }),
  fix: ({ object }) => ({
    summary: `Admit the gateway in ${displayId(object)}, or put the gateway into the mesh`,
    level: 'review',
    patches: [],
    commands: [],
  }),
  prove: ({ object }) => [
    {
      command: `kubectl get ${object.split('/')[0]?.toLowerCase()} ${object.split('/')[2]} -n ${object.split('/')[1]} -o yaml`,
      expect: 'the rule that refuses',
    },
  ],
});
