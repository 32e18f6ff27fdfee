import { idOf, splitId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Request } from '../routing/request.ts';
import type { GatewayInstance, RouteBackend, Rule, VirtualHost } from '../routing/route-table.ts';
import type {
  AccessEntry,
  AppEventEntry,
  AppRequestEntry,
  BackendErrorEntry,
  ControllerEntry,
  ListenEntry,
  LogEntry,
  LogPlace,
  Observations,
} from '../sources/observations.ts';
import { claimAnonymous, isAnonymous, type ProxyLog, withReasons } from './anonymous-errors.ts';
import { podsBehind } from './backend-path.ts';
import { CallerLines } from './caller-lines.ts';
import { markCutSessions } from './cut-sessions.ts';
import type { InClusterWalk } from './in-cluster.ts';
import type { AppObservations } from './observed.ts';
import { pathOnly, pathShape } from './path-shape.ts';
import type { BackendPath } from './trace.ts';

/** The path so far, as much of it as log lines are joined to. */
export interface JoinTarget {
  readonly request: Request;
  readonly gateway: GatewayInstance | undefined;
  readonly host: VirtualHost | undefined;
  readonly rule: Rule | undefined;
  readonly backends: readonly BackendPath[];
  /** Set for a request that no gateway serves. */
  readonly inside?: InClusterWalk;
}

export interface JoinedLines {
  readonly access: readonly AccessEntry[];
  readonly nearby: readonly AccessEntry[];
  readonly errors: readonly BackendErrorEntry[];
  readonly otherErrors: readonly BackendErrorEntry[];
  readonly controller: readonly ControllerEntry[];
  readonly app: AppObservations;
  /** Pods that logged this request as a proxy in front of the backend. */
  readonly proxies: readonly string[];
}

const podKey = (place: { readonly namespace: string; readonly pod: string }): string =>
  `${place.namespace}/${place.pod}`;

/** Splits all log lines into those of this request, those near it and those of the Pods behind it. */
export function joinLines(model: ClusterModel, target: JoinTarget, observations: Observations): JoinedLines {
  if (observations.entries.length === 0) return joinNothing(target, observations);
  const behind = target.backends.flatMap(podsBehind);
  const behindKeys = new Set(behind.map((pod) => `${pod.namespace}/${pod.name}`));
  const former = formerPods(model, target.backends);
  const gatewayKeys = new Set(gatewayPods(target).map((pod) => `${pod.namespace}/${pod.name}`));
  const join = new RequestJoin(target);

  const access: AccessEntry[] = [];
  const nearby: AccessEntry[] = [];
  const errors: BackendErrorEntry[] = [];
  const otherErrors: BackendErrorEntry[] = [];
  const controller: ControllerEntry[] = [];
  const anonymous: BackendErrorEntry[] = [];
  const logged = new ProxyLogs();
  const proxies = new Set<string>();
  const app = new AppLines(behind);
  const { inside } = target;
  const caller =
    inside === undefined ? undefined : new CallerLines(model, inside, target.request, target.backends, observations);

  for (const entry of observations.entries) {
    const key = podKey(entry.at);
    const complaint = caller?.read(entry);
    if (complaint !== undefined) {
      errors.push(complaint);
      continue;
    }
    if ((behindKeys.has(key) || former(entry.at)) && !gatewayKeys.has(key)) {
      app.add(entry);
      continue;
    }
    const isGateway = gatewayKeys.has(key);
    if (entry.type === 'controller') {
      if (isGateway || gatewayKeys.size === 0 || isGatewayNamespace(target, entry.at)) controller.push(entry);
    } else if (entry.type === 'access') {
      const fit = join.access(entry, isGateway || gatewayKeys.size === 0);
      if (fit === 'this') access.push(entry);
      else if (fit === 'near') nearby.push(entry);
      if (fit === 'this') proxies.add(key);
      if (isGateway) logged.add(key, entry, fit);
    } else if (entry.type === 'backend-error') {
      if (isGateway && isAnonymous(entry)) {
        anonymous.push(entry);
        continue;
      }
      const fit = join.error(entry);
      if (fit === 'this') {
        errors.push(entry);
        proxies.add(key);
      } else if (isGateway || fit === 'near') otherErrors.push(entry);
    }
  }
  const claimed = claimAnonymous(anonymous, (key) => logged.of(key));
  for (const entry of anonymous) (claimed.has(entry) ? errors : otherErrors).push(entry);
  const order = (a: LogEntry, b: LogEntry): number => (a.time ?? 0) - (b.time ?? 0);
  return {
    access: markCutSessions(target.request, withReasons(access, claimed).sort(order), errors),
    nearby: nearby.sort(order),
    errors: errors.sort(order),
    otherErrors: otherErrors.sort(order),
    controller: controller.sort(order),
    app: app.result(observations, behindKeys),
    proxies: [...proxies].sort(),
  };
}

