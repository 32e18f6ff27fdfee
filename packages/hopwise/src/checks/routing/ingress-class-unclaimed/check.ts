// A route whose class no running controller claims is in no proxy's configuration: requests for its host reach a default
// backend (404) or another route.
import { displayId } from '../../../base/object-id.ts';
import type { UnattachedRoute } from '../../../routing/route-table.ts';
import { routesForHost } from '../../../trace/unattached.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Unclaimed extends Fact {
  readonly route: UnattachedRoute;
}

export default defineCheck<Unclaimed>({
  cause: 'ingress-class-unclaimed',
  reads: ['Ingress', 'IngressClass', 'Gateway', 'GatewayClass', 'Pod'],
  since: '0.1.0',
  explains: ['host-not-matched', 'path-not-matched', 'path-shadowed'],
  *find({ routes, trace }) {
    if (trace.inCluster) return;
    for (const route of routesForHost(routes, trace)) {
      if (route.reason !== 'class-unclaimed' && route.reason !== 'no-class') continue;
      yield {
        object: route.object,
        certainty: route.certainty === 'certain' ? 'strong' : 'likely',
        modes: ['no-route', 'gateway-unreachable', 'wrong-backend', 'passed-on'],
        evidence: route.evidence,
        route,
      };
    }
  },
  describe: ({ object, route }) => ({
    headline: `No controller takes ${displayId(object)}`,
    why: route.why,
    chain: [
      route.why,
      'the route is in no gateway’s configuration',
      'the gateway answers as if the route did not exist',
    ],
  }),
  fix: ({ object, route }) => ({
    summary: `Give ${displayId(object)} the class of a controller that runs (${route.field})`,
    level: 'review',
    patches: [],
    commands: ['kubectl get ingressclass,gatewayclass'],
  }),
  prove: () => [
    {
      command: 'kubectl get ingressclass -o custom-columns=NAME:.metadata.name,CONTROLLER:.spec.controller',
      expect: 'no class of that name, or no Pods of its controller',
    },
  ],
});
