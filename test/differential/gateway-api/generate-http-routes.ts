import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { Dice } from './dice.ts';
import { drawBackends, drawHeaderModifier, drawMirror, drawRoute, type Place } from './place.ts';

const PATHS = [
  '/',
  '/',
  '/api',
  '/api/',
  '/api/v1',
  '/a',
  '/apix',
  '/api/v1/deep',
  '/a%20b',
  '/API',
  '/a.b',
  '/api/v1/',
];
const PATTERNS = ['/api.*', '/a(pi)?', '/.*x', '/api/v[0-9]+(/.*)?', '/(a|b).*', '.*', '/[a-z]+'];

export function drawHttpRoute(place: Place, index: number): JsonObject {
  const { dice } = place;
  const namespace = dice.pick(['infra', 'a', 'a', 'b']);
  const rules = Array.from({ length: dice.between(1, 4) }, (_, at) => drawRule(place, namespace, `${index}-${at}`));
  return drawRoute(place, 'HTTPRoute', `h${index}`, namespace, rules);
}

function drawRule(place: Place, namespace: string, mark: string): JsonObject {
  const { dice } = place;
  const count = dice.chance(0.1) ? 0 : dice.chance(0.25) ? 2 : 1;
  const matches = Array.from({ length: count }, () => drawMatch(dice));
  // The API takes ReplacePrefixMatch only where the one match is a PathPrefix.
  const prefixed = matches.length === 1 && (matches[0]?.path as JsonObject | undefined)?.type === 'PathPrefix';
  const filters: JsonObject[] = [];
  const redirects = dice.chance(0.15);
  if (redirects) filters.push({ type: 'RequestRedirect', requestRedirect: drawRedirect(dice, prefixed) });
  else if (dice.chance(0.3)) filters.push(...drawRewrite(dice, prefixed));
  if (dice.chance(0.2)) filters.push(drawHeaderModifier(dice, mark));
  if (dice.chance(redirects ? 0.02 : 0.06)) filters.push(drawMirror(place, namespace));
  if (dice.chance(0.05)) {
    filters.push({
      type: 'ResponseHeaderModifier',
      responseHeaderModifier: { set: [{ name: 'X-Answer', value: mark }] },
    });
  }
  const backends = redirects ? [] : drawBackends(place, namespace);
  return {
    ...(matches.length === 0 ? {} : { matches }),
    ...(filters.length === 0 ? {} : { filters }),
    ...(backends.length === 0 ? {} : { backendRefs: backends }),
    ...(!redirects && dice.chance(0.1) ? { timeouts: { request: '10s', backendRequest: '5s' } } : {}),
  };
}

function drawMatch(dice: Dice): JsonObject {
  const type = dice.pick(['PathPrefix', 'PathPrefix', 'PathPrefix', 'Exact', 'RegularExpression']);
  const headers = dice.chance(0.25) ? drawNameMatches(dice, ['X-One', 'x-two']) : [];
  const queryParams = dice.chance(0.2) ? drawNameMatches(dice, ['q', 'Page']) : [];
  const path = { type, value: dice.pick(type === 'RegularExpression' ? PATTERNS : PATHS) };
  return {
    ...(dice.chance(0.05) ? {} : { path }),
    ...(headers.length === 0 ? {} : { headers }),
    ...(queryParams.length === 0 ? {} : { queryParams }),
    ...(dice.chance(0.15) ? { method: dice.pick(['GET', 'POST', 'DELETE']) } : {}),
  };
}

/** Values that requests really send, so that about half of the matches hold. */
function drawNameMatches(dice: Dice, names: readonly string[]): JsonObject[] {
  // Of several entries for one name, however written, the first counts.
  const twice = dice.chance(0.05)
    ? names.map((name) => name.toLowerCase()).filter((name) => !names.includes(name))
    : [];
  return dice
    .some([...names, ...twice], 0.7)
    .map((name) =>
      dice.chance(0.3)
        ? { type: 'RegularExpression', name, value: dice.pick(['a.*', '[ab]', '1', '[0-9]+', 'b']) }
        : { name, value: dice.pick(['a', 'b', '1', 'a b']) },
    );
}

function drawRedirect(dice: Dice, prefixed: boolean): JsonObject {
  return {
    ...(dice.chance(0.4) ? { scheme: dice.pick(['http', 'https']) } : {}),
    ...(dice.chance(0.3) ? { hostname: 'new.example.org' } : {}),
    ...(dice.chance(0.3) ? { port: dice.pick([80, 443, 8443, 8080]) } : {}),
    ...(dice.chance(0.4) ? { statusCode: dice.pick([301, 302, 303, 307, 308]) } : {}),
    ...(dice.chance(0.5) ? { path: drawPathModifier(dice, prefixed) } : {}),
  };
}

function drawRewrite(dice: Dice, prefixed: boolean): JsonObject[] {
  const rewrite = {
    ...(dice.chance(0.4) ? { hostname: 'inner.example.org' } : {}),
    ...(dice.chance(0.7) ? { path: drawPathModifier(dice, prefixed) } : {}),
  };
  return Object.keys(rewrite).length === 0 ? [] : [{ type: 'URLRewrite', urlRewrite: rewrite }];
}

function drawPathModifier(dice: Dice, prefixed: boolean): JsonObject {
  return prefixed && dice.chance(0.65)
    ? { type: 'ReplacePrefixMatch', replacePrefixMatch: dice.pick(['/new', '/new/', '/', '', '/new/deep']) }
    : { type: 'ReplaceFullPath', replaceFullPath: dice.pick(['/full', '/full/x', '/full/', '/']) };
}
