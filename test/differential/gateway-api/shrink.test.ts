import { expect, it } from 'vitest';
import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import { drawScenario } from './generate.ts';
import type { Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';

/** Rules of a kind of route that have a filter of a type. */
function rulesWith({ objects }: Scenario, type: string): readonly JsonObject[] {
  return objects
    .filter(({ kind }) => kind === 'HTTPRoute')
    .flatMap(({ spec }) => ((spec as JsonObject).rules ?? []) as readonly JsonObject[])
    .filter(({ filters }) => ((filters ?? []) as readonly JsonObject[]).some((filter) => filter.type === type));
}

it('leaves of a scenario what the failure needs', async () => {
  const drawn = drawScenario(7, 'http', 1);
  const fails = (scenario: Scenario): boolean =>
    rulesWith(scenario, 'RequestRedirect').length > 0 && scenario.objects.some(({ kind }) => kind === 'Gateway');
  expect(fails(drawn)).toBe(true);
  const smallest = await shrink(drawn, async (candidates) => candidates.find(fails), 1000);
  expect(smallest.objects.map(({ kind }) => kind)).toEqual(['Gateway', 'HTTPRoute']);
  const [gateway, route] = smallest.objects.map(({ spec }) => spec as JsonObject);
  expect(gateway).toEqual({ gatewayClassName: 'eg' });
  expect(route).toMatchObject({ rules: [{ filters: [{ type: 'RequestRedirect' }] }] });
  expect(Object.keys(route ?? {})).toEqual(['rules']);
  expect(smallest.requests[0]).toMatchObject({ method: 'GET', target: '/', headers: {} });
});

it('draws the same scenario for the same seed', () => {
  expect(drawScenario(3, 'grpc', 20)).toEqual(drawScenario(3, 'grpc', 20));
});
