import { found, type Lookup, unknown, valueOf } from '../base/lookup.ts';
import { idOf } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import { asPassedOn } from '../routing/as-passed-on.ts';
import type { CompiledRoutes } from '../routing/compiled-routes.ts';
import type { Request } from '../routing/request.ts';
import type { Action, GatewayInstance, RouteTable } from '../routing/route-table.ts';
import type { Observations, ResponseObservation } from '../sources/observations.ts';
import { walkBackend } from './backend-path.ts';
import { failuresOf } from './failures-of.ts';
import { describeHops } from './hops.ts';
import { type InClusterWalk, walkInCluster } from './in-cluster.ts';
import { judgeLeaving } from './leaving.ts';
import { loadedEndpoints } from './loaded-endpoints.ts';
import { observePath, responseTo } from './observe.ts';
import type { PathObservations } from './observed.ts';
import { fallbackGateway, pickGateway } from './pick-gateway.ts';
import { predict } from './predict.ts';
import { probeResponse } from './probed.ts';
import type { BackendPath, Decision, Leaving, Loser, Received, Trace, UnknownThing } from './trace.ts';

export interface Walk {
  readonly trace: Trace;
  readonly seen: PathObservations;
}

export interface WalkOptions {
  /** The Pod or workload that asks from inside the cluster. */
  readonly caller?: Lookup<readonly Pod[]>;
  readonly observedStatus?: number;
  /** Work out why other rules lost; costs time that bulk tracing does not want. */
  readonly explain: boolean;
}

/** Walks one request from the client to the app over the model and the route table, and joins what was seen to it. */
export function walk(
  model: ClusterModel,
  table: RouteTable,
  compiled: CompiledRoutes,
  request: Request,
  observations: Observations,
  options: WalkOptions,
): Walk {
  const inside = walkInCluster(model, request, options.caller, table.gateways);
  const route =
    inside === undefined
      ? decide(table, compiled, request, reachedBy(request, observations), options.explain)
      : undefined;
  const callers = inside?.callers ?? callersOf(route?.gateway);
  const refs = inside?.backends ?? route?.action?.backends ?? [];
  const from = inside?.entry === undefined ? valueOf(callers) : 'outside';
  const backends = inside?.paths ?? refs.map((ref) => walkBackend(model, ref, from));
  const leaving = leavingOf(model, inside);
  const target = {
    request,
    gateway: route?.gateway,
    host: route?.host,
    rule: route?.rule,
    backends,
    ...(inside === undefined ? {} : { inside }),
  };
  const seen = observePath(model, target, observations, options.observedStatus);
  const decision = inside?.decision ??
    route?.decision ?? { kind: 'none', backends: [], why: 'no gateway in the input serves this host' };
  const hops = describeHops({
    model,
    table,
    request,
    gateway: route?.gateway,
    decision,
    rule: route?.rule,
    backends,
    callers,
    seen,
    inside,
    leaving,
  });
  const predicted = predict(
    failuresOf({ gateway: route?.gateway, rule: route?.rule }),
    route?.rule,
    decision,
    hops,
    backends,
    inside !== undefined,
  );
  const trace: Trace = {
    request,
    inCluster: inside !== undefined,
    ...(inside?.entry === undefined ? {} : { entry: inside.entry }),
    ...(leaving === undefined ? {} : { leaving }),
    decision,
    ...(route?.gateway === undefined ? {} : { gateway: route.gateway }),
    ...(route?.host === undefined ? {} : { host: route.host }),
    ...(route?.rule === undefined ? {} : { rule: route.rule }),
    losers: route?.losers ?? [],
    backends,
    callers,
    hops,
    ...(predicted === undefined ? {} : { predicted }),
    unknowns: [
      ...unknownsOf(hops, backends, route?.uncertain),
      ...loadedEndpoints({ model, rule: route?.rule, backends, seen }).unknowns,
    ],
  };
  return { trace, seen };
}

/** The client's or a probe's answer, for the address that it came from. */
function reachedBy(request: Request, { response, probes = [] }: Observations): ResponseObservation | undefined {
  return responseTo(request, response) ?? probeResponse(request, probes);
}

/** Where the caller's request goes when it leaves the cluster for good. */
function leavingOf(model: ClusterModel, inside: InClusterWalk | undefined): Leaving | undefined {
  if (inside?.leaves === undefined) return undefined;
  return judgeLeaving(model, valueOf(inside.callers) ?? [], inside.leaves);
}

interface Routed {
  readonly gateway: GatewayInstance | undefined;
  readonly host: Trace['host'];
  readonly rule: Trace['rule'];
  readonly action: Extract<Action, { kind: 'backends' }> | undefined;
  readonly decision: Decision;
  readonly losers: readonly Loser[];
  readonly uncertain: string | undefined;
}

