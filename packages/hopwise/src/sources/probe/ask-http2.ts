import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { ProbeFailure, ProbePhase } from '../probe-observation.ts';
import type { ProbeLimits, ProbeSpec } from './contract.ts';
import { type Answer, keepHeaders, NO_ANSWER, type Peer } from './exchange.ts';
import { grpcAnswer, HEALTH_CHECK, HEALTH_PATH } from './grpc-health.ts';
import { PhaseError, phaseError } from './phase-error.ts';
import { within } from './under-way.ts';

/** Connection-specific headers that HTTP/2 does not know (RFC 9113, 8.2.2), and those that are pseudo-headers here. */
const NOT_IN_HTTP2 = /^(?:connection|keep-alive|proxy-connection|transfer-encoding|upgrade|host|te|:.*)$/;

/** Speaks HTTP/2 (over TLS, or with prior knowledge without), and the gRPC health check over it. */
export function http2Peer(socket: Duplex, tls: boolean, limits: ProbeLimits): Peer {
  const session = connect(tls ? 'https://probe.invalid' : 'http://probe.invalid', { createConnection: () => socket });
  const facts: SessionFacts = { greeted: false, error: undefined };
  session.on('error', (error: Error) => {
    facts.error ??= error;
  });
  session.once('remoteSettings', () => {
    facts.greeted = true;
  });
  session.on('goaway', (code: number) => {
    if (code !== constants.NGHTTP2_NO_ERROR)
      facts.error ??= new PhaseError(
        'first-byte',
        'GOAWAY',
        `the server ended the HTTP/2 connection with code ${codeName(code)}`,
      );
  });
  return {
    ask: (spec, signal) => ask(session, facts, spec, limits, signal),
    rest: (ms, signal) => restOf(session, ms, signal),
    close: () => {
      session.destroy();
      socket.destroy();
    },
  };
}

interface SessionFacts {
  /** The server sent SETTINGS, as every HTTP/2 server does first. */
  greeted: boolean;
  error: Error | undefined;
}

async function ask(
  session: ClientHttp2Session,
  facts: SessionFacts,
  spec: ProbeSpec,
  limits: ProbeLimits,
  signal: AbortSignal,
): Promise<Answer> {
  const phases: Partial<Record<ProbePhase, number>> = {};
  const grpc = spec.speech === 'grpc-health';
  const got: Got = { headers: [], pieces: [], kept: 0, bytes: 0, trailers: [] };
  let failure: ProbeFailure | undefined;
  let phase: ProbePhase = 'request';
  let started = performance.now();
  let stream: ClientHttp2Stream | undefined;
  const step = async (
    name: ProbePhase,
    ms: number,
    work: (stream: ClientHttp2Stream, ms: number) => Promise<void>,
  ): Promise<void> => {
    phase = name;
    started = performance.now();
    if (stream === undefined) throw new PhaseError(name, 'CLOSED', 'the HTTP/2 connection is closed');
    await work(stream, ms);
    phases[name] = performance.now() - started;
  };
  try {
    if (session.closed || session.destroyed)
      throw new PhaseError('request', 'CLOSED', 'the server closed the HTTP/2 connection before the request was sent');
    stream = session.request(requestHeaders(spec, grpc), { endStream: !grpc });
    stream.on('error', () => undefined);
    if (grpc) stream.end(HEALTH_CHECK);
    phases.request = performance.now() - started;
    await step('first-byte', limits.answerMs, (open, ms) => firstHeaders(open, session, got, ms, signal));
    await step('body', limits.bodyMs, (open, ms) => restOfAnswer(open, got, limits, ms, signal));
  } catch (error) {
    signal.throwIfAborted();
    phases[phase] = performance.now() - started;
    failure = failureOf(phase, error, facts, stream);
  } finally {
    stream?.destroy();
  }
  const status = Number(got.headers.find(([name]) => name === ':status')?.[1]);
  const body = Buffer.concat(got.pieces);
  return {
    ...NO_ANSWER,
    phases,
    ...(status >= 100 ? { status, protocol: 'HTTP/2' } : {}),
    headers: keepHeaders(got.headers.filter(([name]) => !name.startsWith(':'))),
    body: grpc ? '' : body.toString('utf8'),
    bodyBytes: got.bytes,
    ...(grpc && status >= 100 ? { grpc: grpcAnswer(body, [...got.headers, ...got.trailers]) } : {}),
    ...(failure === undefined ? {} : { failure }),
    reusable: failure === undefined && !session.closed && !session.destroyed,
  };
}

interface Got {
  headers: (readonly [string, string])[];
  trailers: (readonly [string, string])[];
  readonly pieces: Buffer[];
  kept: number;
  bytes: number;
}

