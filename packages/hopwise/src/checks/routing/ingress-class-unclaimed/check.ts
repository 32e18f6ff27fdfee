// A route whose class no running controller claims is in no proxy's configuration: requests for its host reach a default
// backend (404), another route, or nothing at all.
import { displayId, idOf, type ObjectId, splitId } from '../../../base/object-id.ts';
import { commandName } from '../../../model/command-name.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Ingress } from '../../../model/kinds/ingress.ts';
import type { WantedChange } from '../../../routing/route-table.ts';
import { abandonedClass, classPatch, meantClass } from '../../../trace/class-owners.ts';
import { type MissedRoute, missedRoutes } from '../../../trace/unattached.ts';
import { wantedPatch } from '../../../trace/wanted-patch.ts';
import { looksMisrouted } from '../../../trace/wrong-answer.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Unclaimed extends Fact {
  readonly route: ObjectId;
  readonly why: string;
  readonly field: string;
  /** The class it asks for now. */
  readonly asked: string | undefined;
  readonly wanted: WantedChange | undefined;
}

export default defineCheck<Unclaimed>({
  cause: 'ingress-class-unclaimed',
  reads: ['Ingress', 'IngressClass', 'Gateway', 'GatewayClass', 'Pod', 'Deployment', 'DaemonSet'],
  since: '0.1.0',
  explains: ['host-not-matched', 'path-not-matched', 'path-shadowed', 'gateway-down', 'edge-targets-missing'],
  latent: true,
  *find(world) {
    const { routes, trace, model } = world;
    if (trace.inCluster) return;
    for (const missed of missedRoutes(model, routes, trace)) {
      const { route } = missed;
      if (route.reason !== 'class-unclaimed' && route.reason !== 'no-class') continue;
      const certainty = weigh(world, missed);
      if (certainty === undefined) continue;
      const object = model.object(route.object);
      yield {
        object: route.blamed ?? route.object,
        certainty,
        modes: ['no-route', 'gateway-unreachable', 'wrong-backend', 'passed-on'],
        evidence: route.evidence,
        route: route.object,
        why: route.why,
        field: route.field,
        asked: object?.kind === 'Ingress' ? classOf(object as Ingress) : undefined,
        wanted: route.wanted,
      };
    }
    const abandoned = abandonedClass(model, trace);
    if (abandoned === undefined || answersItself(world)) return;
    yield {
      object: idOf(abandoned.ingress),
      certainty: abandoned.certain ? 'strong' : 'likely',
      modes: ['no-route', 'gateway-unreachable', 'wrong-backend'],
      evidence: abandoned.evidence as readonly Evidence[],
      route: idOf(abandoned.ingress),
      why: abandoned.why,
      field: 'spec.ingressClassName',
      asked: abandoned.className,
      wanted: undefined,
    };
  },
  describe: ({ route, why }) => ({
    headline: `No controller takes ${displayId(route)}`,
    why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
    chain: [why, 'the route is in no gateway’s configuration', 'the request is answered as if the route did not exist'],
  }),
  fix({ object, route, field, asked, wanted }, { model }) {
    const byDialect = wanted === undefined ? undefined : wantedPatch(model, wanted);
    const meant = splitId(object).kind === 'Ingress' ? meantClass(model, asked) : undefined;
    const patch = byDialect ?? (meant === undefined ? undefined : classPatch(object, meant));
    if (patch === undefined) {
      const commands = [...listClasses(object, field), 'kubectl get pods -A -o wide --show-labels'];
      const summary =
        field === 'spec.selector'
          ? `Make ${field} of ${displayId(object)} fit the Pods of a proxy that runs`
          : `Give ${displayId(route)} the class of a controller that runs (${field})`;
      return { summary, level: 'advice', patches: [], commands };
    }
    return {
      summary: `Give ${displayId(object)} class ${meant ?? String(wanted?.value)}, which a running controller takes`,
      level: 'review',
      patches: [patch],
      commands: [],
    };
  },
  prove: ({ object, field }, { model }) => [
    field === 'spec.selector'
      ? {
          command: `kubectl get ${commandName(model, object)} -o jsonpath='{.spec.selector}'`,
          expect: 'labels that no Pod of a gateway has (kubectl get pods -A --show-labels)',
        }
      : splitId(object).kind === 'Ingress'
        ? {
            command: 'kubectl get ingressclass -o custom-columns=NAME:.metadata.name,CONTROLLER:.spec.controller',
            expect: 'no class of that name, or no Pods of its controller',
          }
        : { command: 'kubectl get gatewayclass', expect: 'no class of that name, or ACCEPTED not True' },
  ],
});

/** What lists the classes there are; Istio's Gateways have none, they select Pods by label. */
function listClasses(object: ObjectId, field: string): readonly string[] {
  if (field === 'spec.selector') return [];
  return [splitId(object).kind === 'Ingress' ? 'kubectl get ingressclass' : 'kubectl get gatewayclass'];
}

function classOf(ingress: Ingress): string | undefined {
  return ingress.className ?? ingress.classAnnotation;
}

/** Undefined when something else answers this request and nothing says that it should not. */
function weigh({ seen }: World, { route, instead, alive }: MissedRoute): Certainty | undefined {
  const sure = route.certainty === 'certain';
  if (instead === 'nothing') return sure && (!seen.failing || (seen.status ?? 404) < 500) ? 'strong' : 'likely';
  if (alive === false || !sure) return undefined;
  if (seen.failing) return looksMisrouted(seen) ? 'strong' : undefined;
  return alive === true ? 'likely' : undefined;
}

/** A gateway that was not recognised answers after all. */
function answersItself({ seen }: World): boolean {
  return seen.access.length > 0 || seen.generatedBy?.hop === 'app';
}
