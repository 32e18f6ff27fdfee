import type { FailureMode } from '../../failure.ts';
import type { Attempt } from '../../observations.ts';
import { type Fields, jsonFields } from '../application/fields.ts';
import { present } from '../clf.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { readTimeField } from '../timestamp.ts';

/**
 * Azure Application Gateway v2 access log (diagnostic setting ApplicationGatewayAccessLog; columns as in
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/agwaccesslogs). `error_info` names the category.
 */
const ERRORS: readonly (readonly [info: string, mode: FailureMode | undefined])[] = [
  ['ERRORINFO_UPSTREAM_TIMED_OUT', 'read-timeout'],
  ['ERRORINFO_UPSTREAM_CLOSED_CONNECTION', 'reset'],
  ['ERRORINFO_UPSTREAM_RESPONSE_CUT_OFF', 'reset'],
  ['ERRORINFO_UPSTREAM_NO_LIVE', 'no-live-endpoint'],
  ['ERRORINFO_UPSTREAM_HEADER_TOO_BIG', 'header-too-large'],
  ['ERRORINFO_UPSTREAM_CONN_REFUSED', 'refused'],
  ['ERRORINFO_UPSTREAM_SSL', 'tls-handshake'],
  ['ERRORINFO_CLIENT', 'request-refused'],
  ['ERRORINFO_INVALID_HEADER', 'request-refused'],
];

export const azureAppgw: LogFormat = {
  id: 'azure-appgw',
  sniff: ({ text }) => text.charCodeAt(0) === 0x7b && text.includes('"serverRouted"') && text.includes('"httpStatus"'),
  parse({ json }) {
    if (json === undefined) return undefined;
    const fields = jsonFields(json);
    const properties = fields.object('properties') ?? fields;
    return [draft(fields, properties)];
  },
};

function draft(fields: Fields, own: Fields): DraftOf<'access'> {
  const status = own.number('httpStatus');
  const server = present(own.text('serverRouted'));
  const serverStatus = own.number('serverStatus');
  const seconds = own.number('timeTaken');
  const info = present(own.text('error_info', 'errorInfo')) ?? '';
  const mode =
    ERRORS.find(([name]) => info.startsWith(name))?.[1] ??
    (server === undefined && (status ?? 0) === 502 ? 'no-live-endpoint' : undefined);
  const query = present(own.text('requestQuery'));
  const uri = own.text('originalRequestUriWithArgs') ?? own.text('requestUri');
  return compact<DraftOf<'access'>>({
    type: 'access',
    format: 'azure-appgw',
    time: readTimeField(fields.text('timeStamp', 'time') ?? own.text('timeStamp')),
    method: own.text('httpMethod'),
    host: present(own.text('originalHost')) ?? present(own.text('host')),
    path: uri === undefined || query === undefined || uri.includes('?') ? uri : `${uri}?${query}`,
    protocol: own.text('httpVersion'),
    status,
    durationMs: seconds === undefined ? undefined : Math.round(seconds * 1000),
    client: own.text('clientIP'),
    userAgent: own.text('userAgent'),
    requestId: own.text('transactionId'),
    backendName: fields.text('backendPoolName') ?? own.text('backendPoolName'),
    routeName: fields.text('ruleName') ?? own.text('ruleName'),
    attempts: server === undefined ? [] : [compact<Attempt>({ address: server, status: serverStatus })],
    details: present(info),
    mode,
    generated: status === undefined ? undefined : serverStatus !== status,
  });
}
