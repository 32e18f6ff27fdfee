// A policy that selects the backend Pods (or what an app needs) does not admit the sender's Pods on that port. The SYN is
// dropped, so the gateway waits for its connect timeout and answers 504 (some networks reject: then 502/503 at once).
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { admitFlows } from '../../../trace/denial-fix.ts';
import { type DeniedFlows, deniedFlows } from '../../../trace/denied-flows.ts';
import { policyAge } from '../../../trace/policy-age.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Denied extends Fact {
  readonly denied: DeniedFlows;
}

export default defineCheck<Denied>({
  cause: 'network-policy-denies-ingress',
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
    'readiness-probe-failing',
    'no-ready-endpoints',
    'crash-loop',
    'liveness-restarts',
  ],
  *find(world) {
    for (const denied of deniedFlows(world, 'ingress')) {
      const { observed, behindApp } = denied;
      // Some flows only: without a connection that was seen to fail, the request may well get through.
      if (!denied.all && observed === undefined) continue;
      const evidence: Evidence[] = [...denied.evidence];
      if (observed !== undefined) evidence.push(observed.evidence);
      const age = policyAge(world.model, denied.by, world.seen);
      if (age !== undefined) evidence.push(age);
      const certainty: Certainty = observed !== undefined ? 'proven' : 'strong';
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
    const who = denied.from === undefined ? 'the sender' : `${denied.from.namespace}/${denied.from.name}`;
    return {
      headline: `${displayId(object)} denies ${denied.from?.namespace ?? 'the sender'} → ${denied.to}`,
      why: `${denied.why.replace(/\.$/, '')}.`,
      chain: [
        `${displayId(object)} does not admit ${who}`,
        `connections to ${denied.to} get no answer`,
        denied.behindApp
          ? 'the app fails on what it needs and answers 5xx itself, hangs or is not ready'
          : 'the sender gives up after its connect timeout: 504',
      ],
    };
  },
  fix({ object, denied }, { model }) {
    const fix = admitFlows(model, denied.flows);
    if (fix === undefined)
      return {
        summary: `Admit ${denied.from?.namespace ?? 'the sender'} to ${denied.to} in ${displayId(object)}`,
        level: 'advice',
        patches: [],
        commands: [`kubectl edit ${kubectlName(object)}`],
      };
    return {
      summary: fix.admits.map(({ policy, text }) => `Admit ${text} in ${displayId(policy)}`).join('; '),
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
