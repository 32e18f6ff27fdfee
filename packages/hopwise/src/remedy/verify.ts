import { found, type Lookup } from '../base/lookup.ts';
import { displayId, type ObjectId } from '../base/object-id.ts';
import type { Check, Finding, PatchHint, World } from '../checks/check.ts';
import { runChecks } from '../checks/run-checks.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import { withObjects } from '../model/what-if.ts';
import { buildRoutes } from '../routing/build.ts';
import { CompiledRoutes } from '../routing/compiled-routes.ts';
import { keepsRoutes } from '../routing/keeps-routes.ts';
import { parseRequest } from '../routing/parse-request.ts';
import type { Request } from '../routing/request.ts';
import type { GatewayInstance, RouteTable } from '../routing/route-table.ts';
import type { JsonObject } from '../sources/contract.ts';
import type { Observations } from '../sources/observations.ts';
import type { Decision } from '../trace/trace.ts';
import { decide, walk } from '../trace/walk.ts';
import { applyPatch } from './apply-patch.ts';

export interface Verification {
  readonly verified: boolean;
  readonly text: string;
}

const NOTHING_SEEN: Observations = { entries: [], logs: [] };
/** Other routes compared before and after; more would cost more than the answer is worth. */
const MOST_ROUTES = 400;

/**
 * Re-runs the model with the patches of a fix: this request must no longer break, the wanted state must be reached, and no
 * other route of the same gateways may change.
 */
export function verifyFix(world: World, finding: Finding, checks: readonly Check[]): Verification {
  const fix = finding.fix;
  if (fix === undefined || fix.patches.length === 0)
    return { verified: false, text: 'not a configuration change: there is nothing to re-run' };
  const objects = patchedObjects(world.model, fix.patches);
  if (!objects.ok) return { verified: false, text: objects.why };
  const model = withObjects(
    world.model,
    objects.list.map(({ object }) => object),
  );
  if (model === undefined) return { verified: false, text: 'the model cannot be re-run' };
  const kept = objects.list.every(({ id, object }) => keepsRoutes(world.model, world.routes, id, object));
  const routes = kept ? world.routes : buildRoutes(model);
  const compiled = new CompiledRoutes();
  const again = walk(model, routes, compiled, world.trace.request, NOTHING_SEEN, {
    explain: false,
    ...callerIn(model, world),
  });
  const after: World = { model, routes, trace: again.trace, seen: again.seen, observations: NOTHING_SEEN };
  const own = again.trace.hops.find(
    (hop) => hop.state === 'broken' || (hop.state === 'suspect' && hop.mode !== undefined),
  );
  if (own !== undefined)
    return { verified: false, text: `on the model this URL still breaks: ${own.hop}: ${own.detail}` };
  if (fix.wanted !== undefined && !fix.wanted({ ...after, observations: world.observations }))
    return { verified: false, text: 'on the model the wanted state is not reached' };
  const left = runChecks(checks, after).findings.filter(
    (entry) => entry.fact.certainty === 'proven' || entry.fact.certainty === 'strong',
  );
  const still = left.find((entry) => entry.fact.modes.length > 0);
  if (still !== undefined)
    return { verified: false, text: `on the model ${still.cause} remains: ${still.wording.headline}` };
  const others = compareRoutes(world, { model, routes, compiled });
  if (others.broken.length > 0)
    return { verified: false, text: `on the model this changes other routes: ${others.broken.slice(0, 3).join(', ')}` };
  return {
    verified: true,
    text: `On the model this URL no longer fails; ${others.compared} other route${others.compared === 1 ? '' : 's'} unchanged.`,
  };
}

/** The same caller as the patched model has it: its Pods may be what the patch changes. */
function callerIn(model: ClusterModel, { trace }: World): { readonly caller?: Lookup<readonly Pod[]> } {
  if (!trace.inCluster || trace.callers.state !== 'found') return {};
  const pods = trace.callers.value.map(
    (pod) => model.listIn('Pod', pod.namespace).find(({ name }) => name === pod.name) ?? pod,
  );
  return { caller: found(pods) };
}

function patchedObjects(
  model: ClusterModel,
  hints: readonly PatchHint[],
):
  | { readonly ok: true; readonly list: readonly { id: ObjectId; object: JsonObject }[] }
  | { readonly ok: false; readonly why: string } {
  const patched = new Map<ObjectId, JsonObject>();
  for (const hint of hints) {
    const raw = patched.get(hint.object) ?? model.raw(hint.object) ?? (isWhole(hint) ? {} : undefined);
    if (raw === undefined)
      return { ok: false, why: `${displayId(hint.object)} is not in the input, so the patch could not be tried` };
    const result = applyPatch(raw, hint);
    if (!result.ok) return { ok: false, why: `the patch of ${displayId(hint.object)} does not apply: ${result.why}` };
    patched.set(hint.object, result.object);
  }
  return { ok: true, list: [...patched].map(([id, object]) => ({ id, object })) };
}

/** A merge patch that carries apiVersion and kind creates its object. */
function isWhole(hint: PatchHint): boolean {
  return (
    hint.type === 'merge' &&
    !Array.isArray(hint.patch) &&
    Object.hasOwn(hint.patch, 'apiVersion') &&
    Object.hasOwn(hint.patch, 'kind')
  );
}

function compareRoutes(
  before: World,
  after: { readonly model: ClusterModel; readonly routes: RouteTable; readonly compiled: CompiledRoutes },
): { readonly compared: number; readonly broken: readonly string[] } {
  const old = new CompiledRoutes();
  const broken: string[] = [];
  let compared = 0;
  const requests = sampleRequests(before.routes.gateways, before.trace.request);
  if (before.routes === after.routes) return { compared: requests.length, broken };
  for (const request of requests) {
    const first = decide(before.routes, old, request, undefined, false);
    const second = decide(after.routes, after.compiled, request, undefined, false);
    compared += 1;
    if (outcomeOf(first.decision) !== outcomeOf(second.decision)) broken.push(request.url);
  }
  return { compared, broken };
}

/** What becomes of a request; where the rule stands in its object may change with the patch. */
function outcomeOf(decision: Decision): string {
  return JSON.stringify({ ...decision, rule: decision.rule?.object });
}

/** One request per rule of every gateway, without the request at hand. */
export function sampleRequests(gateways: readonly GatewayInstance[], except: Request | undefined): readonly Request[] {
  const requests: Request[] = [];
  for (const gateway of gateways) {
    for (const host of gateway.hosts) {
      if (host.host === '' || host.host.startsWith('~')) continue;
      const name = host.host.replace(/^\*/, 'any');
      for (const rule of host.rules) {
        if (requests.length >= MOST_ROUTES) return requests;
        if (rule.match.path.kind === 'regex') continue;
        const parsed = parseRequest({
          url: `${host.tls === undefined ? 'http' : 'https'}://${name}${rule.match.path.value || '/'}`,
          method: rule.match.methods?.[0] ?? 'GET',
        });
        if (!parsed.ok) continue;
        if (except !== undefined && parsed.request.host === except.host && except.path.startsWith(parsed.request.path))
          continue;
        requests.push(parsed.request);
      }
    }
  }
  return requests;
}
