import type { FailureMode } from '../../failure.ts';
import type { Attempt } from '../../observations.ts';
import { type Fields, jsonFields } from '../application/fields.ts';
import { present } from '../clf.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { readTimeField } from '../timestamp.ts';

/**
 * Azure Application Gateway v2 access log (diagnostic setting ApplicationGatewayAccessLog; columns as in
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/agwaccesslogs; categories of `error_info` in
 * https://learn.microsoft.com/azure/application-gateway/monitor-application-gateway-reference).
 */
const ERRORS: readonly (readonly [info: string, mode: FailureMode | undefined])[] = [
  ['ERRORINFO_UPSTREAM_TIMED_OUT', 'read-timeout'],
  ['ERRORINFO_UPSTREAM_CLOSED_CONNECTION', 'reset'],
  ['ERRORINFO_UPSTREAM_NO_LIVE', 'no-live-endpoint'],
  // the client closed or dawdled: no failure of anything behind
  ['ERRORINFO_CLIENT_', undefined],
  ['ERRORINFO_UPSTREAM_', undefined],
  ['ERRORINFO_', 'request-refused'],
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
  const mode = ERRORS.find(([name]) => info.startsWith(name))?.[1];
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
    generated: madeByGateway(status, serverStatus, info),
  });
}

/** The gateway is NGINX underneath, so a status of its own can stand in serverStatus too: the error category decides first. */
function madeByGateway(
  status: number | undefined,
  serverStatus: number | undefined,
  info: string,
): boolean | undefined {
  if (status === undefined || info.startsWith('ERRORINFO_CLIENT_')) return undefined;
  return info.startsWith('ERRORINFO_') || serverStatus !== status;
}
