import { type ObjectId, splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { RouteTable } from '../routing/route-table.ts';
import { type Culprit, findCulprit } from './config-culprit.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';
import { NOTHING_SAID, standingRejection } from './rejected-config.ts';
import { oldConfig } from './running-config.ts';
import type { Trace } from './trace.ts';
import { missedRoutes } from './unattached.ts';
import { looksMisrouted } from './wrong-answer.ts';

/** Configuration that the controller does not load, and that this request suffers from. */
export interface ConfigRefusal {
  readonly object: ObjectId;
  /** The field at fault, when it is known. */
  readonly field: string | undefined;
  readonly why: string;
  /** Only this route is left out; the rest of the configuration is applied. */
  readonly alone: boolean;
  readonly sureness: 'proven' | 'strong' | 'likely' | 'possible';
  readonly evidence: readonly Evidence[];
}

interface Asked {
  readonly model: ClusterModel;
  readonly routes: RouteTable;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

/** Undefined when nothing is refused, or when what is refused does not touch this request. */
export function configRefusal(world: Asked): ConfigRefusal | undefined {
  return leftOut(world) ?? refusedAsAWhole(world);
}

/** The route that should answer is itself not loaded. */
function leftOut({ model, routes, trace, seen }: Asked): ConfigRefusal | undefined {
  const missed = missedRoutes(model, routes, trace).find(
    ({ route, instead, alive }) =>
      route.reason === 'rejected' &&
      splitId(route.object).kind === 'Ingress' &&
      (instead === 'nothing' || looksMisrouted(seen) || (!seen.failing && alive === true)),
  );
  if (missed === undefined) return undefined;
  const { route, instead } = missed;
  const sure = route.certainty === 'certain' && (instead === 'nothing' || seen.failing);
  return {
    object: route.object,
    field: route.field,
    why: route.why,
    alone: true,
    sureness: sure ? (seen.failing ? 'proven' : 'strong') : 'likely',
    evidence: route.evidence,
  };
}

/** One bad object keeps all that is new out of the proxy. */
function refusedAsAWhole(world: Asked): ConfigRefusal | undefined {
  const { model, trace, seen } = world;
  const rejection = standingRejection(world);
  const old = oldConfig(world);
  // Nothing is said, but the objects of this very request are known to be refused.
  const own = trace.gateway?.rejects?.find(({ object }) => object === trace.rule?.object);
  if (rejection === undefined && (own === undefined || (!seen.failing && seen.now !== 'unknown'))) return undefined;
  // A refused configuration that leaves this path as it is explains nothing.
  if (rejection !== undefined && old === undefined && own === undefined) return undefined;
  const culprit = findCulprit(model, trace, rejection ?? NOTHING_SAID) ?? theController(world, old !== undefined);
  if (culprit === undefined) return undefined;
  const last = rejection?.lines.at(-1);
  return {
    object: culprit.object,
    field: culprit.field,
    why: culprit.why,
    alone: false,
    sureness: weigh(culprit, rejection !== undefined, old !== undefined),
    evidence: [
      ...culprit.evidence,
      ...(last === undefined ? [] : [logEvidence(last, last.message, rejection?.lines.length)]),
      ...(old?.evidence ?? []),
    ],
  };
}

/** Something is refused, and nothing that was read says what: at least it is this controller that has to be asked. */
function theController({ model, trace }: Asked, shows: boolean): Culprit | undefined {
  const pod = trace.gateway?.pods.state === 'found' ? trace.gateway.pods.value[0] : undefined;
  if (pod === undefined || !shows) return undefined;
  const why = 'its log says that a configuration was refused, not which object is at fault';
  return { object: model.controllerOf(pod), field: undefined, sureness: 'suspected', why, evidence: [] };
}

function weigh({ sureness }: Culprit, said: boolean, shows: boolean): ConfigRefusal['sureness'] {
  if (!said || !shows) return sureness === 'suspected' ? 'possible' : 'likely';
  return sureness === 'named' ? 'proven' : sureness === 'shown' ? 'strong' : 'likely';
}
