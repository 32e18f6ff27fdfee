// A Gateway API route that its parent refuses (allowedRoutes, sectionName, hostnames, kinds) is not programmed: the gateway
// answers 404 for its host although Pods and endpoints are fine.
import { displayId, splitId } from '../../../base/object-id.ts';
import { commandName } from '../../../model/command-name.ts';
import type { UnattachedRoute } from '../../../routing/route-table.ts';
import { type MissedRoute, missedRoutes } from '../../../trace/unattached.ts';
import { wantedPatch } from '../../../trace/wanted-patch.ts';
import { looksMisrouted } from '../../../trace/wrong-answer.ts';
import type { Certainty, Fact, World } from '../../check.ts';
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
  explains: ['host-not-matched', 'path-not-matched', 'path-shadowed', 'edge-targets-missing'],
  latent: true,
  *find(world) {
    const { routes, trace, model } = world;
    if (trace.inCluster) return;
    for (const missed of missedRoutes(model, routes, trace)) {
      const { route } = missed;
      // An Ingress is refused by its controller as configuration, not by a parent.
      if (!REASONS.has(route.reason) || splitId(route.object).kind === 'Ingress') continue;
      const certainty = weigh(world, missed);
      if (certainty === undefined) continue;
      yield {
        object: route.blamed ?? route.object,
        certainty,
        modes: ['no-route', 'wrong-backend', 'passed-on', 'gateway-unreachable'],
        evidence: route.evidence,
        route,
      };
    }
  },
  describe: ({ object, route }) => ({
    headline: `${displayId(route.object)} is not attached: ${route.reason.replaceAll('-', ' ')}`,
    why: `${route.why.charAt(0).toUpperCase()}${route.why.slice(1)}.`,
    chain: [
      `${displayId(object)}: ${route.field}`,
      `${displayId(route.object)} is in no gateway’s configuration`,
      'the gateway answers 404 for its host',
    ],
  }),
  fix({ object, route }, { model }) {
    const patch = route.wanted === undefined ? undefined : wantedPatch(model, route.wanted);
    if (patch === undefined) {
      return {
        summary: `Let ${displayId(object)} and ${displayId(route.object)} fit together (${route.field})`,
        level: 'advice',
        patches: [],
        commands: [
          `kubectl get ${commandName(model, route.object)} -o yaml`,
          `kubectl get ${commandName(model, object)} -o yaml`,
        ],
      };
    }
    return {
      summary: `Change ${route.wanted?.path} of ${displayId(patch.object)} so that it lets the route in`,
      level: 'review',
      patches: [patch],
      commands: [],
    };
  },
  prove: ({ route }, { model }) => [
    {
      command: `kubectl get ${commandName(model, route.object)} -o jsonpath='{range .status.parents[*].conditions[*]}{.type}={.status} {.reason} {.message}{"\\n"}{end}'`,
      expect: 'Accepted=False with the reason, or no parent at all',
    },
  ],
});

/** Undefined when something else answers this request and nothing says that it should not. */
function weigh({ seen }: World, { route, instead, alive }: MissedRoute): Certainty | undefined {
  const statusSays = route.evidence.some((entry) => entry.type === 'field' && entry.path.startsWith('status'));
  if (route.certainty !== 'certain') return instead === 'nothing' ? 'likely' : undefined;
  if (instead === 'nothing') {
    if (seen.failing && (seen.status ?? 404) >= 500) return 'likely';
    return statusSays ? 'proven' : 'strong';
  }
  if (alive === false) return undefined;
  if (seen.failing) return looksMisrouted(seen) ? 'strong' : undefined;
  return alive === true ? 'likely' : undefined;
}
