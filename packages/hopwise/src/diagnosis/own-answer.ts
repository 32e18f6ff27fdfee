import { displayId } from '../base/object-id.ts';
import type { World } from '../checks/check.ts';
import type { SettingOrigin } from '../routing/route-table.ts';

/**
 * One sentence for a failure that the gateway answers itself because it is told to, for which no cause has a name: a fixed
 * answer, a backend it has nothing for, weight 0 everywhere, a limit. With the place that says so; undefined when nothing of
 * the kind is known, or when somebody else made the answer.
 */
export function gatewaysOwnAnswer(world: World): string | undefined {
  const { trace, seen } = world;
  const maker = seen.generatedBy?.hop;
  if (trace.gateway === undefined || trace.inCluster || (maker !== undefined && maker !== 'gateway')) return undefined;
  return toldByRoute(world) ?? refusal(world);
}

/** The rule (or the lack of one) leaves the gateway no other answer. */
function toldByRoute({ trace, seen }: World): string | undefined {
  const { predicted, decision, request, gateway } = trace;
  const broken = trace.hops.find((hop) => hop.state === 'broken');
  if (predicted?.hop !== 'gateway' || broken?.hop !== 'gateway' || predicted.status < 400) return undefined;
  const observed = seen.status;
  // Of a missing backend implementations make one 5xx or another.
  const missing = predicted.mode === 'no-service' || decision.at !== undefined;
  if (observed !== undefined && observed !== predicted.status && !(observed >= 500 && missing)) return undefined;
  const object = decision.rule?.object;
  const refused = trace.backends.find(({ ref }) => ref.refused !== undefined)?.ref;
  const holder = refused?.fieldOf ?? object;
  const field = refused?.field ?? decision.at ?? decision.rule?.field;
  const place = holder === undefined || field === undefined ? '' : ` (${displayId(holder)}, ${field})`;
  const name = gateway?.name ?? 'the gateway';
  return observed === undefined
    ? `${request.url} would be answered ${predicted.status} by ${name} itself: ${predicted.why}${place}`
    : `${observed} at ${request.url} is the own answer of ${name}: ${predicted.why}${place}`;
}

/** A limit or a guard of the route that answers this status, when it was seen at work or nothing speaks against it. */
function refusal(world: World): string | undefined {
  const { trace, seen } = world;
  const { status } = seen;
  if (!seen.failing || status === undefined) return undefined;
  const said = seen.modes.find(({ mode, reporter }) => mode === 'request-refused' && reporter === 'gateway');
  const settings = guardsOf(world, status);
  if (settings.length === 0 && said === undefined) return undefined;
  const certain = said !== undefined || seen.generatedBy !== undefined;
  const reasons = [...(said === undefined ? [] : [`"${said.evidence.text}"`]), settings.slice(0, 2).join(', or ')];
  const why = reasons.filter((reason) => reason !== '').join('; ');
  return `${status} at ${trace.request.url} ${certain ? 'is' : 'may be'} the own answer of ${trace.gateway?.name}: ${why}`;
}

/** What of the route's settings answers this status, each with its place. */
function guardsOf({ trace }: World, status: number): readonly string[] {
  const rule = trace.rule;
  if (rule === undefined) return [];
  const limit = rule.settings.requestBodyLimit;
  const body =
    status === 413 && limit !== undefined && limit.value > 0
      ? [`it takes request bodies of up to ${sizeText(limit.value)} (${originText(limit.from)})`]
      : [];
  const notes = rule.notUnderstood
    .filter(({ mayAnswer }) => mayAnswer?.includes(status) === true)
    .map(({ why, object, path }) => `${why} (${displayId(object)}, ${path})`);
  return [...body, ...notes];
}

function originText(from: SettingOrigin): string {
  if (from.kind === 'field') return `${displayId(from.object)}, ${from.path}`;
  const change =
    from.changeAt === undefined ? '' : `; ${displayId(from.changeAt.object)}, ${from.changeAt.path} sets it`;
  return `the default, ${from.reference}${change}`;
}

function sizeText(bytes: number): string {
  for (const [unit, size] of SIZES) if (bytes % size === 0) return `${bytes / size} ${unit}`;
  return `${bytes} bytes`;
}

const SIZES = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;
