// The proxy works with an outdated view: it sends to addresses that are no endpoint any more although the EndpointSlices are
// right. A lost watch, missing RBAC or a stuck reload keeps it there.
import { displayId, type ObjectId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { staleAddresses } from '../../../trace/stale-addresses.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Stale extends Fact {
  readonly addresses: readonly string[];
  readonly reason: string | undefined;
}

export default defineCheck<Stale>({
  cause: 'gateway-config-stale',
  reads: ['EndpointSlice', 'Endpoints', 'Pod', 'Service', 'Deployment', 'DaemonSet'],
  since: '0.1.0',
  explains: ['stale-endpoints'],
  *find(world) {
    const { trace, model, seen } = world;
    if (!seen.failing || trace.gateway === undefined) return;
    const stale = staleAddresses(world);
    const trouble = seen.controller.findLast(
      (entry) => entry.event === 'permission-denied' || entry.event === 'watch-failed',
    );
    if (stale.addresses.length === 0) return;
    const evidence: Evidence[] = [...stale.evidence];
    if (trouble !== undefined) evidence.push(logEvidence(trouble, trouble.message));
    const pod = trace.gateway.pods.state === 'found' ? trace.gateway.pods.value[0] : undefined;
    const object: ObjectId | undefined = pod === undefined ? trace.gateway.object : model.controllerOf(pod);
    if (object === undefined) return;
    const certainty: Certainty = trouble !== undefined ? 'proven' : 'likely';
    yield {
      object,
      certainty,
      modes: ['refused', 'no-route-to-host', 'connect-timeout', 'no-live-endpoint'],
      evidence,
      addresses: stale.addresses,
      reason: trouble?.message,
    };
  },
  describe: ({ object, addresses, reason }) => ({
    headline: `${displayId(object)} sends to Pods that are gone`.slice(0, 80),
    why: `It connects to ${addresses.slice(0, 3).join(', ')}, which no Pod has, while the EndpointSlices are right${reason === undefined ? '' : ` (${reason.slice(0, 100)})`}.`,
    chain: [
      'the proxy’s view of endpoints is old',
      `it connects to ${addresses.slice(0, 2).join(', ')}`,
      'nothing is there any more',
      '502/504',
    ],
  }),
  fix: ({ object }) => {
    const [kind = '', namespace = '', name = ''] = object.split('/');
    return {
      summary: `Find why ${displayId(object)} does not follow endpoints (RBAC, watch, reload), then restart it`,
      level: 'review',
      patches: [],
      commands: [`kubectl rollout restart ${kind.toLowerCase()}/${name} -n ${namespace}`],
    };
  },
  prove: ({ addresses }) => [
    {
      command: `kubectl get pods -A -o wide | grep -F ${addresses[0] ?? ''}`,
      expect: 'no Pod has the address that the gateway connects to',
    },
  ],
});