function requestHeaders(spec: ProbeSpec, grpc: boolean): Record<string, string> {
  const given = Object.entries(spec.headers).filter(([name]) => !NOT_IN_HTTP2.test(name.toLowerCase()));
  return {
    ':method': grpc ? 'POST' : spec.method,
    ':path': grpc ? HEALTH_PATH : spec.path,
    ':scheme': spec.tls ? 'https' : 'http',
    ':authority': spec.host,
    'user-agent': 'hopwise',
    ...(grpc ? {} : { accept: '*/*' }),
    ...Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), value])),
    ...(grpc ? { 'content-type': 'application/grpc', te: 'trailers' } : {}),
  };
}

function firstHeaders(
  stream: ClientHttp2Stream,
  session: ClientHttp2Session,
  got: Got,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  return within<void>('first-byte', ms, signal, (done, fail) => {
    const answered = (headers: object): void => {
      got.headers = pairs(headers);
      done();
    };
    const closed = (): void =>
      fail(
        new PhaseError('first-byte', 'CLOSED', 'Empty reply from server: the connection was closed without an answer'),
      );
    stream.once('response', answered).once('error', fail).once('close', closed);
    session.once('error', fail).once('close', closed);
    return () => {
      stream.off('response', answered).off('error', fail).off('close', closed);
      session.off('error', fail).off('close', closed);
    };
  });
}

function restOfAnswer(
  stream: ClientHttp2Stream,
  got: Got,
  limits: ProbeLimits,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  return within<void>('body', ms, signal, (done, fail) => {
    const piece = (bytes: Buffer): void => {
      got.bytes += bytes.length;
      const room = limits.keptBytes - got.kept;
      if (room > 0) {
        got.pieces.push(bytes.subarray(0, room));
        got.kept += Math.min(room, bytes.length);
      }
      if (got.bytes >= limits.bodyBytes) done();
    };
    const trailers = (headers: object): void => {
      got.trailers = pairs(headers);
    };
    const closed = (): void => {
      // A reset ends the readable side too, before anything says that it was one.
      if (stream.readableEnded && stream.rstCode === constants.NGHTTP2_NO_ERROR) done();
      else fail(new PhaseError('body', 'TRUNCATED', `the stream was closed within the body, after ${got.bytes} bytes`));
    };
    stream.on('data', piece).on('trailers', trailers).once('error', fail).once('close', closed);
    return () => stream.off('data', piece).off('trailers', trailers).off('error', fail).off('close', closed);
  });
}

function pairs(headers: object): (readonly [string, string])[] {
  return Object.entries(headers).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [],
  );
}

function failureOf(
  phase: ProbePhase,
  error: unknown,
  facts: SessionFacts,
  stream: ClientHttp2Stream | undefined,
): ProbeFailure {
  const reset = stream?.rstCode ?? 0;
  if (reset !== 0 && facts.error === undefined && facts.greeted)
    return {
      phase,
      code: 'RST_STREAM',
      message: `Connection reset by peer: the server reset the stream with code ${codeName(reset)}`,
    };
  // The server's own GOAWAY says more than that the session ended.
  const closed = error instanceof PhaseError && error.code === 'CLOSED';
  const base = facts.error instanceof PhaseError || closed ? (facts.error ?? error) : error;
  const failure = phaseError(phase, base).failure;
  // nghttp2 reports what is not HTTP/2 as a protocol error of the session.
  if (!facts.greeted && /^ERR_HTTP2|^NGHTTP2/.test(failure.code))
    return { phase, code: 'NOT_HTTP2', message: 'the answer is not HTTP/2: this port does not speak it' };
  return failure.phase === phase ? failure : { ...failure, phase };
}

function codeName(code: number): string {
  const name = Object.entries(constants).find(([key, value]) => value === code && ERROR_NAME.test(key))?.[0];
  return name === undefined ? String(code) : name.replace('NGHTTP2_', '');
}
const ERROR_NAME =
  /^NGHTTP2_(?:NO_ERROR|PROTOCOL_ERROR|INTERNAL_ERROR|FLOW_CONTROL_ERROR|SETTINGS_TIMEOUT|STREAM_CLOSED|FRAME_SIZE_ERROR|REFUSED_STREAM|CANCEL|COMPRESSION_ERROR|CONNECT_ERROR|ENHANCE_YOUR_CALM|INADEQUATE_SECURITY|HTTP_1_1_REQUIRED)$/;

async function restOf(session: ClientHttp2Session, ms: number, signal: AbortSignal): Promise<number | undefined> {
  const started = performance.now();
  if (session.closed || session.destroyed) return 0;
  const ended = await within<boolean>('close', ms, signal, (done) => {
    const closed = (): void => done(true);
    session.once('close', closed).once('goaway', closed);
    return () => session.off('close', closed).off('goaway', closed);
  }).catch((error: unknown) => {
    if (error instanceof PhaseError) return false;
    throw error;
  });
  return ended ? performance.now() - started : undefined;
}
