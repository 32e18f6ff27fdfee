import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { readFailure } from './api/api-failure.ts';
import { type ClusterClient, ClusterError } from './client.ts';

export interface PortForwardTarget {
  readonly namespace: string;
  readonly pod: string;
  /** What the container listens on, 1 to 65535. */
  readonly port: number;
}

/** The node could not connect to the port inside the Pod. `code` is what a socket of one's own would have said. */
export class PortForwardError extends Error {
  readonly code: string;
  constructor(message: string) {
    super(message);
    this.name = 'PortForwardError';
    this.code = codeOf(message);
  }
}

/** One binary frame per write, led by its channel: 0 carries the bytes, 1 the kubelet's error text. */
const PROTOCOL = 'v4.channel.k8s.io';
const DATA = 0;
const ERROR = 1;
const OPEN_MS = 15_000;
/** Largest frame taken from the other side; kubelets send 32 KiB at a time. */
const MAX_FRAME = 16 * 1024 * 1024;
const MAX_MESSAGE = 500;

/**
 * A connection to a port inside a Pod, through the API server and the kubelet, with the user's own rights (`create` and `get`
 * on pods/portforward). It reaches the Pod's own network, so no Service, policy or gateway is on the way. Resolves when the
 * kubelet has taken the request; only then does it dial, so a closed port is a PortForwardError on the stream. The protocol
 * has no half-close: `end()` sends nothing, and the stream is over when the Pod closes it or it is destroyed.
 * Throws ClusterError when the API server refuses or does not answer, and the signal's reason when aborted.
 *
 * k8s.io/cri-streaming pkg/streaming/portforward/websocket.go: a pair of channels per port, each opened by the port as two
 * bytes, little endian. The API server passes it through (pkg/registry/core/pod/rest/subresources.go, PortForwardREST).
 */
export async function portForward(
  client: ClusterClient,
  { namespace, pod, port }: PortForwardTarget,
  signal: AbortSignal,
): Promise<Duplex> {
  signal.throwIfAborted();
  const [{ WebSocket }, { server, headers, agent }] = await Promise.all([import('ws'), client.access()]);
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`;
  const url = `${server.replace(/^http/, 'ws')}${path}?ports=${port}`;
  const socket = new WebSocket(url, PROTOCOL, {
    headers: { 'user-agent': 'hopwise', ...mutable(headers) },
    agent,
    handshakeTimeout: OPEN_MS,
    maxPayload: MAX_FRAME,
    perMessageDeflate: false,
    followRedirects: false,
  });
  return opened(socket, server, signal);
}

/** Waits for the kubelet's word on the data channel. */
function opened(socket: WebSocket, server: string, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.off('message', greet).off('close', closed);
    };
    const fail = (error: unknown): void => {
      settle();
      socket.terminate();
      reject(error);
    };
    const abort = (): void => fail(signal.reason);
    const late = (): void => fail(clusterError('timeout', `no answer to a port-forward from ${server}`));
    const timer = setTimeout(late, OPEN_MS);
    const closed = (): void => fail(clusterError('broken', 'the port-forward was closed before it began'));
    const greet = (data: unknown): void => {
      if (!Buffer.isBuffer(data) || data[0] !== DATA) return;
      settle();
      resolve(streamOf(socket, signal));
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.on('message', greet).on('close', closed);
    // Stays for good: an error after this is the stream's, whose own listener hears it too.
    socket.on('error', (error) => fail(clusterError('unreachable', `port-forward: ${error.message}`)));
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => fail(new ClusterError(readFailure(response.statusCode ?? 0, Buffer.concat(chunks)))));
    });
  });
}

function streamOf(socket: WebSocket, signal: AbortSignal): Duplex {
  let said = '';
  const stream = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => socket.send(Buffer.concat([Buffer.of(DATA), chunk]), done),
    final: (done) => done(),
    destroy: (error, done) => {
      signal.removeEventListener('abort', abort);
      socket.terminate();
      done(error);
    },
  });
  // Whoever holds the stream listens for errors; one that comes between two listeners must not end the process.
  stream.on('error', () => undefined);
  const abort = (): void => void stream.destroy(errorOf(signal.reason));
  signal.addEventListener('abort', abort, { once: true });
  socket.on('message', (data) => {
    if (!Buffer.isBuffer(data)) return;
    // The error channel is opened by the two bytes of the port, which are no text.
    if (data[0] === ERROR && data.length > 3) said = data.toString('utf8', 1, 1 + MAX_MESSAGE);
    if (data[0] === DATA && data.length > 1 && !stream.push(data.subarray(1))) socket.pause();
    if (said !== '') stream.destroy(new PortForwardError(said));
  });
  socket.on('close', () => stream.push(null));
  socket.on('error', (error) => stream.destroy(error));
  return stream;
}

/** The words of Go's net package inside the kubelet's message. */
function codeOf(message: string): string {
  if (/connection refused/i.test(message)) return 'ECONNREFUSED';
  if (/connection reset|broken pipe/i.test(message)) return 'ECONNRESET';
  if (/timed out|i\/o timeout/i.test(message)) return 'ETIMEDOUT';
  return 'EPORTFORWARD';
}

function clusterError(kind: 'timeout' | 'broken' | 'unreachable', message: string): ClusterError {
  return new ClusterError({ kind, message });
}

function mutable(headers: Readonly<Record<string, string | readonly string[]>>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}

function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
