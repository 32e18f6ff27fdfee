import { parsePath } from '../base/field-path.ts';
import { type ObjectId, objectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Ingress } from '../model/kinds/ingress.ts';
import type { RouteBackend, RouteClash, RouteTable } from '../routing/route-table.ts';
import { usableEndpoints, walkBackend } from './backend-path.ts';
import type { Trace } from './trace.ts';

/** Another route claims exactly what the winning rule claims, and leads elsewhere. */
export interface LostClash {
  readonly clash: RouteClash;
  /** Services of the route that lost. */
  readonly services: readonly ObjectId[];
  /** Some Pod stands ready behind the route that lost: it is no leftover. */
  readonly alive: boolean;
}

/** Clashes that the rule of this request won over a route with other backends. */
export function lostClashes(model: ClusterModel, table: RouteTable, trace: Trace): readonly LostClash[] {
  const { rule, host } = trace;
  if (rule === undefined || host === undefined || rule.action.kind !== 'backends') return [];
  const own = new Set(rule.action.backends.map((backend) => backend.object));
  return table.clashes.flatMap((clash): LostClash[] => {
    if (clash.host !== host.host || clash.winner.object !== rule.object || clash.winner.field !== rule.field) return [];
    const backends = backendsOf(model, trace, clash.loser);
    if (backends.length === 0 || backends.every((backend) => own.has(backend.object))) return [];
    const alive = backends.some((backend) => usableEndpoints(walkBackend(model, backend, [])).length > 0);
    return [{ clash, services: backends.map((backend) => backend.object), alive }];
  });
}

/** The rule that lost is in the table (Gateway API), or only in its Ingress. */
function backendsOf(model: ClusterModel, trace: Trace, side: RouteClash['loser']): readonly RouteBackend[] {
  const rule = trace.host?.rules.find((entry) => entry.object === side.object && entry.field === side.field);
  if (rule !== undefined) return rule.action.kind === 'backends' ? rule.action.backends : [];
  const object = model.object(side.object);
  if (object?.kind !== 'Ingress') return [];
  const ingress = object as Ingress;
  const [, , at, , , path] = parsePath(side.field) ?? [];
  const backend =
    typeof at === 'number' && typeof path === 'number'
      ? ingress.rules[at]?.paths?.[path]?.backend
      : ingress.defaultBackend;
  const service = backend?.service;
  if (service === undefined) return [];
  const port = service.port.number ?? service.port.name;
  return [
    {
      object: objectId('Service', ingress.namespace, service.name),
      ...(port === undefined ? {} : { port }),
      weight: 1,
      field: side.field,
    },
  ];
}
