import type { Request } from '../routing/request.ts';
import type { GatewayInstance, VirtualHost } from '../routing/route-table.ts';
import type { ResponseObservation } from '../sources/observations.ts';

/** How well a gateway fits a request: the address the client reached settles it, then the most exact host. */
export function pickGateway(
  gateways: readonly GatewayInstance[],
  request: Request,
  response: ResponseObservation | undefined,
): GatewayInstance | undefined {
  const reached = response?.connectedTo?.address ?? request.urlHost;
  const hosts = directoryOf(gateways).find(request.host);
  let best: { gateway: GatewayInstance; score: number } | undefined;
  // The table's order is fixed and only a better score replaces, so that ties are the same every time.
  for (const gateway of gateways) {
    const byAddress = gateway.addresses.some((entry) => entry.ip === reached || entry.hostname === reached) ? 100 : 0;
    const host = hosts.get(gateway) ?? 0;
    const score = byAddress + (host === 0 ? 0 : host + (gateway.addresses.length > 0 ? 1 : 0));
    if (score > 0 && (best === undefined || score > best.score)) best = { gateway, score };
  }
  return best?.gateway;
}

/** Does some gateway declare this host, other than by a catch-all? */
export function declaresHost(gateways: readonly GatewayInstance[], host: string): boolean {
  return [...directoryOf(gateways).find(host).values()].some((score) => score > CATCH_ALL);
}

/** Which gateways have a host, without going through the hosts of each: 10,000 routes are asked 100,000 times a second. */
class HostDirectory {
  readonly #exact = new Map<string, Set<GatewayInstance>>();
  /** By what follows the `*`. */
  readonly #wildcards = new Map<string, { gateway: GatewayInstance; host: VirtualHost }[]>();
  readonly #all: { gateway: GatewayInstance; host: VirtualHost }[] = [];

  constructor(gateways: readonly GatewayInstance[]) {
    for (const gateway of gateways) {
      for (const host of gateway.hosts) {
        if (host.host === '' || host.host.startsWith('~')) this.#all.push({ gateway, host });
        else if (host.host.startsWith('*.')) push(this.#wildcards, host.host.slice(1), { gateway, host });
        else {
          const set = this.#exact.get(host.host) ?? new Set();
          set.add(gateway);
          this.#exact.set(host.host, set);
        }
      }
    }
  }

  /** The best host score of each gateway that has any. */
  find(host: string): ReadonlyMap<GatewayInstance, number> {
    const scores = new Map<GatewayInstance, number>();
    const note = (gateway: GatewayInstance, score: number): void => {
      if (score > (scores.get(gateway) ?? 0)) scores.set(gateway, score);
    };
    for (const gateway of this.#exact.get(host) ?? []) note(gateway, EXACT);
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      for (const { gateway, host: entry } of this.#wildcards.get(host.slice(dot)) ?? []) {
        note(gateway, hostScore(entry, host));
      }
    }
    for (const { gateway, host: entry } of this.#all) note(gateway, hostScore(entry, host));
    return scores;
  }
}

const EXACT = 40;
/** Plus one for each label, so that the longer suffix wins. */
const WILDCARD = 20;
const CATCH_ALL = 10;
const DIRECTORIES = new WeakMap<readonly GatewayInstance[], HostDirectory>();

function directoryOf(gateways: readonly GatewayInstance[]): HostDirectory {
  let directory = DIRECTORIES.get(gateways);
  if (directory === undefined) {
    directory = new HostDirectory(gateways);
    DIRECTORIES.set(gateways, directory);
  }
  return directory;
}

function push<T>(index: Map<string, T[]>, key: string, item: T): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [item]);
  else list.push(item);
}

/** How exactly a virtual host names a host; 0 when it does not. */
export function hostScore({ host: pattern, wildcard, rules }: VirtualHost, host: string): number {
  if (pattern === host) return EXACT;
  if (pattern === '') return rules.length > 0 ? CATCH_ALL : 0;
  if (!pattern.startsWith('*.')) return 0;
  const suffix = pattern.slice(1);
  if (!host.endsWith(suffix) || host.length === suffix.length) return 0;
  if (wildcard === 'one-label' && host.slice(0, -suffix.length).includes('.')) return 0;
  return WILDCARD + pattern.split('.').length;
}

/** A gateway to answer "not found" when no gateway has the host: the one that is reached, or the only one there is. */
export function fallbackGateway(
  gateways: readonly GatewayInstance[],
  request: Request,
  response: ResponseObservation | undefined,
): GatewayInstance | undefined {
  const reached = response?.connectedTo?.address ?? request.urlHost;
  const byAddress = gateways.find((gateway) =>
    gateway.addresses.some((entry) => entry.ip === reached || entry.hostname === reached),
  );
  if (byAddress !== undefined) return byAddress;
  const running = gateways.filter((gateway) => gateway.pods.state === 'found' && gateway.pods.value.length > 0);
  if (running.length === 1) return running[0];
  return gateways.length === 1 ? gateways[0] : undefined;
}
