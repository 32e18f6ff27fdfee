// Lookups time out or fail now and then (an overloaded CoreDNS, a slow upstream resolver, conntrack races, a forwarding
// loop): names exist, yet requests fail or crawl intermittently.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, splitId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Pod } from '../../../model/kinds/pod.ts';
import type { Workload } from '../../../model/kinds/workload.ts';
import { unansweredLookups } from '../../../trace/dns-need.ts';
import { type DnsSlowness, dnsSlowness, moreMemory } from '../../../trace/dns-slowness.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import type { Certainty, Fact, FixHint, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Degraded extends Fact {
  readonly slowness: DnsSlowness;
  readonly pod: Pod | undefined;
  readonly name: string;
}

export default defineCheck<Degraded>({
  cause: 'cluster-dns-degraded',
  reads: ['Service', 'EndpointSlice', 'Endpoints', 'Pod', 'ConfigMap', 'Deployment', 'DaemonSet'],
  since: '0.1.0',
  explains: ['app-returned-error', 'upstream-timeout', 'dependency-misconfigured', 'app-overloaded'],
  *find(world) {
    if (!world.seen.failing) return;
    const failures = unansweredLookups(world);
    const last = failures.at(-1);
    if (last === undefined) return;
    const slowness = dnsSlowness(world, failures);
    if (slowness === undefined) return;
    const evidence: Evidence[] = [
      logEvidence(last.line, 'a lookup got no answer', failures.length),
      ...slowness.evidence,
    ];
    const certainty: Certainty = slowness.shown ? 'proven' : failures.length > 1 ? 'strong' : 'likely';
    yield {
      object: slowness.object,
      certainty,
      modes: ['dns-failure', 'passed-on', 'read-timeout'],
      partial: true,
      evidence,
      slowness,
      pod: last.pod,
      name: last.name ?? 'kubernetes.default.svc',
    };
  },
  describe: ({ object, slowness: { why } }) => ({
    headline: `Cluster DNS answers late or not at all: ${displayId(object)}`,
    why: `${why}; names exist, but lookups fail now and then.`,
    chain: [why, 'lookups time out', 'the proxy or app cannot reach its backend by name', '502/504'],
  }),
  fix: ({ object, slowness }, world) => repair(world, object, slowness),
  prove: ({ pod, name }) => {
    const ask = `sh -c ${shellQuote(`for i in 1 2 3 4 5 6 7 8 9 10; do nslookup ${shellQuote(name)} >/dev/null || echo failed; done`)}`;
    const where =
      pod === undefined
        ? 'kubectl run dns-test -it --rm --restart=Never --image=busybox:1.36'
        : `kubectl debug -n ${shellQuote(pod.namespace)} ${shellQuote(pod.name)} --image=busybox:1.36 -it`;
    return [{ command: `${where} -- ${ask}`, expect: 'some lookups fail' }];
  },
});

function repair({ model }: World, object: Degraded['object'], { kind, why }: DnsSlowness): FixHint {
  const workload = model.object(object) as Workload | undefined;
  const memory = kind === 'memory' ? moreMemory(model, object) : undefined;
  if (memory !== undefined)
    return {
      summary: `Give ${displayId(object)} more memory (${memory.value})`,
      level: 'review',
      patches: [{ object, type: 'json', patch: [{ op: 'replace', ...memory }] }],
      commands: [],
    };
  if (kind === 'unexplained' && workload?.kind === 'Deployment' && workload.replicas === 1)
    return {
      summary: `Run a second replica of ${displayId(object)}; NodeLocal DNSCache takes more load off`,
      level: 'review',
      patches: [{ object, type: 'merge', patch: { spec: { replicas: 2 } } }],
      commands: [],
    };
  const { kind: objectKind, namespace } = splitId(object);
  const logs =
    objectKind === 'Deployment' || objectKind === 'DaemonSet' ? [`kubectl logs ${kubectlName(object)} --tail=100`] : [];
  return {
    summary:
      kind === 'upstream'
        ? `Mend the resolver behind cluster DNS: ${why}`
        : 'Give cluster DNS more replicas or NodeLocal DNSCache, and check its upstream resolver',
    level: 'advice',
    patches: [],
    commands: [...logs, `kubectl get configmap -n ${shellQuote(namespace)} -o yaml`],
  };
}
