import { readRequest } from '../../../packages/hopwise/src/engine/read-request.ts';
import { routesOf } from '../../../packages/hopwise/src/engine/routed.ts';
import { ModelBuilder } from '../../../packages/hopwise/src/model/builder.ts';
import type { ClusterModel } from '../../../packages/hopwise/src/model/cluster-model.ts';
import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { BackendPath, Trace } from '../../../packages/hopwise/src/trace/trace.ts';
import { walk } from '../../../packages/hopwise/src/trace/walk.ts';
import { type Answer, type AskedRequest, isRuleHeader } from './scenario.ts';

/** A cluster as hopwise sees it. */
export interface HopwiseView {
  /** Every answer that a request may get: one for each backend with a share of the requests. */
  readonly ask: (request: AskedRequest) => readonly Answer[];
  /** Configuration that hopwise says the proxy refuses to load. */
  readonly rejects: readonly string[];
  /** Is any rule of this route (`HTTPRoute/ns/name`) served; `faulty`: all answer an error themselves. */
  readonly serves: (route: string) => 'yes' | 'faulty' | 'no';
}

const READ = [
  'GatewayClass',
  'Gateway',
  'HTTPRoute',
  'GRPCRoute',
  'ReferenceGrant',
  'Service',
  'EndpointSlice',
  'Namespace',
];

export function openInHopwise(objects: readonly JsonObject[]): HopwiseView {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object, { file: 'scenario.yaml' });
  for (const kind of READ) builder.cover({ kind, state: 'complete' });
  const model = builder.build();
  const { table } = routesOf(model);
  const rules = table.gateways.flatMap(({ hosts }) => hosts.flatMap((host) => host.rules));
  const byRoute = Map.groupBy(rules, ({ object }) => object as string);
  return {
    ask: (request) => ask(model, objects, request),
    rejects: table.gateways.flatMap(({ rejects = [] }) => rejects.map(({ object, why }) => `${object}: ${why}`)),
    serves: (route) => {
      const own = byRoute.get(route) ?? [];
      if (own.length === 0) return 'no';
      return own.every(({ action }) => action.kind === 'fixed') ? 'faulty' : 'yes';
    },
  };
}

function ask(model: ClusterModel, objects: readonly JsonObject[], asked: AskedRequest): readonly Answer[] {
  // The URL names the Gateway's address, as `curl --resolve` would reach it; the Host header says what is asked for.
  const url = `${asked.scheme}://${addressOf(objects, asked.gateway)}:${asked.port}${asked.target}`;
  const request = readRequest({ url, method: asked.method, headers: { ...asked.headers, Host: asked.host } });
  const { table, compiled } = routesOf(model);
  const { trace } = walk(model, table, compiled, request, { entries: [], logs: [] }, { explain: false });
  return answersOf(trace);
}

function addressOf(objects: readonly JsonObject[], gateway: string): string {
  const found = objects.find(({ kind, metadata }) => {
    const { namespace, name } = metadata as JsonObject;
    return kind === 'Gateway' && `${namespace}/${name}` === gateway;
  });
  const addresses = (found?.status as JsonObject | undefined)?.addresses as readonly JsonObject[] | undefined;
  return addresses?.[0]?.value as string;
}

function answersOf({ decision, backends, gateway, predicted }: Trace): readonly Answer[] {
  const { status = 0, location, received } = decision;
  if (decision.kind !== 'backend') return [{ status, ...(location === undefined ? {} : { location }) }];
  const used = backends.filter(({ ref }) => ref.weight > 0 && ref.role !== 'mirror');
  // What every backend fails with is what the trace predicts.
  if (used.every((backend) => failuresOf(backend, gateway).length > 0)) return [{ status: predicted?.status ?? 0 }];
  const headers = Object.entries(received?.headers ?? {}).filter(([name]) => isRuleHeader(name));
  return used.flatMap((backend): readonly Answer[] => {
    const failures = failuresOf(backend, gateway);
    if (failures.length > 0) return failures.map((failure) => ({ status: failure }));
    const { object, port } = backend.ref;
    return [
      {
        status: 200,
        backend: `${object.replace(/^Service\//, '')}:${port}`,
        path: received?.path ?? '',
        host: received?.host ?? '',
        headers: Object.fromEntries(headers),
      },
    ];
  });
}

/** Statuses for the share of a backend that cannot be used: the reference is refused, or the Service or its port is not there. */
function failuresOf({ ref, service, port }: BackendPath, gateway: Trace['gateway']): readonly number[] {
  if (ref.refused !== undefined) return [ref.refused.status];
  if (service.state === 'found' && port.state === 'found') return [];
  const failure = gateway?.failures['no-service'];
  return failure === undefined ? [0] : [failure.status, ...(failure.also ?? [])];
}
