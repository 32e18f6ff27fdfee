import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';
import { createPortForwarder } from './port-forwarder.ts';

/** The part of a kubelet that `kubectl logs` and port-forwards over WebSocket need, for all nodes at once. */
export interface Kubelet {
  /** Port-forwards to `namespace/pod:port` reach this port of 127.0.0.1; other ports of Pods are refused. */
  servePort(pod: string, loopbackPort: number): void;
  /** Serves `<folder>/<namespace>/<pod>/<container>.log`, and `.previous.log` for the container before; undefined: none. */
  serveLogs(folder: string | undefined): void;
  /** A connection of the API server, before TLS. */
  connected(socket: Duplex): void;
  /** The path and query of every request so far. */
  readonly requests: readonly string[];
}

const LOG_PATH = /^\/containerLogs\/(?<namespace>[^/]+)\/(?<pod>[^/]+)\/(?<container>[^/]+)$/;
/** RFC 3339 at the start of a line, as a container runtime writes it. */
const LINE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})/;

/**
 * Answers /containerLogs with the parameters of the kubelet (k8s.io/kubernetes pkg/kubelet/server/server.go,
 * getContainerLogs): previous, tailLines, limitBytes, sinceTime, sinceSeconds, timestamps; `follow` ends after what is there.
 * A captured line has only the time it starts with: sinceTime drops lines known to be older and keeps those without a time.
 */
export function createKubelet(certificate: Certificate): Kubelet {
  let folder: string | undefined;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(request, response, folder);
  });
  const ports = new Map<string, number>();
  server.on('upgrade', createPortForwarder(ports, requests));
  return {
    servePort: (pod, loopbackPort) => void ports.set(pod, loopbackPort),
    serveLogs: (next) => {
      folder = next;
    },
    connected: (socket) => {
      const secure = new TLSSocket(socket, { isServer: true, cert: certificate.cert, key: certificate.key });
      secure.on('error', () => secure.destroy());
      server.emit('connection', secure);
    },
    requests,
  };
}

function answer(request: IncomingMessage, response: ServerResponse, folder: string | undefined): void {
  const url = new URL(request.url ?? '', 'https://kubelet');
  const names = LOG_PATH.exec(decodeURIComponent(url.pathname))?.groups;
  if (names === undefined) {
    response.writeHead(404).end('404 page not found\n');
    return;
  }
  const { namespace = '', pod = '', container = '' } = names;
  const previous = url.searchParams.get('previous') === 'true';
  const path = join(folder ?? '', namespace, pod, `${container}${previous ? '.previous' : ''}.log`);
  if (folder === undefined || !existsSync(path)) {
    const what = previous ? 'previous terminated container' : 'container';
    response.writeHead(400).end(`${what} "${container}" in pod "${pod}" not found`);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.end(selectPart(readFileSync(path), url.searchParams, Date.now()));
}

function selectPart(log: Buffer, parameters: URLSearchParams, now: number): Buffer {
  let lines = log.toString('latin1').split(/(?<=\n)/);
  const since = sinceOf(parameters, now);
  if (since !== undefined) {
    const first = lines.findIndex((line) => !(timeOf(line) < since));
    lines = first < 0 ? [] : lines.slice(first);
  }
  const tail = numberOf(parameters, 'tailLines');
  if (tail !== undefined) lines = tail === 0 ? [] : lines.slice(-tail);
  if (parameters.get('timestamps') === 'true') lines = lines.map(withTime);
  const part = Buffer.from(lines.join(''), 'latin1');
  return part.subarray(0, numberOf(parameters, 'limitBytes') ?? part.length);
}

function sinceOf(parameters: URLSearchParams, now: number): number | undefined {
  const time = parameters.get('sinceTime');
  if (time !== null) return Date.parse(time);
  const seconds = numberOf(parameters, 'sinceSeconds');
  return seconds === undefined ? undefined : now - seconds * 1000;
}

/** NaN for a line that does not start with its time. */
function timeOf(line: string): number {
  return Date.parse(LINE_TIME.exec(line)?.[0] ?? '');
}

/** Lines of a capture may have been saved with their times; those do not get a second one. */
function withTime(line: string): string {
  return LINE_TIME.test(line) ? line : `1970-01-01T00:00:00.000000000Z ${line}`;
}

function numberOf(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  return text === null ? undefined : Number(text);
}
