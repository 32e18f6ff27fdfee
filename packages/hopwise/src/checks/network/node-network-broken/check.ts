// Only endpoints on (or requests from) certain nodes fail: a broken CNI, kube-proxy, node firewall, MTU, or a node that is
// not ready. Requests that happen to use those nodes hang; the others work.
import { displayId, idOf, objectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { pairOutcomes } from '../../../trace/node-pairs.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface BadNode extends Fact {
  readonly node: string;
  readonly why: string;
}

export default defineCheck<BadNode>({
  cause: 'node-network-broken',
  reads: ['Node', 'Pod', 'EndpointSlice', 'NetworkPolicy'],
  since: '0.1.0',
  explains: ['no-ready-endpoints', 'readiness-probe-failing'],
  *find(world) {
    const { model, seen } = world;
    if (!seen.failing) return;
    const { nodes, evidence } = pairOutcomes(world);
    for (const { node, failed, worked, direction } of nodes) {
      const lookup = model.get('Node', '', node);
      const others = worked > 0 ? `, while those of other nodes do (${worked})` : '';
      const why = `connections ${direction} ${node} get no answer (${failed} failed, none worked)${others}`;
      const facts: Evidence[] = [...evidence(node)];
      const notReady =
        lookup.state === 'found'
          ? lookup.value.conditions.find(
              (entry) =>
                (entry.type === 'Ready' && entry.status !== 'True') ||
                (entry.type === 'NetworkUnavailable' && entry.status === 'True'),
            )
          : undefined;
      if (lookup.state === 'found' && notReady !== undefined)
        facts.push(
          citeField(
            lookup.value,
            'status.conditions',
            `${notReady.type} is ${notReady.status}: ${notReady.reason ?? ''}`,
          ),
        );
      yield {
        object: lookup.state === 'found' ? idOf(lookup.value) : objectId('Node', '', node),
        certainty: notReady !== undefined ? 'proven' : failed >= 2 && worked > 0 ? 'strong' : 'likely',
        modes: ['connect-timeout', 'no-route-to-host', 'no-live-endpoint'],
        partial: true,
        evidence: facts,
        node,
        why,
      };
    }
  },
  describe: ({ object, node, why }) => ({
    headline: `The network of ${displayId(object)} does not carry this traffic`.slice(0, 80),
    why: `${why}.`,
    chain: [
      `${node} is cut off for this traffic`,
      'requests that use it hang until the connect timeout',
      '504 for a part of the requests',
    ],
  }),
  fix: ({ node }) => ({
    summary: `Take ${node} out of service and mend its network (CNI, kube-proxy, firewall, MTU)`,
    level: 'advice',
    patches: [],
    commands: [`kubectl cordon ${node}`, `kubectl get pods -A -o wide --field-selector spec.nodeName=${node}`],
  }),
  prove: ({ node }) => [
    { command: `kubectl describe node ${node}`, expect: 'conditions, and the CNI and kube-proxy Pods of that node' },
  ],
});
