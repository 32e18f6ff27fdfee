import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { idOf } from '../base/object-id.ts';
import { loadSnapshot } from '../engine/engine.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import { withObjects } from '../model/what-if.ts';
import { buildRoutes } from '../routing/build.ts';
import { CompiledRoutes } from '../routing/compiled-routes.ts';
import { keepsRoutes } from '../routing/keeps-routes.ts';
import type { RouteTable } from '../routing/route-table.ts';
import type { JsonObject } from '../sources/contract.ts';
import { openSource } from '../sources/open.ts';
import { decide } from '../trace/walk.ts';
import { sampleRequests } from './verify.ts';

// Trying a fix may skip building the routes anew only where building them would give the same ones.

const BOOKSHOP = join(import.meta.dirname, '..', '..', 'demo', 'bookshop');
const { model } = await loadSnapshot(await openSource(BOOKSHOP), new AbortController().signal);
const table = buildRoutes(model);

function decisions(routes: RouteTable): string[] {
  const compiled = new CompiledRoutes();
  return sampleRequests(table.gateways, undefined).map((request) =>
    JSON.stringify(decide(routes, compiled, request, undefined, false).decision),
  );
}

function withSpec(before: ClusterModel, id: ReturnType<typeof idOf>, change: JsonObject): JsonObject {
  const raw = before.raw(id) as JsonObject;
  return { ...raw, spec: { ...(raw.spec as JsonObject), ...change } };
}

describe('keepsRoutes', () => {
  it.each(
    model.list('Service').map((service) => ({ name: `${service.namespace}/${service.name}`, id: idOf(service) })),
  )('another selector of $name is skipped only where the routes stay the same', ({ id }) => {
    const after = withSpec(model, id, { selector: { nobody: 'at-all' } });
    if (!keepsRoutes(model, table, id, after)) return;
    const changed = withObjects(model, [after]);
    expect(changed).toBeDefined();
    if (changed !== undefined) expect(decisions(buildRoutes(changed))).toEqual(decisions(table));
  });

  it('skips for a Service of the application, and never for a port or the gateway’s own Service', () => {
    const app = model.list('Service').find((service) => service.namespace === 'bookshop');
    const gateway = table.gateways[0]?.services[0];
    expect(app).toBeDefined();
    expect(gateway).toBeDefined();
    if (app === undefined || gateway === undefined) return;
    expect(keepsRoutes(model, table, idOf(app), withSpec(model, idOf(app), { selector: { a: 'b' } }))).toBe(true);
    expect(keepsRoutes(model, table, idOf(app), withSpec(model, idOf(app), { ports: [] }))).toBe(false);
    expect(keepsRoutes(model, table, idOf(gateway), withSpec(model, idOf(gateway), { selector: { a: 'b' } }))).toBe(
      false,
    );
  });
});
