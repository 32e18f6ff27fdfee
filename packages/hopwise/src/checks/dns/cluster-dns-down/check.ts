// Cluster DNS has no ready Pod (or its Service no endpoints): every name that a gateway or app resolves fails, so backends
// by name cannot be reached and apps lose their dependencies.
import { displayId } from '../../../base/object-id.ts';
import { examineClusterDns } from '../../../trace/dns/examine.ts';
import { needsClusterDns } from '../../../trace/dns-need.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Down extends Fact {
  readonly why: string;
}

export default defineCheck<Down>({
  cause: 'cluster-dns-down',
  reads: ['Service', 'EndpointSlice', 'Pod', 'ConfigMap', 'Deployment', 'DaemonSet', 'Event'],
  since: '0.1.0',
  explains: [
    'dns-name-not-found',
    'cluster-dns-degraded',
    'app-returned-error',
    'dependency-misconfigured',
    'readiness-probe-failing',
    'no-ready-endpoints',
    'crash-loop',
  ],
  *find(world) {
    const need = needsClusterDns(world);
    if (need === undefined || world.model.manifestsOnly) return;
    const dns = examineClusterDns(world.model);
    if (dns.state !== 'broken' || dns.object === undefined) return;
    const certainty: Certainty = need.observed ? 'proven' : 'strong';
    yield {
      object: dns.object,
      certainty,
      modes: ['dns-failure', 'passed-on', 'no-endpoints', 'read-timeout', 'connect-timeout'],
      evidence: [...dns.evidence, ...need.evidence],
      why: dns.why,
    };
  },
  describe: ({ object, why }) => ({
    headline: `Cluster DNS is down: ${displayId(object)}`.slice(0, 80),
    why: `${why}, so no name in the cluster resolves.`,
    chain: [why, 'lookups fail', 'the request’s path needs a name', '502/503'],
  }),
  fix: ({ object }) => ({
    summary: `Bring ${displayId(object)} back`,
    level: 'advice',
    patches: [],
    commands: [
      'kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide',
      'kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50',
    ],
  }),
  prove: () => [
    {
      command: 'kubectl run -it --rm dns --image=busybox:1.36 --restart=Never -- nslookup kubernetes.default',
      expect: 'no answer',
    },
  ],
});
