// Two routes claim the same host and path. Controllers keep one (usually the older) and drop the other, so requests may
// reach the wrong application without any error in sight.
import { displayId, type ObjectId, splitId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { RouteClash } from '../../../routing/route-table.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Clash extends Fact {
  readonly clash: RouteClash;
  readonly other: ObjectId;
}

export default defineCheck<Clash>({
  cause: 'route-conflict',
  reads: ['Ingress', 'HTTPRoute', 'GRPCRoute'],
  since: '0.1.0',
  explains: ['app-returned-error', 'path-shadowed', 'rewrite-breaks-path'],
  *find({ trace, routes, model, seen }) {
    const rule = trace.rule;
    // Two routes for one path are only a fault of this request when the one that wins does not serve it.
    if (rule === undefined || trace.inCluster || !seen.failing) return;
    for (const clash of routes.clashes) {
      if (clash.host !== trace.host?.host || clash.winner.object !== rule.object || clash.winner.field !== rule.field)
        continue;
      const evidence: Evidence[] = [];
      for (const side of [clash.winner, clash.loser]) {
        const object = model.object(side.object);
        if (object !== undefined)
          evidence.push(
            citeField(
              object,
              side.field,
              `${side === clash.winner ? 'wins' : 'is dropped'}: host ${clash.host}, path ${clash.path}`,
            ),
          );
      }
      yield {
        object: clash.winner.object,
        certainty: seen.status === 404 || seen.generatedBy?.hop === 'app' ? 'strong' : 'likely',
        modes: ['wrong-backend', 'passed-on', 'no-endpoints', 'no-service'],
        evidence,
        clash,
        other: clash.loser.object,
      };
    }
  },
  describe: ({ object, clash, other }) => ({
    headline: `${displayId(object)} and ${splitId(other).name} claim ${clash.host}${clash.path}`.slice(0, 80),
    why: `${clash.why}; ${displayId(other)} is dropped for this path.`,
    chain: [`two routes claim ${clash.host}${clash.path}`, clash.why, 'the other backend answers'],
  }),
  fix: ({ object, other, clash }) => ({
    summary: `Remove path ${clash.path} from ${displayId(object)} or from ${displayId(other)}`,
    level: 'review',
    patches: [],
    commands: [],
  }),
  prove: ({ clash }) => [
    {
      command: `kubectl get ingress,httproute -A | grep -F ${clash.host || '*'}`,
      expect: 'two objects with the same host',
    },
  ],
});
