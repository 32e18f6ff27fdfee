import type { FailureMode } from '../../failure.ts';
import { type Fields, jsonFields } from '../application/fields.ts';
import { present } from '../clf.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { readTimeField } from '../timestamp.ts';

/**
 * Google Cloud load balancer entries (Cloud Logging JSON): httpRequest and jsonPayload.statusDetails
 * (https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring#statusdetail_http_success_messages).
 */
const DETAILS: readonly (readonly [detail: string, mode: FailureMode])[] = [
  ['backend_timeout', 'read-timeout'],
  ['backend_connection_closed_', 'reset'],
  ['backend_early_response_with_non_error_status', 'reset'],
  ['backend_response_corrupted', 'invalid-response'],
  ['backend_response_headers_too_long', 'header-too-large'],
  ['backend_interim_response_not_supported', 'invalid-response'],
  ['error_uncompressing_gzipped_body', 'invalid-response'],
  // failed_to_connect_to_backend is a refusal or a timeout alike, so it has no mode here
  ['failed_to_pick_backend', 'no-live-endpoint'],
  ['failed_to_negotiate_alpn', 'tls-handshake'],
  ['ssl_certificate_', 'tls-handshake'],
  ['server_cert_', 'tls-handshake'],
  ['upgrade_header_rejected', 'upgrade-failed'],
  ['websocket_handshake_failed', 'upgrade-failed'],
  ['denied_by_security_policy', 'request-refused'],
  ['throttled_by_security_policy', 'request-refused'],
  ['handled_by_identity_aware_proxy', 'request-refused'],
  ['headers_too_long', 'request-refused'],
  ['request_body_too_large', 'request-refused'],
  ['invalid_request_headers', 'request-refused'],
  ['malformed_chunked_body', 'request-refused'],
  ['unsupported_method', 'request-refused'],
];
/** The backend's own answer, and answers nobody waited for any more. */
const NOT_OURS = /^(?:response_sent_by_backend|response_from_cache|byte_range_caching|websocket_closed)/;

export const gcpLb: LogFormat = {
  id: 'gcp-lb',
  sniff: ({ text }) =>
    text.charCodeAt(0) === 0x7b && text.includes('"statusDetails"') && text.includes('"httpRequest"'),
  parse({ json }) {
    if (json === undefined) return undefined;
    const fields = jsonFields(json);
    const request = fields.object('httpRequest');
    const payload = fields.object('jsonPayload') ?? fields;
    const details = payload.text('statusDetails');
    if (request === undefined || details === undefined) return undefined;
    return [draft(fields, request, details)];
  },
};

function draft(fields: Fields, request: Fields, details: string): DraftOf<'access'> {
  const url = /^[a-z]{2,5}:\/\/([^/:]{1,255})(?::\d{1,5})?(\/.{0,16000})?$/.exec(request.text('requestUrl') ?? '');
  const latency = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(request.text('latency') ?? '');
  const mode = DETAILS.find(([detail]) => details.startsWith(detail))?.[1];
  const server = present(request.text('serverIp'));
  return compact<DraftOf<'access'>>({
    type: 'access',
    format: 'gcp-lb',
    time: readTimeField(fields.text('timestamp')),
    method: request.text('requestMethod'),
    host: url?.[1],
    path: url === null ? undefined : (url[2] ?? '/'),
    status: request.number('status'),
    durationMs: latency === null ? undefined : Math.round(Number(latency[1]) * 1000),
    client: request.text('remoteIp'),
    userAgent: request.text('userAgent'),
    backendName: fields.object('resource')?.object('labels')?.text('backend_service_name'),
    routeName: fields.object('resource')?.object('labels')?.text('url_map_name'),
    attempts: server === undefined ? [] : [{ address: server }],
    details,
    mode,
    generated: details.startsWith('client_') ? undefined : !NOT_OURS.test(details),
  });
}
