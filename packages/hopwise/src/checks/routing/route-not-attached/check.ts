// A Gateway API route that its parent refuses (allowedRoutes, sectionName, hostnames, kinds) is not programmed: the gateway
// answers 404 for its host although Pods and endpoints are fine.
import { displayId, splitId } from '../../../base/object-id.ts';
import type { UnattachedRoute } from '../../../routing/route-table.ts';
import { routesForHost } from '../../../trace/unattached.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Refused extends Fact {
  readonly route: UnattachedRoute;
}

const REASONS: ReadonlySet<UnattachedRoute['reason']> = new Set([
  'not-allowed',
  'no-matching-listener',
  'no-parent',
  'host-mismatch',
  'kind-not-allowed',
  'rejected',
]);

export default defineCheck<Refused>({
  cause: 'route-not-attached',
  reads: ['Gateway', 'ListenerSet', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'Namespace'],
  since: '0.1.0',
  explains: ['host-not-matched', 'path-not-matched', 'path-shadowed'],
  *find({ routes, trace, seen }) {
    if (trace.inCluster) return;
    for (const route of routesForHost(routes, trace)) {
      if (!REASONS.has(route.reason)) continue;
      // Some other route answers this very request: being refused by one listener of several is then no fault.
      if (trace.decision.kind === 'backend' && !seen.failing) continue;
      const statusSays = route.evidence.some((entry) => entry.type === 'field' && entry.path.startsWith('status'));
      const certainty = route.certainty !== 'certain' ? 'likely' : statusSays ? 'proven' : 'strong';
      yield {
        object: route.blamed ?? route.object,
        certainty,
        modes: ['no-route', 'wrong-backend', 'gateway-unreachable'],
        evidence: route.evidence,
        route,
      };
    }
  },
  describe: ({ object, route }) => ({
    headline: `${displayId(route.object)} is not attached: ${route.reason.replaceAll('-', ' ')}`.slice(0, 80),
    why: route.why,
    chain: [
      `${displayId(object)}: ${route.field}`,
      `${displayId(route.object)} is not attached to its Gateway`,
      'the gateway answers 404 for its host',
    ],
  }),
  fix: ({ object, route }) => ({
    summary: `Let ${displayId(object)} accept the route (${route.field})`,
    level: 'review',
    patches: [],
    commands: [
      `kubectl get ${splitId(route.object).kind.toLowerCase()} ${splitId(route.object).name} -n ${splitId(route.object).namespace} -o jsonpath='{.status.parents}'`,
    ],
  }),
  prove: ({ route }) => [
    {
      command: `kubectl get ${splitId(route.object).kind.toLowerCase()} ${splitId(route.object).name} -n ${splitId(route.object).namespace} -o jsonpath='{range .status.parents[*].conditions[*]}{.type}={.status} {.reason}{"\\n"}{end}'`,
      expect: 'Accepted=False with the reason',
    },
  ],
});
