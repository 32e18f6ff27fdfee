// An egress policy lets the Pod connect to its backends but not to cluster DNS (UDP/TCP 53), or a policy of the DNS Pods
// does not admit it: every lookup times out, and what looks like a broken backend is a name that cannot be resolved.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, type ObjectId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Pod } from '../../../model/kinds/pod.ts';
import { admitFlows } from '../../../trace/denial-fix.ts';
import { deniedFlows } from '../../../trace/denied-flows.ts';
import { judgeDnsAccess } from '../../../trace/dns/access.ts';
import { deniedLookups } from '../../../trace/dns-flows.ts';
import { type DnsNeed, needsClusterDns } from '../../../trace/dns-need.ts';
import { policyAge } from '../../../trace/policy-age.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Blocked extends Fact {
  readonly pod: Pod;
  readonly why: string;
}

const CERTAINTY: Readonly<Record<DnsNeed['how'], Certainty>> = {
  failed: 'proven',
  'by-name': 'strong',
  app: 'likely',
};

export default defineCheck<Blocked>({
  cause: 'dns-blocked-by-policy',
  reads: [
    'NetworkPolicy',
    'AdminNetworkPolicy',
    'BaselineAdminNetworkPolicy',
    'Pod',
    'Namespace',
    'Node',
    'Service',
    'EndpointSlice',
    'Endpoints',
    'ConfigMap',
    'DaemonSet',
    '*CiliumNetworkPolicy',
    '*GlobalNetworkPolicy',
  ],
  since: '0.1.0',
  explains: [
    'cluster-dns-degraded',
    'dns-name-not-found',
    'network-policy-denies-egress',
    'app-returned-error',
    'dependency-misconfigured',
    'readiness-probe-failing',
    'crash-loop',
    'no-ready-endpoints',
    'upstream-timeout',
    'app-overloaded',
  ],
  *find(world) {
    const need = needsClusterDns(world);
    if (need === undefined) return;
    const seen = new Set<ObjectId>();
    for (const pod of need.pods) {
      const verdict = judgeDnsAccess(world.model, pod);
      const by = verdict?.by[0];
      if (verdict === undefined || verdict.state !== 'denied' || by === undefined || seen.has(by)) continue;
      seen.add(by);
      // A policy that stops the request itself as well is better told as what it is.
      if (need.how !== 'failed' && deniesMore(world, by)) continue;
      const evidence: Evidence[] = [...verdict.evidence, ...need.evidence];
      const age = policyAge(world.model, by, world.seen);
      if (age !== undefined) evidence.push(age);
      yield {
        object: by,
        certainty: CERTAINTY[need.how],
        modes: ['dns-failure', 'passed-on', 'read-timeout', 'connect-timeout', 'no-endpoints'],
        evidence,
        pod,
        why: verdict.why,
      };
    }
  },
  describe: ({ object, pod, why }) => ({
    headline: `${displayId(object)} keeps ${pod.namespace} from cluster DNS`,
    why: `${why.replace(/\.$/, '')}, so ${pod.name} cannot resolve any name.`,
    chain: [
      `${displayId(object)} does not allow port 53 to cluster DNS`,
      'lookups time out',
      'names cannot be resolved',
      '502/503/504',
    ],
  }),
  fix({ object, pod }, world) {
    const others = deniedFlows(world, 'egress').filter(({ by }) => by === object);
    const flows = [...deniedLookups(world.model, pod), ...others.flatMap((denied) => denied.flows)];
    const fix = admitFlows(world.model, flows);
    return {
      summary: `Allow UDP and TCP 53 to cluster DNS in ${displayId(object)}`,
      level: fix === undefined ? 'advice' : 'safe',
      patches: fix?.patches ?? [],
      commands: fix === undefined ? [`kubectl edit ${kubectlName(object)}`] : [],
    };
  },
  prove: ({ object, pod, why }) => [
    { command: `kubectl get ${kubectlName(object)} -o yaml`, expect: why },
    {
      command: `kubectl debug -n ${shellQuote(pod.namespace)} ${shellQuote(pod.name)} --image=busybox:1.36 -it -- nslookup kubernetes.default.svc`,
      expect: 'times out; resolves after the change',
    },
  ],
});

function deniesMore(world: World, by: ObjectId): boolean {
  return deniedFlows(world, 'egress').some((denied) => denied.by === by && denied.all);
}
