import type { ProbeAttempt, ProbeFailure, ProbeObservation } from '../../probe-observation.ts';
import { keepHeaders } from '../exchange.ts';
import type { ApiClient, InsidePlan, InsideTarget } from './contract.ts';

const BYPASS =
  'through the API server: it connects to Pods itself, so the gateway, kube-proxy and policies are not on the way';

/**
 * Asks a Service or Pod through the API server's proxy (`services|pods/SCHEME:NAME:PORT/proxy`). The server picks one ready
 * endpoint for a Service. Needs `get` on `services/proxy` or `pods/proxy`; answers the server's refusal in words instead.
 */
export async function probeThroughApi(
  client: ApiClient,
  plan: InsidePlan,
  target: InsideTarget,
  limitMs: number,
  signal: AbortSignal,
): Promise<ProbeObservation | string> {
  const started = performance.now();
  const time = Date.now();
  const base = { time, connection: 1, reused: false, port: portNumber(target), unreachable: [] } as const;
  const address = target.role === 'endpoint' && target.address !== undefined ? { address: target.address } : {};
  const response = await client
    .request({
      path: proxyPath(plan, target),
      timeoutMs: limitMs,
      maxBytes: 64 * 1024,
      headers: { accept: '*/*' },
      retry: false,
      signal,
    })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      return error instanceof Error ? error : new Error(String(error));
    });
  const phases = { 'first-byte': performance.now() - started };
  const observe = (attempt: ProbeAttempt): ProbeObservation => ({
    target: {
      role: target.role,
      from: 'api-server',
      name: `${nameOf(target)}, through the API server`,
      object: target.object,
      ...(target.node === undefined ? {} : { node: target.node }),
    },
    speech: 'http/1.1',
    tls: target.tls,
    attempts: [attempt],
    idle: [],
    note: BYPASS,
  });
  if (response instanceof Error) return `${nameOf(target)}: the API server did not answer: ${response.message}`;
  const own = ownWords(response.headers['content-type'], response.body);
  if (own === undefined) {
    const headers = Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    return observe({
      ...base,
      ...address,
      phases,
      status: response.status,
      protocol: 'HTTP/1.1',
      headers: keepHeaders(headers),
      body: response.body.toString('utf8', 0, 8 * 1024),
      bodyBytes: response.body.length,
    });
  }
  const failure = failureOf(own);
  if (failure === undefined) return `${nameOf(target)}: the API server says: ${own}`;
  return observe({
    ...base,
    ...address,
    phases: { [failure.phase]: phases['first-byte'] },
    headers: {},
    body: '',
    bodyBytes: 0,
    failure,
  });
}

/** `/api/v1/namespaces/shop/services/https:web:443/proxy/path`; a scheme is written only where it is not http. */
function proxyPath({ path }: InsidePlan, { role, namespace, objectName, port, tls }: InsideTarget): string {
  const kind = role === 'service' ? 'services' : 'pods';
  const name = `${tls ? 'https:' : ''}${encodeURIComponent(objectName)}:${port}`;
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/${kind}/${name}/proxy${path}`;
}

export function nameOf({ object, port, address, addressPort, node, role }: InsideTarget): string {
  const place =
    address === undefined ? '' : ` at ${address.includes(':') ? `[${address}]` : address}:${addressPort ?? port}`;
  return `${object.replace('/', ' ')}${role === 'service' ? `:${port}` : ''}${place}${node === undefined ? '' : ` on ${node}`}`;
}

function portNumber({ addressPort, port }: InsideTarget): number {
  return addressPort ?? (typeof port === 'number' ? port : 0);
}

/** The message of a metav1.Status, which the API server writes when it could not pass the request on. */
function ownWords(contentType: string | undefined, body: Buffer): string | undefined {
  if (contentType?.startsWith('application/json') !== true || body.length > 16 * 1024) return undefined;
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    if (!('kind' in parsed && parsed.kind === 'Status' && 'apiVersion' in parsed && parsed.apiVersion === 'v1'))
      return undefined;
    return 'message' in parsed && typeof parsed.message === 'string' ? parsed.message.slice(0, 400) : 'no reason given';
  } catch {
    return undefined;
  }
}

/**
 * Go's words for what a connection met, behind "error trying to reach service" (apimachinery, util/proxy/transport.go).
 * Undefined: the server refused or did not find the object, which says nothing about the Pod.
 */
const MET: readonly (readonly [RegExp, ProbeFailure['phase'], string, string])[] = [
  [/connection refused/, 'connect', 'ECONNREFUSED', 'Connection refused'],
  [/no route to host/, 'connect', 'EHOSTUNREACH', 'No route to host'],
  [/network is unreachable/, 'connect', 'ENETUNREACH', 'Network is unreachable'],
  [/dial tcp .{0,100}i\/o timeout/, 'connect', 'TIMEOUT', 'Connection timed out'],
  [/connection reset by peer/, 'first-byte', 'ECONNRESET', 'Connection reset by peer'],
  [
    /server gave HTTP response to HTTPS client/,
    'tls',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'SSL: the Pod answers plain HTTP',
  ],
  [/malformed HTTP (?:response|status)/, 'first-byte', 'NOT_HTTP', 'the answer is not HTTP/1'],
  [/x509|tls: |certificate/, 'tls', 'TLS', 'TLS handshake failed'],
  [/\bEOF\b/, 'first-byte', 'CLOSED', 'Empty reply from server: the connection was closed without an answer'],
  [
    /awaiting response headers|Client\.Timeout|context deadline exceeded/,
    'first-byte',
    'TIMEOUT',
    'Operation timed out: no byte of an answer',
  ],
];

function failureOf(message: string): ProbeFailure | undefined {
  if (!/error trying to reach service/i.test(message)) return undefined;
  const met = MET.find(([pattern]) => pattern.test(message));
  if (met === undefined) return { phase: 'first-byte', code: 'PROXY', message };
  const [, phase, code, words] = met;
  return { phase, code, message: `${words} (${message.replace(/^error trying to reach service: /i, '')})` };
}
