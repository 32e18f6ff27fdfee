import http from 'node:http';
import https from 'node:https';
import { createGunzip } from 'node:zlib';
import {
  type ClusterAccess,
  type ClusterClient,
  ClusterError,
  type ClusterRequest,
  type ClusterResponse,
} from '../client.ts';
import type { ApiFailure } from './api-failure.ts';

export interface HttpClientOptions {
  readonly server: string;
  readonly context?: string | undefined;
  readonly namespace?: string | undefined;
  /** Milliseconds without progress after which a call is given up. */
  readonly timeoutMs: number;
  /** Credentials and trust; asked again after a 401, when tokens may have been renewed. */
  readonly credentials: () => Promise<Omit<ClusterAccess, 'server'>>;
}

const MAX_BYTES = 1024 ** 3;
/** Statuses and socket errors that say nothing about the question: asked again a few times. */
const RETRIES = 4;
const RETRY_BASE_MS = 150;
const MAX_RETRY_AFTER_MS = 5_000;
const RETRIED_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNREFUSED']);

/**
 * Plain HTTP/1.1 over kept-alive connections. Object mapping is not its business; bodies come back as bytes. GETs are
 * repeated after 429 and 503 (with Retry-After) and after connections that broke, as client-go does.
 */
export class HttpClient implements ClusterClient {
  readonly server: string;
  readonly context: string | undefined;
  readonly namespace: string | undefined;
  readonly traffic = { requests: 0, bytes: 0 };
  readonly #options: HttpClientOptions;
  readonly #zip: boolean;
  #credentials: ReturnType<HttpClientOptions['credentials']> | undefined;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.server = options.server.replace(/\/+$/, '');
    this.context = options.context;
    this.namespace = options.namespace;
    // On the loopback, zipping costs more than it saves.
    this.#zip = !/^https?:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])[:/]?/.test(`${this.server}/`);
  }

  async access(): Promise<ClusterAccess> {
    this.#credentials ??= this.#options.credentials();
    const { headers, agent } = await this.#credentials;
    return { server: this.server, headers, agent };
  }

  close(): void {
    void this.#credentials?.then(
      ({ agent }) => agent.destroy(),
      () => undefined,
    );
  }

  async request(request: ClusterRequest): Promise<ClusterResponse> {
    let renewed = false;
    for (let attempt = 0; ; attempt += 1) {
      request.signal.throwIfAborted();
      const last = attempt >= RETRIES || (request.method ?? 'GET') !== 'GET' || request.retry === false;
      let wait = RETRY_BASE_MS * 2 ** attempt;
      try {
        const response = await this.#once(request, await this.access());
        if (response.status === 401 && !renewed) {
          renewed = true;
          this.close();
          this.#credentials = undefined;
          continue;
        }
        if ((response.status !== 429 && response.status !== 503) || last) return response;
        wait = retryAfter(response) ?? wait;
      } catch (error) {
        request.signal.throwIfAborted();
        if (last || !isTransient(error)) throw this.#explain(error, request);
      }
      await pause(wait, request.signal);
    }
  }

  #once(request: ClusterRequest, { server, headers, agent }: ClusterAccess): Promise<ClusterResponse> {
    const query = request.query === undefined ? '' : `?${new URLSearchParams(request.query)}`;
    const url = new URL(`${server}${request.path}${query}`);
    const timeout = request.timeoutMs ?? this.#options.timeoutMs;
    return new Promise((resolve, reject) => {
      const outgoing = (url.protocol === 'http:' ? http : https).request(
        url,
        {
          method: request.method ?? 'GET',
          agent,
          signal: request.signal,
          timeout,
          headers: {
            accept: 'application/json',
            'user-agent': 'hopwise',
            ...(this.#zip ? { 'accept-encoding': 'gzip' } : {}),
            ...headers,
            ...request.headers,
            ...(request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }),
          },
        },
        (incoming) => {
          this.#collect(incoming, request.maxBytes ?? MAX_BYTES).then(resolve, reject);
        },
      );
      this.traffic.requests += 1;
      outgoing.on('timeout', () => outgoing.destroy(new NoProgress(timeout)));
      outgoing.on('error', reject);
      outgoing.end(request.body);
    });
  }

  async #collect(incoming: http.IncomingMessage, maxBytes: number): Promise<ClusterResponse> {
    incoming.on('data', (chunk: Buffer) => {
      this.traffic.bytes += chunk.length;
    });
    const zipped = incoming.headers['content-encoding'] === 'gzip';
    const stream = zipped ? incoming.pipe(createGunzip()) : incoming;
    if (zipped) incoming.on('error', (error) => stream.destroy(error));
    const chunks: Buffer[] = [];
    let size = 0;
    let truncated = false;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const room = maxBytes - size;
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      size += Math.min(chunk.length, room);
      if (chunk.length >= room) {
        truncated = chunk.length > room;
        break;
      }
    }
    if (truncated) incoming.destroy();
    return {
      status: incoming.statusCode ?? 0,
      headers: Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : value,
        ]),
      ),
      body: Buffer.concat(chunks, size),
      truncated,
    };
  }

  #explain(error: unknown, request: ClusterRequest): unknown {
    if (error instanceof ClusterError) return error;
    if (error instanceof NoProgress) {
      return fail('timeout', `no answer from ${this.server}${request.path} for ${error.afterMs / 1000} s`);
    }
    const code = codeOf(error);
    if (code === undefined) return error;
    const message = error instanceof Error ? error.message : String(error);
    if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)) {
      return fail('tls', `${this.server}: ${message}`);
    }
    if (code.startsWith('Z_')) return fail('broken', `${this.server}${request.path}: the answer is damaged or cut off`);
    if (code === 'ETIMEDOUT' || code === 'ESOCKETTIMEDOUT') return fail('timeout', `${this.server}: ${message}`);
    return fail('unreachable', `${this.server} cannot be reached: ${message || code}`);
  }
}

class NoProgress extends Error {
  readonly afterMs: number;
  constructor(afterMs: number) {
    super(`no progress for ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}

function fail(kind: ApiFailure['kind'], message: string): ClusterError {
  return new ClusterError({ kind, message });
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && RETRIED_CODES.has(code);
}

function retryAfter(response: ClusterResponse): number | undefined {
  const seconds = Number(response.headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : undefined;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
