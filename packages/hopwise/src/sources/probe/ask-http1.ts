import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { ProbeFailure, ProbePhase } from '../probe-observation.ts';
import type { ProbeLimits, ProbeSpec } from './contract.ts';
import { type Answer, keepHeaders, NO_ANSWER, type Peer } from './exchange.ts';
import { PhaseError, phaseError } from './phase-error.ts';
import { Http1Reader, NotHttp } from './read-http1.ts';
import { within } from './under-way.ts';

/** Speaks HTTP/1.1 over a connection, TLS or not. */
export function http1Peer(socket: Duplex, limits: ProbeLimits): Peer {
  return {
    ask: (spec, signal) => ask(socket, spec, limits, signal),
    rest: (ms, signal) => restOf(socket, ms, signal),
    close: () => socket.destroy(),
  };
}

async function ask(socket: Duplex, spec: ProbeSpec, limits: ProbeLimits, signal: AbortSignal): Promise<Answer> {
  const key = randomBytes(16).toString('base64');
  const phases: Partial<Record<ProbePhase, number>> = {};
  const reader = new Http1Reader(limits, spec.method);
  let failure: ProbeFailure | undefined;
  let phase: ProbePhase = 'request';
  let started = performance.now();
  const incoming = new Incoming(socket, reader);
  const next = async (name: ProbePhase, ms: number, ready: () => boolean): Promise<void> => {
    phase = name;
    started = performance.now();
    await incoming.until(name, ms, signal, ready);
    phases[name] = performance.now() - started;
  };
  try {
    await send(socket, requestBytes(spec, key), limits.answerMs, signal);
    phases.request = performance.now() - started;
    await next('first-byte', limits.answerMs, () => incoming.bytes > 0);
    await next('body', limits.bodyMs, () => reader.done);
    failure = spec.speech === 'websocket' ? refusedUpgrade(reader, key) : undefined;
  } catch (error) {
    signal.throwIfAborted();
    phases[phase] = performance.now() - started;
    failure = failureOf(phase, error, reader);
  } finally {
    incoming.stop();
  }
  const { head } = reader;
  return {
    ...NO_ANSWER,
    phases,
    ...(head === undefined
      ? {}
      : { status: head.status, protocol: `HTTP/${head.version}`, headers: keepHeaders(head.headers) }),
    body: reader.body,
    bodyBytes: reader.bodyBytes,
    ...(failure === undefined ? {} : { failure }),
    reusable: failure === undefined && reader.persistent && head?.status !== 101 && !incoming.ended,
  };
}

function failureOf(phase: ProbePhase, error: unknown, reader: Http1Reader): ProbeFailure {
  if (!(error instanceof NotHttp)) return phaseError(phase, error).failure;
  // A malformed header is no answer yet, a malformed body is: which of the two broke says who to look at.
  return { phase: reader.head === undefined ? 'first-byte' : 'body', code: error.code, message: error.message };
}

