// An egress policy lets the Pod connect to its backends but not to cluster DNS (UDP/TCP 53): every lookup times out, and
// what looks like a broken backend is a name that cannot be resolved.
import { displayId, splitId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Pod } from '../../../model/kinds/pod.ts';
import { judgeDnsAccess } from '../../../trace/dns/access.ts';
import { needsClusterDns } from '../../../trace/dns-need.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Blocked extends Fact {
  readonly pod: Pod;
  readonly why: string;
}

export default defineCheck<Blocked>({
  cause: 'dns-blocked-by-policy',
  reads: [
    'NetworkPolicy',
    'AdminNetworkPolicy',
    'BaselineAdminNetworkPolicy',
    'Pod',
    'Namespace',
    'Service',
    'EndpointSlice',
    'ConfigMap',
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
  ],
  *find(world) {
    const need = needsClusterDns(world);
    if (need === undefined) return;
    const callers = world.trace.callers.state === 'found' ? world.trace.callers.value : [];
    const seen = new Set<string>();
    for (const pod of [...callers, ...world.seen.app.pods]) {
      const verdict = judgeDnsAccess(world.model, pod);
      const by = verdict?.by[0];
      if (verdict === undefined || verdict.state !== 'denied' || by === undefined || seen.has(by)) continue;
      seen.add(by);
      const evidence: Evidence[] = [...verdict.evidence, ...need.evidence];
      const certainty: Certainty = need.observed ? 'proven' : 'likely';
      yield {
        object: by,
        certainty,
        modes: ['dns-failure', 'passed-on', 'read-timeout', 'connect-timeout', 'no-endpoints'],
        evidence,
        pod,
        why: verdict.why,
      };
    }
  },
  describe: ({ object, pod, why }) => ({
    headline: `${displayId(object)} keeps ${pod.namespace} from cluster DNS`.slice(0, 80),
    why: `${why.replace(/\.$/, '')}, so ${pod.name} cannot resolve any name.`,
    chain: [
      `${displayId(object)} does not allow port 53 to cluster DNS`,
      'lookups time out',
      'names cannot be resolved',
      '502/503/504',
    ],
  }),
  fix: ({ object }) => ({
    summary: `Allow UDP and TCP 53 to cluster DNS in ${displayId(object)}`,
    level: 'safe',
    patches:
      splitId(object).kind === 'NetworkPolicy'
        ? [
            {
              object,
              type: 'json',
              patch: [
                {
                  op: 'add',
                  path: '/spec/egress/-',
                  value: {
                    to: [
                      {
                        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
                        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
                      },
                    ],
                    ports: [
                      { protocol: 'UDP', port: 53 },
                      { protocol: 'TCP', port: 53 },
                    ],
                  },
                },
              ],
            },
          ]
        : [],
    commands: [],
  }),
  prove: ({ pod }) => [
    {
      command: `kubectl exec -n ${pod.namespace} ${pod.name} -- nslookup kubernetes.default`,
      expect: 'times out; resolves after the change',
    },
  ],
});