/** No line at all: a scan of a cluster without logs joins this for every target. */
function joinNothing(target: JoinTarget, observations: Observations): JoinedLines {
  const behind = target.backends.flatMap(podsBehind);
  const keys = new Set(observations.logs.length === 0 ? [] : behind.map(podKeyOf));
  const app = new AppLines(behind).result(observations, keys);
  return { access: [], nearby: [], errors: [], otherErrors: [], controller: [], app, proxies: [] };
}

function podKeyOf(pod: Pod): string {
  return `${pod.namespace}/${pod.name}`;
}

function gatewayPods(target: JoinTarget): readonly Pod[] {
  return target.gateway?.pods.state === 'found' ? target.gateway.pods.value : [];
}

/** The controller may run beside its data plane in the same namespace (Istio, Contour, Kong). */
function isGatewayNamespace(target: JoinTarget, place: LogPlace): boolean {
  return gatewayPods(target).some((pod) => pod.namespace === place.namespace);
}

/** Logs of Pods of the same workload that are gone by now still speak of the app: their name starts like the workload's. */
function formerPods(model: ClusterModel, backends: readonly BackendPath[]): (place: LogPlace) => boolean {
  const owners = new Set<string>();
  for (const path of backends) {
    for (const pod of podsBehind(path)) {
      const { namespace, name } = splitId(model.controllerOf(pod));
      owners.add(`${namespace}/${name}`);
    }
  }
  return (place) => {
    if (model.get('Pod', place.namespace, place.pod).state === 'found') return false;
    const name = place.pod.replace(/-[a-z0-9]{4,10}-[a-z0-9]{5}$|-[a-z0-9]{5}$|-\d{1,4}$/, '');
    return owners.has(`${place.namespace}/${name}`);
  };
}

type Fit = 'this' | 'near' | 'other';

/** Decides whether a proxy's line is about this very request (same host and path shape), near it, or another's. */
class RequestJoin {
  readonly #host: string;
  readonly #path: string;
  readonly #shape: string;
  readonly #services: readonly { readonly namespace: string; readonly name: string }[];
  readonly #own: readonly { readonly namespace: string; readonly name: string }[];
  /** Traefik and others name a line after the Ingress or route object. */
  readonly #routes: readonly { readonly namespace: string; readonly name: string }[];
  readonly #addresses: ReadonlySet<string>;

