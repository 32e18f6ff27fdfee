import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { Dice } from './dice.ts';
import { drawBackends, drawHeaderModifier, drawMirror, drawRoute, type Place } from './place.ts';

export const GRPC_SERVICES = ['shop.v1.Cart', 'shop.v1.Orders', 'Cart'];
export const GRPC_METHODS = ['Get', 'List', 'GetAll'];

export function drawGrpcRoute(place: Place, index: number): JsonObject {
  const { dice } = place;
  const namespace = dice.pick(['infra', 'a', 'a', 'b']);
  const rules = Array.from({ length: dice.between(1, 3) }, (_, at) => drawRule(place, namespace, `${index}-${at}`));
  return drawRoute(place, 'GRPCRoute', `g${index}`, namespace, rules);
}

function drawRule(place: Place, namespace: string, mark: string): JsonObject {
  const { dice } = place;
  const matches = Array.from({ length: dice.pick([0, 1, 1, 1, 2]) }, () => drawMatch(dice)).filter(
    (match) => Object.keys(match).length > 0,
  );
  const filters = [
    ...(dice.chance(0.2) ? [drawHeaderModifier(dice, mark)] : []),
    ...(dice.chance(0.05) ? [drawMirror(place, namespace)] : []),
  ];
  const backends = drawBackends(place, namespace);
  return {
    ...(matches.length === 0 ? {} : { matches }),
    ...(filters.length === 0 ? {} : { filters }),
    ...(backends.length === 0 ? {} : { backendRefs: backends }),
  };
}

function drawMatch(dice: Dice): JsonObject {
  const method = dice.chance(0.85) ? drawMethod(dice) : undefined;
  const headers = dice
    .some(['X-One', 'x-two'], dice.chance(0.3) ? 0.6 : 0)
    .map((name) =>
      dice.chance(0.3)
        ? { type: 'RegularExpression', name, value: dice.pick(['a.*', '[ab]']) }
        : { name, value: dice.pick(['a', 'b']) },
    );
  return { ...(method === undefined ? {} : { method }), ...(headers.length === 0 ? {} : { headers }) };
}

function drawMethod(dice: Dice): JsonObject {
  const part = dice.pick(['both', 'both', 'service', 'method']);
  if (dice.chance(0.3)) {
    return {
      type: 'RegularExpression',
      ...(part === 'method'
        ? {}
        : { service: dice.pick(['shop\\..*', '[A-Za-z.]+', 'shop.v1.(Cart|Orders)', 'Cart']) }),
      ...(part === 'service' ? {} : { method: dice.pick(['Get.*', '[A-Z][a-z]+', 'List']) }),
    };
  }
  return {
    ...(dice.chance(0.5) ? { type: 'Exact' } : {}),
    ...(part === 'method' ? {} : { service: dice.pick(GRPC_SERVICES) }),
    ...(part === 'service' ? {} : { method: dice.pick(GRPC_METHODS) }),
  };
}
