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
  const candidates = gateways
    .map((gateway) => ({ gateway, score: score(gateway, request, reached) }))
    .filter((entry) => entry.score > 0);
  // Sorting is stable and the table's order fixed, so that ties are the same every time.
  candidates.sort((a, b) => b.score - a.score);
  return candidates[0]?.gateway;
}

function score(gateway: GatewayInstance, request: Request, reached: string): number {
  const byAddress = gateway.addresses.some((entry) => entry.ip === reached || entry.hostname === reached) ? 100 : 0;
  const host = Math.max(0, ...gateway.hosts.map((entry) => hostScore(entry, request.host)));
  const knowsAddresses = gateway.addresses.length > 0 ? 1 : 0;
  return byAddress + (host === 0 ? 0 : host + knowsAddresses);
}

/** 40 exact, 20 + labels for a wildcard, 10 for a catch-all with rules. */
export function hostScore(entry: VirtualHost, host: string): number {
  if (entry.host === host) return 40;
  if (entry.host === '') return entry.rules.length > 0 ? 10 : 0;
  if (entry.host.startsWith('*.')) {
    const suffix = entry.host.slice(1);
    if (!host.endsWith(suffix) || host.length === suffix.length) return 0;
    const covered = host.slice(0, -suffix.length);
    if (entry.wildcard === 'one-label' && covered.includes('.')) return 0;
    return 20 + entry.host.split('.').length;
  }
  return 0;
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
