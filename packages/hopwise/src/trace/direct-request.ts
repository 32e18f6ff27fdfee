import { shellQuote } from '../base/shell-quote.ts';
import type { Service, ServicePort } from '../model/kinds/service.ts';
import type { Trace } from './trace.ts';

/** How curl is to speak in a proof, beside the URL. */
export interface DirectRequest {
  readonly scheme: 'http' | 'https';
  /** Flags of curl; each is one harmless word. */
  readonly flags: readonly string[];
  /** Headers that matter to the finding. */
  readonly headers?: readonly string[];
}

/**
 * One pasteable line that asks the Service past the gateway, with the method, Host and path that the backend receives. The
 * forwarded port is closed again behind it.
 */
export function directRequest(trace: Trace, service: Service, port: ServicePort, ask: DirectRequest): string {
  const received = trace.decision.received;
  const local = ask.scheme === 'https' ? 8443 : 8080;
  const method = received?.method ?? trace.request.method;
  const words = [
    'curl',
    ...ask.flags,
    ...(method === 'GET' ? [] : ['-X', method]),
    '-H',
    `Host: ${received?.host ?? trace.request.host}`,
    ...(ask.headers ?? []).flatMap((header) => ['-H', header]),
    `${ask.scheme}://localhost:${local}${received?.path ?? trace.request.path}`,
  ];
  return throughForward(service, port, local, words.map(shellQuote).join(' '));
}

/** One request on a connection that is then left alone: how long until the app closes it, at most `seconds`. */
export function idleConnection(trace: Trace, service: Service, port: ServicePort, seconds: number): string {
  const path = trace.decision.received?.path ?? trace.request.path;
  const host = trace.decision.received?.host ?? trace.request.host;
  const script =
    'exec 3<>/dev/tcp/localhost/8080; printf "GET %s HTTP/1.1\\r\\nHost: %s\\r\\n\\r\\n" "$1" "$2" >&3; cat <&3 >/dev/null';
  const words = ['timeout', String(seconds), 'bash', '-c', script, '-', path, host];
  return throughForward(service, port, 8080, `time ${words.map(shellQuote).join(' ')}`);
}

function throughForward(service: Service, port: ServicePort, local: number, command: string): string {
  const place = `-n ${shellQuote(service.namespace)} ${shellQuote(`svc/${service.name}`)}`;
  return `kubectl port-forward ${place} ${local}:${port.port} & sleep 2; ${command}; kill $!`;
}

/** The failing request itself, as a pasteable line. */
export function sameRequest(trace: Trace, flags: readonly string[]): string {
  const { request } = trace;
  const url = request.url.replace(/^ws/, 'http');
  const headers = Object.entries(request.headers)
    .filter(([name]) => !CONNECTION_HEADERS.has(name))
    .flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const method = request.method === 'GET' ? [] : ['-X', request.method];
  return ['curl', ...flags, ...method, ...headers, url].map(shellQuote).join(' ');
}

const CONNECTION_HEADERS = new Set([
  'connection',
  'upgrade',
  'content-length',
  'sec-websocket-key',
  'sec-websocket-version',
]);
