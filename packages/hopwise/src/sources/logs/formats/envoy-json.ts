import type { Attempt } from '../../observations.ts';
import { jsonFields } from '../application/fields.ts';
import { present } from '../clf.ts';
import { compact } from '../compact.ts';
import { type EnvoySaid, envoyGenerated, envoyMode } from '../envoy-flags.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { readTimeField } from '../timestamp.ts';

/**
 * Envoy access lines as JSON: Istio's, Contour's (https://projectcontour.io/docs/main/config/access-logging/) and Envoy
 * Gateway's default keys, which differ in how they spell headers.
 */
export const envoyJson: LogFormat = {
  id: 'envoy-json',
  sniff: (line) => line.text.charCodeAt(0) === 0x7b && line.text.includes('"response_flags"'),
  parse(line) {
    if (line.json === undefined) return undefined;
    const fields = jsonFields(line.json);
    const status = fields.number('response_code');
    if (status === undefined) return undefined;
    const text = (...names: string[]): string | undefined => present(fields.text(...names));
    const address = text('upstream_host');
    const said: EnvoySaid = {
      flags: text('response_flags'),
      details: text('response_code_details'),
      transportFailure: text('upstream_transport_failure_reason'),
      serviceTimeMs: fields.number(
        'upstream_service_time',
        'x-envoy-upstream-service-time',
        'resp_x_envoy_upstream_service_time',
      ),
      hasHost: address !== undefined,
      durationMs: fields.number('duration'),
      status,
    };
    const generated = envoyGenerated(said);
    const passed = generated === false ? status : undefined;
    return [
      compact<DraftOf<'access'>>({
        type: 'access',
        format: 'envoy-json',
        time: readTimeField(fields.text('start_time', '@timestamp', 'time')),
        method: text('method', ':method'),
        host: text('authority', ':authority', 'host'),
        path: text('x-envoy-original-path', 'x-envoy-origin-path', 'path', ':path'),
        protocol: text('protocol'),
        status,
        durationMs: said.durationMs,
        client:
          text('x_forwarded_for', 'x-forwarded-for')?.split(',')[0]?.trim() ??
          text('downstream_remote_address')?.replace(/:\d{1,5}$/, ''),
        userAgent: text('user_agent', 'user-agent'),
        requestId: text('request_id', 'x-request-id'),
        backendName: text('upstream_cluster', 'upstream_cluster_raw'),
        routeName: text('route_name'),
        attempts:
          address === undefined ? [] : [compact<Attempt>({ address, status: passed, durationMs: said.serviceTimeMs })],
        flags: said.flags,
        details: [said.details, said.transportFailure].filter((part) => part !== undefined).join(' ') || undefined,
        mode: envoyMode(said),
        generated,
        localAddress: text('upstream_local_address'),
      }),
    ];
  },
};