/** The gateway's decision alone. */
export function decide(
  table: RouteTable,
  compiled: CompiledRoutes,
  request: Request,
  response: ResponseObservation | undefined,
  explain: boolean,
): Routed {
  const gateway = pickGateway(table.gateways, request, response) ?? fallbackGateway(table.gateways, request, response);
  if (gateway === undefined) {
    return {
      gateway: undefined,
      host: undefined,
      rule: undefined,
      action: undefined,
      decision: { kind: 'none', backends: [], why: 'no gateway in the input serves this host' },
      losers: [],
      uncertain: undefined,
    };
  }
  const rules = compiled.of(gateway);
  const match = rules.match(request);
  const action = match.action;
  return {
    gateway,
    host: match.host,
    rule: match.rule,
    action: action.kind === 'backends' ? action : undefined,
    decision: decisionOf(gateway, asPassedOn(gateway, request), match.rule, action, match.captures),
    losers: explain ? compiled.losers(gateway, request, match) : [],
    uncertain: match.uncertain[0]?.why,
  };
}

function decisionOf(
  gateway: GatewayInstance,
  request: Request,
  rule: Trace['rule'],
  action: Action,
  captures: readonly string[],
): Decision {
  const place = {
    ...(gateway.object === undefined ? {} : { gateway: gateway.object }),
    ...(rule === undefined ? {} : { rule: { object: rule.object, field: rule.field } }),
  };
  switch (action.kind) {
    case 'backends':
      return {
        kind: 'backend',
        ...place,
        backends: action.backends.map((backend) => ({
          object: backend.object,
          ...(backend.port === undefined ? {} : { port: backend.port }),
          weight: backend.weight,
        })),
        received: receive(request, rule, action, captures),
      };
    case 'redirect':
      return {
        kind: 'redirect',
        ...place,
        backends: [],
        status: action.status,
        location: action.location(request, captures),
        why: action.why,
      };
    case 'fixed':
      return {
        kind: 'fixed',
        ...place,
        backends: [],
        status: action.status,
        why: action.why,
        ...(action.at === undefined ? {} : { at: action.at }),
      };
    case 'none':
      return {
        kind: 'none',
        ...place,
        backends: [],
        ...(action.status === undefined ? {} : { status: action.status }),
        why: action.why,
      };
  }
}

function receive(
  request: Request,
  rule: Trace['rule'],
  action: Extract<Action, { kind: 'backends' }>,
  captures: readonly string[],
): Received {
  const { rewrite } = action;
  return {
    method: rewrite.method ?? request.method,
    path: rewrite.path === undefined ? `${request.path}${request.query}` : rewrite.path(request, captures),
    host:
      typeof rewrite.host === 'function'
        ? rewrite.host(request)
        : (rewrite.host ?? rule?.settings.hostHeader?.value ?? request.host),
    protocol: rule?.settings.backendProtocol?.value ?? 'http',
    headers: rewrite.headers ?? {},
  };
}

function callersOf(gateway: GatewayInstance | undefined): Lookup<readonly Pod[]> {
  if (gateway === undefined) return unknown('no gateway was found');
  return gateway.pods.state === 'found'
    ? found(gateway.pods.value.filter((pod) => pod.deleting === undefined))
    : gateway.pods;
}

function unknownsOf(
  hops: Trace['hops'],
  backends: readonly BackendPath[],
  uncertain: string | undefined,
): readonly UnknownThing[] {
  const unsure = backends.flatMap(({ ref }) => ref.unsure ?? []);
  const unknowns = hops
    .filter((hop) => hop.state === 'unknown')
    .map((hop) => ({
      what: `${hop.hop}${hop.object === undefined ? '' : ` ${hop.object}`}`,
      why: hop.detail,
      settledBy: unsure.find(({ why }) => why === hop.detail)?.settledBy ?? settles(hop.hop),
    }));
  return uncertain === undefined
    ? unknowns
    : [
        ...unknowns,
        {
          what: 'routing rules',
          why: uncertain,
          settledBy: 'the gateway’s own configuration (for NGINX: nginx -T in the controller Pod)',
        },
      ];
}

const SETTLES: Readonly<Record<Trace['hops'][number]['hop'], string>> = {
  client: 'curl -sv of the failing URL, saved as response.txt',
  'external-dns': 'dig +short HOST, compared with the gateway’s address',
  edge: 'the cloud load balancer’s target health',
  gateway: 'kubectl get ingressclass,gatewayclass,gateway,pods -A -o yaml',
  'cluster-dns': 'kubectl -n kube-system get svc,endpointslices,pods,configmap -o yaml',
  service: 'kubectl get services,endpointslices -A -o yaml',
  network: 'kubectl get networkpolicy,namespaces -A -o yaml, and a connection from the gateway Pod to the endpoint',
  pod: 'kubectl get pods -A -o yaml',
  app: 'the log of the application Pod',
};

function settles(hop: Trace['hops'][number]['hop']): string {
  return SETTLES[hop];
}

/** Backends' Services, for callers that only need their ids. */
export function backendIds(backends: readonly BackendPath[]): readonly string[] {
  return backends.flatMap((path) => (path.service.state === 'found' ? [idOf(path.service.value)] : []));
}