/** The request as it goes over the wire. Headers of the caller replace ours, whatever their case. */
export function requestBytes(spec: ProbeSpec, webSocketKey: string): Buffer {
  const headers = new Map<string, string>([
    ['host', spec.host],
    ['user-agent', 'hopwise'],
    ['accept', '*/*'],
  ]);
  if (spec.speech === 'websocket') {
    headers.set('connection', 'Upgrade').set('upgrade', 'websocket').set('sec-websocket-version', '13');
    headers.set('sec-websocket-key', webSocketKey);
  }
  const fixed =
    spec.speech === 'websocket' ? /^(?:host|connection|upgrade|sec-websocket-(?:key|version|extensions))$/ : /^host$/;
  for (const [name, value] of Object.entries(spec.headers))
    if (!fixed.test(name.toLowerCase())) headers.set(name.toLowerCase(), value);
  const lines = [...headers].map(([name, value]) => `${name}: ${oneLine(value)}`);
  return Buffer.from(`${spec.method} ${oneLine(spec.path)} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'utf8');
}

/** A line break in a value would be another header. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\0]/g, '');
}

/** RFC 6455, 4.1: 101 with the key's digest; anything else is an answer of its own. */
function refusedUpgrade({ head }: Http1Reader, key: string): ProbeFailure | undefined {
  if (head?.status !== 101) return undefined;
  const wanted = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const got = head.headers.find(([name]) => name === 'sec-websocket-accept')?.[1];
  if (got === wanted) return undefined;
  return {
    phase: 'body',
    code: 'BAD_ACCEPT',
    message: '101 with a wrong Sec-WebSocket-Accept: this is no WebSocket server',
  };
}

function send(socket: Duplex, bytes: Buffer, ms: number, signal: AbortSignal): Promise<void> {
  return within<void>('request', ms, signal, (done, fail) => {
    if (socket.destroyed || !socket.writable) fail(closedBefore());
    // A server may answer and close before it has read everything: the answer counts, so an error here waits for it.
    else socket.write(bytes, () => done());
    return () => undefined;
  });
}

function closedBefore(): PhaseError {
  return new PhaseError(
    'request',
    'CLOSED',
    'Empty reply from server: the connection was closed before the request was sent',
  );
}

/** Everything that arrives on a socket while one answer is awaited. */
class Incoming {
  bytes = 0;
  ended = false;
  #error: Error | undefined;
  #changed: () => void = () => undefined;
  readonly #socket: Duplex;
  readonly #reader: Http1Reader;
  readonly #onData = (piece: Buffer): void => {
    this.bytes += piece.length;
    try {
      this.#reader.feed(piece);
    } catch (error) {
      this.#error ??= error as Error;
    }
    this.#changed();
  };
  readonly #onEnd = (): void => {
    this.ended = true;
    this.#reader.end();
    this.#changed();
  };
  readonly #onError = (error: Error): void => {
    this.#error ??= error;
    this.#changed();
  };

  constructor(socket: Duplex, reader: Http1Reader) {
    this.#socket = socket;
    this.#reader = reader;
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onError);
  }

  stop(): void {
    this.#changed = () => undefined;
    this.#socket
      .off('data', this.#onData)
      .off('end', this.#onEnd)
      .off('close', this.#onEnd)
      .off('error', this.#onError);
  }

  until(phase: ProbePhase, ms: number, signal: AbortSignal, ready: () => boolean): Promise<void> {
    return within<void>(phase, ms, signal, (done, fail) => {
      const look = (): void => {
        if (ready()) done();
        else if (this.#error !== undefined) fail(this.#error);
        else if (this.ended) fail(closedWhile(phase, this.#reader));
      };
      this.#changed = look;
      look();
      return () => {
        this.#changed = () => undefined;
      };
    });
  }
}

function closedWhile(phase: ProbePhase, { head, bodyBytes }: Http1Reader): PhaseError {
  if (phase !== 'body')
    return new PhaseError(phase, 'CLOSED', 'Empty reply from server: the connection was closed without an answer');
  return head === undefined
    ? new PhaseError('first-byte', 'TRUNCATED', 'the connection was closed within the header of the answer')
    : new PhaseError('body', 'TRUNCATED', `the connection was closed within the body, after ${bodyBytes} bytes`);
}

/** Leaves a connection alone and notices when the other side ends it. */
export async function restOf(socket: Duplex, ms: number, signal: AbortSignal): Promise<number | undefined> {
  const started = performance.now();
  if (socket.destroyed || socket.readableEnded) return 0;
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      socket.off('end', ended).off('close', ended).off('error', ended);
      settle();
    };
    const ended = (): void => finish(() => resolve(performance.now() - started));
    const cancel = (): void => finish(() => reject(signal.reason));
    const timer = setTimeout(() => finish(() => resolve(undefined)), ms);
    if (signal.aborted) {
      cancel();
      return;
    }
    signal.addEventListener('abort', cancel, { once: true });
    socket.on('end', ended).on('close', ended).on('error', ended);
    socket.resume();
  });
}
