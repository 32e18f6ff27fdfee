import type { EndpointGroup, LoadedEndpoint } from '../gateway-config-observation.ts';
import { LONGEST_NAME } from './contract.ts';
import { at, listAt, parseJson } from './untrusted-json.ts';

/** Signs in HostHealthStatus that keep Envoy from sending to an endpoint, in words. */
const FAULTS: Readonly<Record<string, string>> = {
  failed_active_health_check: 'its health check fails',
  failed_outlier_check: 'ejected after failures (outlier detection)',
  excluded_via_immediate_hc_fail: 'excluded by its health check',
  active_hc_timeout: 'its health check gets no answer',
};
/** core.v3.HealthStatus of the control plane's own word; the others are to be sent to. */
const REFUSED: ReadonlySet<string> = new Set(['UNHEALTHY', 'DRAINING', 'TIMEOUT']);

/**
 * Reads Envoy's answer to `GET /clusters?format=json`; undefined when it is none.
 * envoy api/envoy/admin/v3/clusters.proto: Clusters, ClusterStatus, HostStatus, HostHealthStatus; protobuf's JSON leaves false
 * and empty fields out.
 */
export function parseEnvoyClusters(text: string): readonly EndpointGroup[] | undefined {
  const clusters = listAt(parseJson(text), 'cluster_statuses');
  return clusters?.flatMap((cluster): readonly EndpointGroup[] => {
    const name = at(cluster, 'name');
    if (typeof name !== 'string') return [];
    const hosts = listAt(cluster, 'host_statuses') ?? [];
    const endpoints = hosts.map(readHost).filter((endpoint) => endpoint !== undefined);
    return [{ name: name.slice(0, LONGEST_NAME), endpoints, partial: endpoints.length < hosts.length }];
  });
}

function readHost(host: unknown): LoadedEndpoint | undefined {
  const socket = at(at(host, 'address'), 'socket_address');
  const address = at(socket, 'address');
  const port = at(socket, 'port_value');
  if (typeof address !== 'string' || address.length > 253 || typeof port !== 'number') return undefined;
  const health = at(host, 'health_status');
  const faults = Object.entries(FAULTS).flatMap(([sign, words]) => (at(health, sign) === true ? [words] : []));
  const told = at(health, 'eds_health_status');
  if (typeof told === 'string' && REFUSED.has(told)) faults.push(`${told} by its control plane`);
  return { address, port, faults };
}
