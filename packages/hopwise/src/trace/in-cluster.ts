import { type Lookup, unknown, valueOf } from '../base/lookup.ts';
import { objectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import type { Request } from '../routing/request.ts';
import type { GatewayInstance, RouteBackend } from '../routing/route-table.ts';
import { isIpAddress } from './addresses.ts';
import { inZone } from './dns/corefile.ts';
import { dnsSetupOf } from './dns/dns-setup.ts';
import { type DnsAnswer, resolveInCluster } from './dns/resolve.ts';
import { type Entry, entryByAddress, entryByName } from './entry-points.ts';
import { declaresHost } from './pick-gateway.ts';
import { headlessGap } from './pod-names.ts';
import { podPath, servicePodsPath } from './pod-paths.ts';
import type { BackendPath, Decision, Leaving } from './trace.ts';

/** A request that does not go through a gateway: caller Pod → cluster DNS → Service → Pod. */
export interface InClusterWalk {
  readonly callers: Lookup<readonly Pod[]>;
  readonly backends: readonly RouteBackend[];
  /** Set when Pods are asked at their own addresses and ports: no Service translates anything. */
  readonly paths?: readonly BackendPath[];
  readonly decision: Decision;
  /** Undefined when the URL names an address. */
  readonly dns: DnsAnswer | undefined;
  readonly name: string;
  /** A caller was named; without one the request is in-cluster because of its host. */
  readonly fromCaller: boolean;
  /** It comes from outside, through this LoadBalancer or NodePort Service. */
  readonly entry?: Service;
  /** It leaves the cluster. */
  readonly leaves?: Omit<Leaving, 'flows'>;
}

interface Asked {
  readonly model: ClusterModel;
  readonly request: Request;
  readonly callers: Lookup<readonly Pod[]>;
  readonly fromCaller: boolean;
  readonly gateways: readonly GatewayInstance[];
}

/**
 * Undefined when a gateway is asked. A request is in-cluster when a caller was given, when its host is a name of the
 * cluster domain (`cart.shop.svc…`), or when its address is a Service's, a Pod's or a node port's that is no gateway's.
 */
export function walkInCluster(
  model: ClusterModel,
  request: Request,
  caller: Lookup<readonly Pod[]> | undefined,
  gateways: readonly GatewayInstance[],
): InClusterWalk | undefined {
  const callers = caller ?? unknown('no caller was named', 'add --as NAMESPACE/POD or --as deployment/NAMESPACE/NAME');
  const asked: Asked = { model, request, callers, fromCaller: caller !== undefined, gateways };
  return isIpAddress(request.urlHost) ? walkAddress(asked) : walkName(asked);
}

function walkAddress(asked: Asked): InClusterWalk | undefined {
  const { model, request } = asked;
  const host = request.urlHost;
  const service = valueOf(model.serviceByIP(host));
  if (service?.clusterIPs.includes(host) === true) return toService(asked, undefined, service);
  const entry = entryByAddress(model, host, request.port);
  if (entry !== undefined) return toEntry(asked, entry);
  const pod = valueOf(model.podByIP(host));
  if (pod !== undefined) return toPods(asked, undefined, [podPath(model, pod, host, request.port, callerPods(asked))]);
  if (!asked.fromCaller || asked.gateways.some((gateway) => gateway.addresses.some(({ ip }) => ip === host)))
    return undefined;
  return leave(asked, undefined, { host, port: request.port, address: host });
}

function walkName(asked: Asked): InClusterWalk | undefined {
  const { model, request } = asked;
  const host = request.urlHost;
  const isClusterName = /\.svc(?:\.|$)/.test(host) || inZone(host, dnsSetupOf(model).domain);
  if (!asked.fromCaller && !isClusterName) {
    const entry = servedByGateway(asked) ? undefined : entryByName(model, host, request.port);
    return entry === undefined ? undefined : toEntry(asked, entry);
  }
  const { callers } = asked;
  if (asked.fromCaller && callers.state !== 'found' && !isClusterName) return unheard(asked);
  const from = valueOf(callers)?.[0];
  const dns = resolveInCluster(model, host, from ?? { namespace: 'default' });
  switch (dns.state) {
    case 'service':
      return toService(asked, dns, dns.service);
    case 'pod': {
      const path =
        dns.pod === undefined
          ? undefined
          : podPath(model, dns.pod, dns.addresses[0] ?? '', request.port, callerPods(asked));
      return path === undefined ? nowhere(asked, dns, `no Pod has the address of ${host}`) : toPods(asked, dns, [path]);
    }
    case 'external':
      // An outside name goes out, and comes back in where a gateway serves it.
      if (servedByGateway(asked) || (!asked.fromCaller && dns.aliases.length === 0)) return undefined;
      return leave(asked, dns, { host: dns.name, port: request.port, ...firstAddress(dns.addresses) });
    case 'nxdomain': {
      const gap = headlessGap(model, host, dns);
      if (gap?.kind === 'no-endpoints') return toService(asked, dns, gap.service);
      if (gap?.kind === 'not-ready')
        return toPods(asked, dns, [
          podPath(model, gap.pod, gap.pod.ips[0] ?? '', request.port, callerPods(asked), false),
        ]);
      return nowhere(asked, dns, `${host} does not resolve in the cluster`);
    }
    case 'unknown':
      return !isClusterName && servedByGateway(asked) ? undefined : nowhere(asked, dns, dns.why);
  }
}

function firstAddress([address]: readonly string[]): { readonly address?: string } {
  return address === undefined ? {} : { address };
}

/** Whose policies count: Pods that are known to ask. */
function callerPods({ callers }: Asked): readonly Pod[] | undefined {
  return valueOf(callers);
}

function baseOf(
  asked: Asked,
  dns: DnsAnswer | undefined,
): Pick<InClusterWalk, 'callers' | 'dns' | 'name' | 'fromCaller'> {
  return { callers: asked.callers, dns, name: asked.request.urlHost, fromCaller: asked.fromCaller };
}

function toService(asked: Asked, dns: DnsAnswer | undefined, service: Service): InClusterWalk | undefined {
  // A Host header of somebody else's at a gateway's own Service is a question to the gateway.
  if (asked.request.host !== asked.request.urlHost && isGatewayService(asked, service)) return undefined;
  const { port } = asked.request;
  const object = objectId('Service', service.namespace, service.name);
  const decision: Decision = { kind: 'backend', backends: [{ object, port, weight: 1 }] };
  const backends: readonly RouteBackend[] = [{ object, port, weight: 1, field: '' }];
  const base = { ...baseOf(asked, dns), backends, decision };
  // DNS answers for a headless Service with its Pods: nothing maps the Service's port to another.
  return service.headless ? { ...base, paths: [servicePodsPath(asked.model, service, port, callerPods(asked))] } : base;
}

function toEntry(asked: Asked, { service, port }: Entry): InClusterWalk | undefined {
  if (isGatewayService(asked, service)) return undefined;
  const object = objectId('Service', service.namespace, service.name);
  return {
    ...baseOf(asked, undefined),
    backends: [{ object, port, weight: 1, field: '' }],
    decision: { kind: 'backend', backends: [{ object, port, weight: 1 }] },
    ...(asked.fromCaller ? {} : { entry: service }),
  };
}

function toPods(asked: Asked, dns: DnsAnswer | undefined, paths: readonly BackendPath[]): InClusterWalk {
  const backends = paths.map(({ ref }) => ref);
  return {
    ...baseOf(asked, dns),
    backends,
    paths,
    decision: {
      kind: 'backend',
      backends: backends.map(({ object }) => ({ object, port: asked.request.port, weight: 1 })),
    },
  };
}

function leave(asked: Asked, dns: DnsAnswer | undefined, leaves: Omit<Leaving, 'flows'>): InClusterWalk {
  const why = `${leaves.host} is outside the cluster`;
  return { ...baseOf(asked, dns), backends: [], decision: { kind: 'none', backends: [], why }, leaves };
}

/** A short name means nothing without the Pod that asks. */
function unheard(asked: Asked): InClusterWalk | undefined {
  if (servedByGateway(asked)) return undefined;
  const why = asked.callers.state === 'unknown' ? asked.callers.why : 'the caller does not exist';
  return nowhere(asked, { state: 'unknown', why, tried: [], aliases: [] }, why);
}

function nowhere(asked: Asked, dns: DnsAnswer | undefined, why: string): InClusterWalk {
  return { ...baseOf(asked, dns), backends: [], decision: { kind: 'none', backends: [], why } };
}

function isGatewayService({ gateways }: Asked, service: Service): boolean {
  return gateways.some((gateway) =>
    gateway.services.some(({ namespace, name }) => namespace === service.namespace && name === service.name),
  );
}

/** A gateway has rules for exactly this host, or a wildcard over it. */
function servedByGateway({ gateways, request }: Asked): boolean {
  return declaresHost(gateways, request.host);
}
