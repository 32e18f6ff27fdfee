import { type CompiledGateway, compileGateway, type MatchResult } from './match/compile-gateway.ts';
import { explainLosers, type LosingRule } from './match/explain-losers.ts';
import type { Request } from './request.ts';
import type { GatewayInstance } from './route-table.ts';

/** Matchers of a route table's gateways, each compiled when first asked. */
export class CompiledRoutes {
  readonly #compiled = new Map<GatewayInstance, CompiledGateway>();

  of(gateway: GatewayInstance): CompiledGateway {
    let compiled = this.#compiled.get(gateway);
    if (compiled === undefined) {
      compiled = compileGateway(gateway);
      this.#compiled.set(gateway, compiled);
    }
    return compiled;
  }

  /** Rules that looked like candidates, each with why it lost. */
  losers(gateway: GatewayInstance, request: Request, winner: MatchResult): readonly LosingRule[] {
    return explainLosers(this.of(gateway), request, winner);
  }
}
