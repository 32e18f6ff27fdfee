import type { Json, JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { WireRequest } from './ask.ts';
import type { World } from './world.ts';

/** One request to one world. */
export interface Question {
  readonly world: World;
  readonly request: WireRequest;
}

/**
 * Cuts a failing question down while `fails` still holds: drops Ingresses, then flags, settings, annotations, rules, paths,
 * TLS and headers one by one, again and again, until nothing more can go or `tries` are used up.
 */
export async function shrink(
  question: Question,
  fails: (smaller: Question) => Promise<boolean>,
  tries: number,
): Promise<Question> {
  let smallest = question;
  let left = tries;
  for (let changed = true; changed; ) {
    changed = false;
    // What could not go before can hardly go now: a pass goes on where it was, and only a next one looks back.
    for (let at = 0; left > 0; ) {
      const smaller = [...cuts(smallest)][at];
      if (smaller === undefined) break;
      left -= 1;
      if (await fails(smaller)) {
        smallest = smaller;
        changed = true;
      } else at += 1;
    }
  }
  return smallest;
}

/** Every question with one thing less, the largest things first. */
function* cuts({ world, request }: Question): Generator<Question> {
  const { ingresses, flags, settings } = world;
  for (const fewer of without(ingresses)) yield { world: { ...world, ingresses: fewer }, request };
  for (const fewer of without(flags)) yield { world: { ...world, flags: fewer }, request };
  for (const fewer of withoutKeys(settings)) yield { world: { ...world, settings: fewer }, request };
  for (const [at, entry] of ingresses.entries()) {
    const put = (changed: typeof entry): Question => ({
      world: { ...world, ingresses: ingresses.with(at, changed) },
      request,
    });
    for (const annotations of withoutKeys(entry.annotations)) yield put({ ...entry, annotations });
    for (const spec of specCuts(entry.spec)) yield put({ ...entry, spec });
  }
  for (const headers of withoutKeys(request.headers)) yield { world, request: { ...request, headers } };
  const path = request.target.split('?')[0] ?? '';
  for (const target of new Set([path, path.slice(0, Math.max(1, path.lastIndexOf('/')))]))
    if (target !== request.target) yield { world, request: { ...request, target } };
}

function* specCuts(spec: JsonObject): Generator<JsonObject> {
  const rules = (spec.rules ?? []) as readonly JsonObject[];
  for (const name of ['tls', 'defaultBackend']) {
    const { [name]: dropped, ...rest } = spec;
    if (dropped !== undefined) yield rest;
  }
  if (rules.length > 1) for (const fewer of without(rules)) yield { ...spec, rules: fewer };
  for (const [at, rule] of rules.entries()) {
    const { paths = [] } = (rule.http ?? {}) as { readonly paths?: readonly Json[] };
    if (paths.length < 2) continue;
    for (const fewer of without(paths)) yield { ...spec, rules: rules.with(at, { ...rule, http: { paths: fewer } }) };
  }
}

function without<T>(list: readonly T[]): readonly (readonly T[])[] {
  return list.map((_, at) => list.toSpliced(at, 1));
}

function withoutKeys(map: Readonly<Record<string, string>>): readonly Readonly<Record<string, string>>[] {
  return Object.keys(map).map((key) => Object.fromEntries(Object.entries(map).filter(([name]) => name !== key)));
}
