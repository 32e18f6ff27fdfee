// The load balancer has no registered target, or only nodes and Pods that cannot answer (externalTrafficPolicy Local without
// a Pod on any node, no address at all). It answers 502/503 or the connection is refused.
import { displayId, idOf } from '../../../base/object-id.ts';
import { citeEvent, citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface NoTargets extends Fact {
  readonly why: string;
}

/** Events that cloud controllers write when they cannot build or fill a load balancer. */
const LB_FAILURE =
  /SyncLoadBalancerFailed|FailedDeployModel|FailedBuildModel|UnAvailableLoadBalancer|FailedNetworkReconcile|EnsureLoadBalancerFailed|CreatingLoadBalancerFailed/;

export default defineCheck<NoTargets>({
  cause: 'edge-targets-missing',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Event', 'Node'],
  since: '0.1.0',
  explains: [],
  *find({ trace, seen, model }) {
    const service = trace.gateway?.services.find((entry) => entry.type === 'LoadBalancer');
    if (service === undefined || model.manifestsOnly || trace.inCluster) return;
    const reached = seen.access.length > 0 || seen.generatedBy?.hop === 'gateway' || seen.generatedBy?.hop === 'app';
    if (reached) return;
    const slices = model.slicesOf(service);
    const endpoints =
      slices.state === 'found'
        ? slices.value.flatMap((slice) => slice.endpoints.filter((endpoint) => endpoint.ready))
        : undefined;
    const event = model.eventsAbout(idOf(service)).findLast((entry) => LB_FAILURE.test(entry.reason));
    const evidence: Evidence[] = [];
    let why: string | undefined;
    let certainty: Certainty = 'likely';
    if (endpoints !== undefined && endpoints.length === 0) {
      why = 'the gateway’s Service has no ready endpoint';
      evidence.push(citeField(service, 'spec.selector', why));
      certainty = 'strong';
    } else if (service.hasStatus && service.addresses.length === 0 && event !== undefined) {
      why = `the load balancer could not be made: ${event.message.slice(0, 120)}`;
      evidence.push(citeField(service, 'status.loadBalancer', 'no address'), citeEvent(event));
      certainty = 'proven';
    }
    if (why === undefined) return;
    if (seen.generatedBy?.hop === 'edge') evidence.push(...seen.generatedBy.evidence);
    yield { object: idOf(service), certainty, modes: ['gateway-unreachable', 'no-live-endpoint'], evidence, why };
  },
  describe: ({ object, why }) => ({
    headline: `${displayId(object)}: the load balancer has no target`.slice(0, 80),
    why: `${why}.`,
    chain: [why, 'the load balancer has nothing to send to', '502/503 or a refused connection at the edge'],
  }),
  fix: ({ object }) => ({
    summary: `Give the load balancer of ${displayId(object)} targets that answer`,
    level: 'advice',
    patches: [],
    commands: [`kubectl describe service ${object.split('/')[2]} -n ${object.split('/')[1]}`],
  }),
  prove: ({ object }) => [
    {
      command: `kubectl get service,endpointslices -n ${object.split('/')[1]}`,
      expect: 'no address or no ready endpoint',
    },
  ],
});
