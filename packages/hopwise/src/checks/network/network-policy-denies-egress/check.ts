// A policy that selects the sending Pods (the gateway's, the caller's, or an app's that needs something) does not let them
// out to the backend. Connections hang until a connect timeout: 504; some networks reject instead: 502/503 at once.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { admitFlows } from '../../../trace/denial-fix.ts';
import { type DeniedFlows, deniedFlows } from '../../../trace/denied-flows.ts';
import { blockedLookups } from '../../../trace/dns-need.ts';
import { policyAge } from '../../../trace/policy-age.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Denied extends Fact {
  readonly denied: DeniedFlows;
}

export default defineCheck<Denied>({
  cause: 'network-policy-denies-egress',
  reads: [
    'NetworkPolicy',
    'AdminNetworkPolicy',
    'BaselineAdminNetworkPolicy',
    'Pod',
    'Namespace',
    'Node',
    'EndpointSlice',
    'Endpoints',
    'Service',
    'ConfigMap',
    '*CiliumNetworkPolicy',
    '*GlobalNetworkPolicy',
  ],
  since: '0.1.0',
  explains: [
    'app-overloaded',
    'upstream-timeout',
    'node-network-broken',
    'firewall-blocked',
    'app-returned-error',
    'dependency-misconfigured',
    'cluster-dns-degraded',
    'readiness-probe-failing',
    'no-ready-endpoints',
    'crash-loop',
    'liveness-restarts',
  ],
  *find(world) {
    for (const denied of deniedFlows(world, 'egress')) {
      const { observed, behindApp } = denied;
      // Some flows only: without a connection that was seen to fail, the request may well get through.
      if (!denied.all && observed === undefined) continue;
      const evidence: Evidence[] = [...denied.evidence];
      if (observed !== undefined) evidence.push(observed.evidence);
      const age = policyAge(world.model, denied.by, world.seen);
      if (age !== undefined) evidence.push(age);
      const certainty: Certainty = observed !== undefined ? 'proven' : behindApp ? 'likely' : 'strong';
      yield {
        object: denied.by,
        certainty,
        modes: behindApp
          ? ['connect-timeout', 'refused', 'no-route-to-host', 'passed-on', 'read-timeout', 'no-endpoints', 'reset']
          : ['connect-timeout', 'refused', 'no-route-to-host', 'no-live-endpoint'],
        partial: !denied.all,
        evidence,
        denied,
      };
    }
  },
  describe({ object, denied }) {
    const who = denied.from === undefined ? 'the caller' : `${denied.from.namespace}/${denied.from.name}`;
    return {
      headline: `${displayId(object)} stops ${denied.from?.namespace ?? 'the caller'} → ${denied.to}`,
      why: `${denied.why.replace(/\.$/, '')}.`,
      chain: [
        `${displayId(object)} does not let ${who} out`,
        `its connections to ${denied.to} get no answer`,
        denied.behindApp
          ? 'the app fails on what it needs and answers 5xx itself, hangs or is not ready'
          : 'the sender gives up after its connect timeout: 504',
      ],
    };
  },
  fix({ object, denied }, world) {
    const fix = admitFlows(world.model, [...denied.flows, ...blockedLookups(world, denied)]);
    if (fix === undefined)
      return {
        summary: `Let ${denied.from?.namespace ?? 'the caller'} connect to ${denied.to} in ${displayId(object)}`,
        level: 'advice',
        patches: [],
        commands: [`kubectl edit ${kubectlName(object)}`],
      };
    return {
      summary: fix.admits.map(({ policy, text }) => `Let ${text} pass in ${displayId(policy)}`).join('; '),
      level: 'review',
      patches: fix.patches,
      commands: [],
    };
  },
  prove({ object, denied: { from, to, why } }) {
    const policy = { command: `kubectl get ${kubectlName(object)} -o yaml`, expect: why };
    if (from === undefined || to === 'anywhere') return [policy];
    return [
      policy,
      {
        command: `kubectl debug -n ${shellQuote(from.namespace)} ${shellQuote(from.name)} --image=curlimages/curl -it -- curl -m 3 -sv ${shellQuote(`http://${to}/`)}`,
        expect: 'times out now, connects after the change',
      },
    ];
  },
});
