// Lookups time out or fail now and then (an overloaded CoreDNS, a slow upstream resolver, conntrack races, a forwarding
// loop): names exist, yet requests fail or crawl intermittently.
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { AppEventEntry, BackendErrorEntry, ControllerEntry } from '../../../sources/observations.ts';
import { dnsSetupOf } from '../../../trace/dns/dns-setup.ts';
import { examineClusterDns } from '../../../trace/dns/examine.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Degraded extends Fact {
  readonly why: string;
}

/** The resolver did not answer, or said that it could not: unlike NXDOMAIN, which is an answer. */
const NO_ANSWER =
  /i\/o timeout|timed out|timeout|server misbehaving|SERVFAIL|Temporary failure in name resolution|EAI_AGAIN|Try again|could not be resolved \((?:110|2):/i;

export default defineCheck<Degraded>({
  cause: 'cluster-dns-degraded',
  reads: ['Service', 'EndpointSlice', 'Pod', 'ConfigMap', 'Deployment', 'DaemonSet'],
  since: '0.1.0',
  explains: ['app-returned-error', 'upstream-timeout', 'dependency-misconfigured'],
  *find(world) {
    const { seen, model } = world;
    if (!seen.failing) return;
    const lines = failedLookups(world).filter((line) => NO_ANSWER.test(line.at.quote));
    const last = lines.at(-1);
    if (last === undefined) return;
    const dns = examineClusterDns(model);
    const setup = dnsSetupOf(model);
    const service = setup.services[0];
    const object: ObjectId | undefined = dns.object ?? (service === undefined ? undefined : idOf(service));
    if (object === undefined) return;
    const own = world.observations.entries.filter(
      (entry): entry is ControllerEntry =>
        entry.type === 'controller' && entry.event === 'dns-failure' && /coredns|kube-dns|dns/.test(entry.at.pod),
    );
    const evidence: Evidence[] = [logEvidence(last, 'a lookup got no answer', lines.length), ...dns.evidence];
    const said = own.at(-1);
    if (said !== undefined)
      evidence.push(logEvidence(said, `cluster DNS itself: ${said.message.slice(0, 120)}`, own.length));
    const certainty: Certainty =
      said !== undefined || dns.state === 'suspect' || dns.state === 'broken'
        ? 'proven'
        : lines.length > 1
          ? 'strong'
          : 'likely';
    yield {
      object,
      certainty,
      modes: ['dns-failure', 'passed-on', 'read-timeout'],
      partial: true,
      evidence,
      why: dns.state === 'ok' ? 'lookups get no answer in time' : dns.why,
    };
  },
  describe: ({ object, why }) => ({
    headline: `Cluster DNS answers late or not at all: ${displayId(object)}`.slice(0, 80),
    why: `${why}; names exist, but lookups fail now and then.`,
    chain: [why, 'lookups time out', 'the proxy or app cannot reach its backend by name', '502/504'],
  }),
  fix: () => ({
    summary: 'Give cluster DNS more replicas or NodeLocal DNSCache, and check its upstream resolver',
    level: 'advice',
    patches: [],
    commands: [
      'kubectl -n kube-system logs -l k8s-app=kube-dns --tail=100',
      'kubectl -n kube-system get configmap coredns -o yaml',
    ],
  }),
  prove: () => [
    {
      command: 'for i in 1 2 3 4 5; do kubectl exec POD -- nslookup kubernetes.default; done',
      expect: 'some lookups time out',
    },
  ],
});

function failedLookups({ seen }: World): readonly (BackendErrorEntry | AppEventEntry)[] {
  return [
    ...seen.errors.filter((entry) => entry.mode === 'dns-failure'),
    ...seen.app.errors.filter((entry) => entry.mode === 'dns-failure'),
    ...seen.app.events.filter((entry) => entry.event === 'dependency-dns-failure'),
  ];
}
