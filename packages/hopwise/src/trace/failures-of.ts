import type { FailureTable, GatewayInstance, Rule } from '../routing/route-table.ts';

/** What is answered to failures on this path: by the rule's own table where it has one, else by the gateway's. */
export function failuresOf(place: {
  readonly gateway?: GatewayInstance | undefined;
  readonly rule?: Rule | undefined;
}): FailureTable | undefined {
  return place.rule?.failures ?? place.gateway?.failures;
}
