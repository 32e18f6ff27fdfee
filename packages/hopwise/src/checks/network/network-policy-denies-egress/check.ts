// A policy that selects the sending Pods (gateway or an app that proxies on) does not allow the way out to the backend.
// Connections hang until a connect timeout: 504.
import { displayId, splitId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { type DeniedFlows, deniedFlows } from '../../../trace/denied-flows.ts';
import { narrowestAdmission } from '../../../trace/policy/narrowest-admission.ts';
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
    'Service',
  ],
  since: '0.1.0',
  explains: [
    'app-overloaded',
    'upstream-timeout',
    'node-network-broken',
    'firewall-blocked',
    'app-returned-error',
    'dependency-misconfigured',
    'dns-name-not-found',
    'cluster-dns-degraded',
  ],
  *find(world) {
    for (const denied of deniedFlows(world, 'egress')) {
      const observed = denied.observed;
      // Some flows only: without a connection that was seen to fail, the request may well get through.
      if (!denied.all && observed === undefined) continue;
      const evidence: Evidence[] = [...denied.evidence];
      if (observed !== undefined) evidence.push(observed.evidence);
      const certainty: Certainty = observed !== undefined ? 'proven' : denied.behindApp ? 'likely' : 'strong';
      yield {
        object: denied.by,
        certainty,
        modes: denied.behindApp
          ? ['connect-timeout', 'refused', 'no-route-to-host', 'passed-on', 'read-timeout']
          : ['connect-timeout', 'refused', 'no-route-to-host'],
        partial: !denied.all,
        evidence,
        denied,
      };
    }
  },
  describe: ({ object, denied }) => ({
    headline: `${displayId(object)} stops ${denied.from?.namespace ?? 'the gateway'} → ${denied.to}`.slice(0, 80),
    why: `${denied.why.replace(/\.$/, '')}.`,
    chain: [
      `${displayId(object)} ${denied.side === 'ingress' ? 'does not admit' : 'does not let out'} ${callerOf(denied)}`,
      `connections to ${denied.to} get no answer`,
      denied.behindApp
        ? 'the app answers 504 itself, the gateway passes it on'
        : 'the gateway gives up after its connect timeout',
    ],
  }),
  fix({ object, denied }, { model }) {
    const admission = denied.flow === undefined ? undefined : narrowestAdmission(model, denied.flow);
    if (admission === undefined)
      return { summary: `Admit this connection in ${displayId(object)}`, level: 'review', patches: [], commands: [] };
    return {
      summary: `Admit ${admission.admits} in ${displayId(admission.policy)}`,
      level: 'review',
      patches: [
        { object: admission.policy, type: 'json', patch: admission.patch.map((operation) => ({ ...operation })) },
      ],
      commands: [],
    };
  },
  prove({ object, denied }) {
    const { namespace, name, kind } = splitId(object);
    return [
      {
        command: `kubectl get ${kind.toLowerCase()} ${name}${namespace === '' ? '' : ` -n ${namespace}`} -o yaml`,
        expect: denied.why,
      },
      {
        command: `kubectl debug -n ${denied.from?.namespace ?? 'GATEWAY-NAMESPACE'} ${denied.from?.name ?? 'GATEWAY-POD'} --image=curlimages/curl -it -- curl -m 3 -sv http://${denied.to}/`,
        expect: 'times out now, connects after the change',
      },
    ];
  },
});

function callerOf({ from }: DeniedFlows): string {
  return from === undefined ? 'the gateway' : `${from.namespace}/${from.name}`;
}