  constructor(target: JoinTarget) {
    this.#host = target.request.host;
    this.#path = target.request.path;
    this.#shape = pathShape(target.request.path);
    this.#services = servicesOf(
      target.host?.rules.flatMap((rule) => (rule.action.kind === 'backends' ? rule.action.backends : [])) ?? [],
    );
    this.#routes = (target.host?.rules ?? []).map((rule) => splitId(rule.object));
    this.#own = servicesOf(target.backends.map((path) => path.ref));
    this.#addresses = new Set(
      target.backends.flatMap((path) => path.endpoints.map((endpoint) => hostPort(endpoint.address, endpoint.port))),
    );
  }

  /** `mayBeGateway`: a line that names neither host nor backend counts only from a Pod that can be the gateway's. */
  access(entry: AccessEntry, mayBeGateway: boolean): Fit {
    const sameHost = this.#sameHost(entry);
    if (sameHost === false) return 'other';
    const samePath = entry.path !== undefined && this.#samePath(entry.path);
    if (sameHost === true) return samePath ? 'this' : 'near';
    // Neither host nor backend in the line: a path that only this host would have is as good as it gets.
    return samePath && mayBeGateway && this.#path.length > 1 ? 'this' : 'other';
  }

  error(entry: BackendErrorEntry): Fit {
    if (entry.host !== undefined && stripPort(entry.host) !== this.#host) return 'other';
    if (entry.path !== undefined && entry.host !== undefined)
      return this.#samePath(entry.path) ? 'this' : this.#connectionFault(entry) ? 'this' : 'near';
    if (entry.address !== undefined && this.#addresses.has(entry.address)) return 'this';
    return entry.backendName !== undefined && this.#mentions(entry.backendName, this.#own) ? 'this' : 'other';
  }

  /** A connection that cannot be made fails whatever the path; only the address must be this backend's. */
  #connectionFault(entry: BackendErrorEntry): boolean {
    if (entry.address === undefined || !this.#addresses.has(entry.address)) return false;
    return (
      entry.mode === 'refused' ||
      entry.mode === 'connect-timeout' ||
      entry.mode === 'no-route-to-host' ||
      entry.mode === 'tls-handshake'
    );
  }

  #samePath(path: string): boolean {
    const bare = pathOnly(path);
    return bare === this.#path || pathShape(bare) === this.#shape;
  }

  #sameHost(entry: AccessEntry): boolean | undefined {
    if (entry.host !== undefined && entry.host !== '-') return stripPort(entry.host) === this.#host;
    const named = [entry.backendName, entry.routeName].filter(
      (name) => name !== undefined && name !== '' && name !== '-',
    );
    if (
      named.some(
        (name) => this.#mentions(name as string, this.#services) || this.#mentions(name as string, this.#routes),
      )
    )
      return true;
    const addresses = entry.attempts.flatMap((attempt) => attempt.address ?? []);
    if (addresses.some((address) => this.#addresses.has(address))) return true;
    return named.length > 0 ? false : undefined;
  }

  /** Proxies name a backend after its namespace and Service in one way or another. */
  #mentions(backendName: string, services: readonly { readonly namespace: string; readonly name: string }[]): boolean {
    return services.some(({ namespace, name }) => {
      if (backendName.startsWith(`${namespace}-${name}-`) || backendName.startsWith(`${namespace}_${name}_`))
        return true;
      return (
        backendName.includes(`${name}.${namespace}.svc`) ||
        backendName.includes(`${namespace}/${name}`) ||
        backendName.includes(`${namespace}-${name}-`) ||
        backendName.includes(`${namespace}:${name}:`) ||
        // haproxytech/kubernetes-ingress, pkg/service GetBackendName: namespace_svc_service_port
        backendName.startsWith(`${namespace}_svc_${name}_`)
      );
    });
  }
}

function servicesOf(
  backends: readonly RouteBackend[],
): readonly { readonly namespace: string; readonly name: string }[] {
  return backends.map((backend) => splitId(backend.object));
}

export function hostPort(address: string, port: number | undefined): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
}

function stripPort(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

/** Failed requests by the gateway Pod that logged them. */
class ProxyLogs {
  readonly #logs = new Map<string, { failedHere: AccessEntry[]; failedElsewhere: AccessEntry[] }>();

  add(pod: string, entry: AccessEntry, fit: Fit): void {
    const log = this.#logs.get(pod) ?? { failedHere: [], failedElsewhere: [] };
    this.#logs.set(pod, log);
    if ((entry.status ?? 0) >= 400) (fit === 'this' ? log.failedHere : log.failedElsewhere).push(entry);
  }

  of(pod: string): ProxyLog | undefined {
    return this.#logs.get(pod);
  }
}

/** Pods of different names are different Pods: a scan asks for every target, and hardly ever is there more to it. */
function distinctPods(pods: readonly Pod[]): readonly Pod[] {
  if (new Set(pods.map((pod) => pod.name)).size === pods.length) return pods;
  return [...new Map(pods.map((pod) => [idOf(pod), pod])).values()];
}

/** Collects what the Pods behind the Service say. */
class AppLines {
  readonly #pods: readonly Pod[];
  readonly #listens: ListenEntry[] = [];
  readonly #requests: AppRequestEntry[] = [];
  readonly #events: AppEventEntry[] = [];
  readonly #access: AccessEntry[] = [];
  readonly #errors: BackendErrorEntry[] = [];

  constructor(pods: readonly Pod[]) {
    this.#pods = pods;
  }

  add(entry: LogEntry): void {
    if (entry.type === 'listen') this.#listens.push(entry);
    else if (entry.type === 'app-request') this.#requests.push(entry);
    else if (entry.type === 'app-event') this.#events.push(entry);
    else if (entry.type === 'access') this.#access.push(entry);
    else if (entry.type === 'backend-error') this.#errors.push(entry);
  }

  result(observations: Observations, keys: ReadonlySet<string>): AppObservations {
    return {
      pods: distinctPods(this.#pods),
      listens: this.#listens,
      requests: this.#requests,
      events: this.#events,
      access: this.#access,
      errors: this.#errors,
      logged: observations.logs.some((log) => keys.has(`${log.namespace}/${log.pod}`) && log.lines > 0),
    };
  }
}
