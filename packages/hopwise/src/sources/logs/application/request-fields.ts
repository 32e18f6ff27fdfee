import { present, splitRequest } from '../clf.ts';
import { compact } from '../compact.ts';
import type { Stamp } from '../timestamp.ts';
import type { Fields } from './fields.ts';
import { durationIn, type Request, stripPort } from './request.ts';

const METHOD_KEYS = [
  'method',
  'http_method',
  'httpMethod',
  'request_method',
  'requestMethod',
  'http.method',
  'http.request.method',
  'verb',
];
const PATH_KEYS = [
  'path',
  'uri',
  'url',
  'request_uri',
  'requestUrl',
  'request_path',
  'requestPath',
  'http.target',
  'http.path',
  'url.path',
  'originalUrl',
];
const STATUS_KEYS = [
  'status',
  'status_code',
  'statusCode',
  'http_status',
  'response_status',
  'responseStatus',
  'http.status_code',
  'http.response.status_code',
  'code',
];
const CLIENT_KEYS = [
  'remote_ip',
  'remote_addr',
  'remoteAddr',
  'remoteAddress',
  'client_ip',
  'clientIp',
  'client',
  'ip',
  'remoteIp',
];
const AGENT_KEYS = ['user_agent', 'userAgent', 'user-agent', 'http.user_agent'];
const ID_KEYS = ['request_id', 'requestId', 'req_id', 'reqId', 'correlation_id', 'trace_id'];

/** A request that a structured line logs: method and path in the usual fields, with a status or a gRPC code. */
export function readRequestFields(fields: Fields, time?: Stamp): Request | undefined {
  const inner = fields.object('httpRequest', 'request', 'req', 'http', 'HttpRequest');
  const answer = fields.object('response', 'res') ?? inner?.object('response');
  const said = (...keys: string[]): string | undefined =>
    present(inner?.text(...keys)) ?? present(fields.text(...keys));
  const method = said(...METHOD_KEYS);
  const path = pathOf(said(...PATH_KEYS) ?? grpcPath(fields, method));
  if (path === undefined) return undefined;
  const httpMethod = method !== undefined && /^[A-Z]{3,10}$/.test(method) ? method : undefined;
  const grpc = httpMethod === undefined && /^\/[\w.]{1,200}\/\w{1,100}$/.test(path);
  const status = answer?.number(...STATUS_KEYS) ?? inner?.number(...STATUS_KEYS) ?? fields.number(...STATUS_KEYS);
  const answered = status !== undefined && status >= 100 && status < 600;
  if (!grpc && (httpMethod === undefined || !answered)) return undefined;
  return compact<Request>({
    type: 'app-request',
    method: grpc ? 'POST' : httpMethod,
    path,
    status: answered ? status : undefined,
    durationMs: durationField(inner) ?? durationField(fields),
    client: stripPort(said(...CLIENT_KEYS)),
    userAgent: said(...AGENT_KEYS),
    requestId: said(...ID_KEYS),
    time,
  });
}

function grpcPath(fields: Fields, method: string | undefined): string | undefined {
  const service = fields.text('grpc.service');
  const call = fields.text('grpc.method');
  if (service !== undefined && call !== undefined) return `/${service}/${call}`;
  return method?.startsWith('/') === true && method.includes('.') ? method : undefined;
}

function pathOf(target: string | undefined): string | undefined {
  if (target === undefined) return undefined;
  const url = /^https?:\/\/[^/]{1,255}(\/.{0,8000})?$/.exec(target);
  if (url !== null) return url[1] ?? '/';
  return target.startsWith('/') ? (splitRequest(`GET ${target}`).target ?? target) : undefined;
}

/** Only durations that say their unit, in the key or the value; `responseTime` is pino-http's and in milliseconds. */
function durationField(fields: Fields | undefined): number | undefined {
  const ms = fields?.number(
    'duration_ms',
    'durationMs',
    'latency_ms',
    'latencyMs',
    'elapsed_ms',
    'elapsedMs',
    'took_ms',
    'responseTime',
    'response_time_ms',
  );
  if (ms !== undefined) return Math.round(ms);
  const text = fields?.text(
    'latency',
    'duration',
    'elapsed',
    'took',
    'latency_human',
    'response_time',
    'request_time',
    'time_taken',
  );
  return text === undefined || text.length > 32 ? undefined : durationIn(text);
}
