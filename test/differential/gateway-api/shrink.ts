import type { Json, JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { AskedRequest, Scenario } from './scenario.ts';

/** The first of some scenarios in which the disagreement still shows itself. */
export type FirstFailing = (candidates: readonly Scenario[]) => Promise<Scenario | undefined>;

/** Candidates that are tried at once: starting the translator costs more than translating them. */
const AT_ONCE = 12;

/**
 * The smallest scenario that still fails: objects left out in ever smaller groups, then one part after the other of what is
 * left (listeners, rules, matches, filters, backends, optional fields, and the request's own). `rounds` bounds the work.
 */
export async function shrink(scenario: Scenario, firstFailing: FirstFailing, rounds: number): Promise<Scenario> {
  let best = scenario;
  let left = rounds;
  const improve = async (candidates: readonly Scenario[]): Promise<boolean> => {
    for (let from = 0; from < candidates.length && left > 0; from += AT_ONCE) {
      left -= 1;
      const found = await firstFailing(candidates.slice(from, from + AT_ONCE));
      if (found === undefined) continue;
      best = found;
      return true;
    }
    return false;
  };
  for (let size = Math.ceil(best.objects.length / 2); size >= 1; size = Math.floor(size / 2)) {
    while (await improve(withoutGroups(best, size)));
  }
  while (await improve(withSmallerParts(best)));
  return best;
}

function withoutGroups(scenario: Scenario, size: number): readonly Scenario[] {
  const { objects } = scenario;
  const starts = Array.from({ length: Math.ceil(objects.length / size) }, (_, group) => group * size);
  return starts.map((from) => ({ ...scenario, objects: [...objects.slice(0, from), ...objects.slice(from + size)] }));
}

function withSmallerParts(scenario: Scenario): readonly Scenario[] {
  const { objects, requests } = scenario;
  return [
    ...requests.flatMap((request) => smallerRequests(request).map((smaller) => ({ ...scenario, requests: [smaller] }))),
    ...objects.flatMap((object, at) =>
      smallerObjects(object).map((smaller) => ({
        ...scenario,
        objects: objects.map((other, index) => (index === at ? smaller : other)),
      })),
    ),
  ];
}

const SHRUNK_KINDS: ReadonlySet<unknown> = new Set(['Gateway', 'HTTPRoute', 'GRPCRoute', 'ReferenceGrant']);
/** Fields without which an object is nothing. */
const NEEDED: ReadonlySet<string> = new Set([
  'gatewayClassName',
  'name',
  'namespace',
  'kind',
  'group',
  'port',
  'protocol',
  'value',
  'type',
  'from',
  'to',
  'metadata',
]);

function smallerObjects(object: JsonObject): readonly JsonObject[] {
  if (!SHRUNK_KINDS.has(object.kind)) return [];
  return smallerValues(object.spec as JsonObject).map((spec) => ({ ...object, spec: spec as Json }));
}

/** The value with one array element or one optional field less, big parts first. */
function smallerValues(value: Json): readonly Json[] {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const dropped = list.length > 1 ? list.map((_, at) => list.filter((_entry, index) => index !== at)) : [];
    const inner = list.flatMap((entry, at) =>
      smallerValues(entry).map((smaller) => list.map((other, index) => (index === at ? smaller : other))),
    );
    return [...dropped, ...inner];
  }
  if (value === null || typeof value !== 'object') return [];
  const fields = Object.entries(value as JsonObject);
  const dropped = fields
    .filter(([name]) => !NEEDED.has(name))
    .map(([name]) => Object.fromEntries(fields.filter(([other]) => other !== name)));
  const inner = fields.flatMap(([name, field]) =>
    field === undefined ? [] : smallerValues(field).map((smaller) => ({ ...(value as JsonObject), [name]: smaller })),
  );
  return [...dropped, ...inner];
}

function smallerRequests(request: AskedRequest): readonly AskedRequest[] {
  const [path = '/', query] = request.target.split('?');
  return [
    ...(Object.keys(request.headers).length === 0 ? [] : [{ ...request, headers: {} }]),
    ...(query === undefined ? [] : [{ ...request, target: path }]),
    ...(request.method === 'GET' ? [] : [{ ...request, method: 'GET' }]),
    ...(path === '/' ? [] : [{ ...request, target: request.target.replace(path, '/') }]),
  ];
}
