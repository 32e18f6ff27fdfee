// Cluster DNS has no ready Pod, its Service no endpoints, or Pods ask an address at which it is not: every name that a
// gateway or app resolves fails, so backends by name cannot be reached and apps lose what they need.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, type ObjectId, splitId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { type DnsNeed, needsClusterDns } from '../../../trace/dns-need.ts';
import { dnsOutage } from '../../../trace/dns-outage.ts';
import { repairDns } from '../../../trace/dns-repair.ts';
import { lostServer } from '../../../trace/dns-server.ts';
import type { Certainty, Fact, PatchHint } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Down extends Fact {
  readonly why: string;
  readonly repair: { readonly summary: string; readonly patches: readonly PatchHint[] } | undefined;
}

const CERTAINTY: Readonly<Record<DnsNeed['how'], Certainty>> = {
  failed: 'proven',
  'by-name': 'strong',
  app: 'likely',
};

export default defineCheck<Down>({
  cause: 'cluster-dns-down',
  reads: ['Service', 'EndpointSlice', 'Endpoints', 'Pod', 'Node', 'ConfigMap', 'Deployment', 'DaemonSet', 'Event'],
  since: '0.1.0',
  explains: [
    'dns-name-not-found',
    'cluster-dns-degraded',
    'app-returned-error',
    'dependency-misconfigured',
    'readiness-probe-failing',
    'no-ready-endpoints',
    'crash-loop',
    'upstream-timeout',
    'app-overloaded',
  ],
  *find(world) {
    const { model } = world;
    const need = needsClusterDns(world);
    if (need === undefined || model.manifestsOnly) return;
    const base = {
      certainty: CERTAINTY[need.how],
      modes: ['dns-failure', 'passed-on', 'no-endpoints', 'read-timeout', 'connect-timeout', 'refused'] as const,
    };
    const outage = dnsOutage(world);
    if (outage !== undefined) {
      const evidence: Evidence[] = [...outage.evidence, ...need.evidence];
      yield { ...base, object: outage.object, evidence, why: outage.why, repair: repairDns(model, outage.object) };
      return;
    }
    const lost = lostServer(world, need);
    if (lost === undefined) return;
    const patches = lost.patch === undefined ? [] : [lost.patch];
    const summary =
      lost.now === undefined ? 'Name the address of cluster DNS' : `Name ${lost.now} instead of ${lost.address}`;
    const repair = { summary: `${summary} in ${displayId(lost.object)}`, patches };
    yield { ...base, object: lost.object, evidence: [...lost.evidence, ...need.evidence], why: lost.why, repair };
  },
  describe: ({ object, why }) => ({
    headline: `Cluster DNS is down: ${displayId(object)}`,
    why: `${why}, so no name in the cluster resolves.`,
    chain: [why, 'lookups fail', 'the request’s path needs a name', '502/503'],
  }),
  fix: ({ object, repair }) => ({
    summary: repair?.summary ?? `Bring ${displayId(object)} back`,
    level: repair === undefined || repair.patches.length === 0 ? 'advice' : 'review',
    patches: repair?.patches ?? [],
    commands: repair === undefined || repair.patches.length === 0 ? lookInto(object) : [],
  }),
  prove: ({ object }) => [
    {
      command: 'kubectl run dns-test -it --rm --restart=Never --image=busybox:1.36 -- nslookup kubernetes.default.svc',
      expect: 'no answer',
    },
    { command: `kubectl get ${kubectlName(object)} -o yaml`, expect: 'what keeps cluster DNS from answering' },
  ],
});

function lookInto(object: ObjectId): readonly string[] {
  const { kind, namespace } = splitId(object);
  const logs = kind === 'Deployment' || kind === 'DaemonSet' ? [`kubectl logs ${kubectlName(object)} --tail=50`] : [];
  return [`kubectl get pods -n ${namespace === '' ? 'kube-system' : namespace} -o wide`, ...logs];
}
