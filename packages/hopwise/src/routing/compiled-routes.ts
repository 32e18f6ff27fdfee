import { type CompiledGateway, compileGateway, type MatchResult } from './match/compile-gateway.ts';
import { explainLosers, type LosingRule } from './match/explain-losers.ts';
import type { Request } from './request.ts';
import type { GatewayInstance } from './route-table.ts';

/** A gateway never changes: whoever walks the same table shares its matchers. */
const COMPILED = new WeakMap<GatewayInstance, CompiledGateway>();

/** Matchers of a route table's gateways, each compiled when first asked. */
export class CompiledRoutes {
  of(gateway: GatewayInstance): CompiledGateway {
    let compiled = COMPILED.get(gateway);
    if (compiled === undefined) {
      compiled = compileGateway(gateway);
      COMPILED.set(gateway, compiled);
    }
    return compiled;
  }

  /** Rules that looked like candidates, each with why it lost. */
  losers(gateway: GatewayInstance, request: Request, winner: MatchResult): readonly LosingRule[] {
    return explainLosers(this.of(gateway), request, winner);
  }
}
