import type { Attempt } from '../../observations.ts';
import { type Fields, jsonFields } from '../application/fields.ts';
import { present, secondsToMs, splitRequest } from '../clf.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { madeByProxy } from '../made-by-proxy.ts';
import { readTimeField } from '../timestamp.ts';

/**
 * Access lines of a custom JSON `log_format` (ingress-nginx `log-format-escape-json`, or any NGINX): the keys are free, but
 * people keep the variables' names, with or without an `upstream_` family.
 */
export const nginxJson: LogFormat = {
  id: 'nginx-json',
  sniff: ({ text }) =>
    text.charCodeAt(0) === 0x7b &&
    (text.includes('upstream_addr') ||
      text.includes('upstream_status') ||
      text.includes('proxy_upstream_name') ||
      text.includes('"upstreamAddress"') ||
      text.includes('"upstreamStatus"')),
  parse({ json }) {
    if (json === undefined) return undefined;
    const fields = jsonFields(json);
    const inner = fields.object('nginx', 'http', 'request') ?? fields;
    const status =
      fields.number('status', 'response_code', 'http_status_code') ?? inner.number('status', 'status_code');
    return status === undefined ? undefined : [draft(fields, status)];
  },
};

function draft(fields: Fields, status: number): DraftOf<'access'> {
  const text = (...names: string[]): string | undefined => present(fields.text(...names));
  const request = splitRequest(text('request') ?? '');
  const groups = attemptGroups(fields);
  const bytes = fields.number('body_bytes_sent', 'bytes_sent', 'bytes');
  const method = text('request_method', 'method', 'verb') ?? request.method;
  return compact<DraftOf<'access'>>({
    type: 'access',
    format: 'nginx-json',
    time: readTimeField(text('time', 'time_iso8601', 'timestamp', '@timestamp', 'ts', 'time_local', 'msec')),
    method,
    host: text('host', 'vhost', 'http_host', 'server_name'),
    path: text('request_uri') ?? request.target ?? pathOf(text('uri', 'path'), text('args', 'request_query', 'query')),
    protocol: text('server_protocol', 'request_proto', 'protocol') ?? request.protocol,
    status,
    durationMs: secondsToMs(text('request_time', 'duration', 'requestTime')),
    client: text('remote_addr', 'client_ip', 'remote_ip', 'clientip', 'client'),
    userAgent: text('http_user_agent', 'user_agent', 'agent'),
    requestId: text('req_id', 'request_id', 'requestID', 'x_request_id'),
    backendName: text('proxy_alternative_upstream_name', 'proxy_upstream_name', 'upstream_name', 'proxyUpstreamName'),
    attempts: groups.flat(),
    generated: madeByProxy({ status, bytes, method }, (groups[0] ?? []).at(-1)),
  });
}

function pathOf(path: string | undefined, query: string | undefined): string | undefined {
  return path === undefined || query === undefined || path.includes('?') ? path : `${path}?${query}`;
}

function attemptGroups(fields: Fields): Attempt[][] {
  const addresses = groupsOf(fields.text('upstream_addr', 'upstreamAddress', 'upstream'));
  const statuses = groupsOf(fields.text('upstream_status', 'upstreamStatus'));
  const times = groupsOf(fields.text('upstream_response_time', 'upstreamResponseTime'));
  const sizes = groupsOf(fields.text('upstream_response_length', 'upstreamResponseLength'));
  return addresses.map((group, g) =>
    group.flatMap((address, i): Attempt[] => {
      if (address === '' || address === '-') return [];
      const status = statuses[g]?.[i] ?? '';
      const size = sizes[g]?.[i] ?? '';
      return [
        compact<Attempt>({
          address,
          status: /^\d{3}$/.test(status) ? Number(status) : undefined,
          durationMs: secondsToMs(times[g]?.[i]),
          bytes: /^\d{1,18}$/.test(size) ? Number(size) : undefined,
        }),
      ];
    }),
  );
}

function groupsOf(list: string | undefined): string[][] {
  return list === undefined || list === ''
    ? []
    : list
        .slice(0, 8000)
        .split(' : ')
        .map((group) => group.split(',').map((item) => item.trim()));
}
