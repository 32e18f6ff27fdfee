// Two routes claim the same host and path. Controllers keep one (usually the older) and drop the other, so requests may
// reach the wrong application, or one that is long gone, without any error in sight.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, splitId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { AccessEntry } from '../../../sources/observations.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { type LostClash, lostClashes } from '../../../trace/lost-clash.ts';
import { removeRule } from '../../../trace/remove-rule-patch.ts';
import { looksMisrouted } from '../../../trace/wrong-answer.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Clash extends Fact {
  readonly lost: LostClash;
}

export default defineCheck<Clash>({
  cause: 'route-conflict',
  reads: ['Ingress', 'HTTPRoute', 'GRPCRoute', 'Service', 'EndpointSlice'],
  since: '0.1.0',
  explains: ['app-returned-error', 'path-shadowed', 'rewrite-breaks-path', 'service-not-found', 'edge-targets-missing'],
  *find(world) {
    const { trace, routes, model, seen } = world;
    if (trace.inCluster) return;
    for (const lost of lostClashes(model, routes, trace)) {
      const weighed = weigh(world, lost);
      if (weighed === undefined) continue;
      const { winner, loser, host, path } = lost.clash;
      const evidence: Evidence[] = [];
      for (const side of [winner, loser]) {
        const object = model.object(side.object);
        if (object !== undefined)
          evidence.push(
            citeField(
              object,
              side.field,
              `${side === winner ? 'wins' : 'is dropped'}: host ${host || '*'}, path ${path}`,
            ),
          );
      }
      const line = weighed.before ?? seen.access.at(-1);
      if (line !== undefined)
        evidence.push(
          logEvidence(
            line,
            `${weighed.before === undefined ? 'now' : 'earlier'} ${line.backendName ?? 'a backend'} answered ${line.status ?? ''}`,
          ),
        );
      yield {
        object: winner.object,
        certainty: weighed.certainty,
        modes: ['wrong-backend', 'passed-on', 'no-service', 'no-endpoints'],
        evidence,
        lost,
      };
    }
  },
  describe: ({ object, lost: { clash } }) => ({
    headline: `${displayId(object)} and ${splitId(clash.loser.object).name} claim ${clash.host}${clash.path}`.slice(
      0,
      80,
    ),
    why: `${clash.why}; ${displayId(clash.loser.object)} is dropped for this path.`,
    chain: [`two routes claim ${clash.host}${clash.path}`, clash.why, 'the other backend answers'],
  }),
  fix({ object, lost: { clash } }, { model }) {
    const patch = removeRule(model, object, clash.winner.field);
    return {
      summary: `Take ${clash.host}${clash.path} out of ${displayId(object)}, so that ${displayId(clash.loser.object)} gets it`,
      level: patch === undefined ? 'advice' : 'review',
      patches: patch === undefined ? [] : [patch],
      commands:
        patch === undefined
          ? [`kubectl delete ${kubectlName(object)}   # if it is a leftover: it has no other path`]
          : [],
    };
  },
  prove: ({ lost: { clash } }) => [
    {
      command: `kubectl get ingress,httproute,grpcroute -A 2>/dev/null | grep -F ${shellQuote(clash.host || '*')}`,
      expect: `both ${splitId(clash.winner.object).name} and ${splitId(clash.loser.object).name}`,
    },
  ],
});

/** Two routes for one path are only a fault of this request when the one that wins does not serve it. */
function weigh(world: World, lost: LostClash): { certainty: Certainty; before?: AccessEntry } | undefined {
  const { trace, seen } = world;
  if (!lost.alive) return undefined;
  // The winner's Service is gone and the other one is there: it is a leftover that holds the place.
  if (trace.backends.every((path) => path.service.state === 'absent')) return { certainty: 'strong' };
  if (!looksMisrouted(seen)) return undefined;
  const before = answeredBy(world, lost.services, true);
  if (before !== undefined) return { certainty: 'proven', before };
  const own = trace.backends.map((path) => path.ref.object);
  if (answeredBy(world, own, true) !== undefined) return undefined;
  return { certainty: answeredBy(world, own, false) === undefined ? 'strong' : 'likely' };
}

/** A line in which one of these Services answered well: this path, or any other of the host. */
function answeredBy({ seen }: World, services: LostClash['services'], thisPath: boolean): AccessEntry | undefined {
  const names = services.map((id) => splitId(id));
  return (thisPath ? seen.access : seen.nearby).findLast(
    (entry) =>
      (entry.status ?? 500) < 400 &&
      names.some(
        ({ namespace, name }) =>
          entry.backendName?.startsWith(`${namespace}-${name}-`) === true ||
          entry.backendName?.includes(`${name}.${namespace}.svc`) === true,
      ),
  );
}
