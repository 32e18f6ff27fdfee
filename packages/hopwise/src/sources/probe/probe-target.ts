import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import type {
  IdleProbe,
  ProbeAttempt,
  ProbeDns,
  ProbeFailure,
  ProbeObservation,
  ProbePhase,
  ProbeTls,
} from '../probe-observation.ts';
import { http1Peer } from './ask-http1.ts';
import { http2Peer } from './ask-http2.ts';
import { ConnectError, connectAny } from './connect.ts';
import {
  LONGEST_GAP_MS,
  MOST_GAPS,
  MOST_REPEATS,
  type ProbeOptions,
  type ProbeResolver,
  type ProbeSpec,
} from './contract.ts';
import { type Answer, NO_ANSWER, type Peer, refusedByClients, withoutCredentials } from './exchange.ts';
import { PhaseError } from './phase-error.ts';
import { resolveName } from './resolve-name.ts';
import { shakeHands } from './shake-hands.ts';
import { pause } from './under-way.ts';

/** Tries one target: resolves its name once, then as many attempts and idle gaps as its spec says. Rejects only when cancelled. */
export async function probeTarget(
  spec: ProbeSpec,
  options: ProbeOptions,
  resolver: ProbeResolver,
  signal: AbortSignal,
  watch: (done: number, of: number) => void = () => undefined,
): Promise<ProbeObservation> {
  const dns = await resolveName(resolver, spec.address ?? spec.name, options.limits.dnsMs, signal);
  const tried: Tried = { spec, options, addresses: dns?.addresses ?? [spec.address ?? spec.name], connections: 0 };
  const of = Math.max(1, Math.min(MOST_REPEATS, spec.repeat));
  const gaps = spec.idle.slice(0, MOST_GAPS).map((gap) => Math.min(gap, LONGEST_GAP_MS));
  const series =
    dns?.failure === undefined ? runSeries(tried, of, signal, watch) : Promise.resolve([unresolved(spec, dns)]);
  const idle = dns?.failure === undefined ? gaps.map((gap) => runIdle(tried, gap, signal)) : [];
  const [attempts, ...rests] = await Promise.all([series, ...idle]);
  return {
    target: spec.target,
    speech: spec.speech,
    tls: spec.tls,
    ...(dns === undefined ? {} : { dns }),
    attempts,
    idle: rests,
  };
}

interface Tried {
  readonly spec: ProbeSpec;
  readonly options: ProbeOptions;
  readonly addresses: readonly string[];
  connections: number;
}

function unresolved(spec: ProbeSpec, dns: ProbeDns & { readonly failure?: ProbeFailure }): ProbeAttempt {
  return {
    time: Date.now(),
    connection: 0,
    reused: false,
    port: spec.port,
    unreachable: [],
    phases: { dns: dns.ms },
    headers: {},
    body: '',
    bodyBytes: 0,
    ...(dns.failure === undefined ? {} : { failure: dns.failure }),
  };
}

/** Attempts one after the other; each starts at another address of the name, so that a bad one of several is met. */
async function runSeries(
  tried: Tried,
  of: number,
  signal: AbortSignal,
  watch: (done: number, of: number) => void,
): Promise<readonly ProbeAttempt[]> {
  const { options } = tried;
  const attempts: ProbeAttempt[] = [];
  let line: Line | undefined;
  try {
    for (let at = 0; at < of; at++) {
      if (at > 0) await pause(options.limits.pauseMs, signal);
      line ??= await open(tried, at, signal);
      const { attempt, reusable } = await askOn(line, tried, signal);
      attempts.push(attempt);
      watch(at + 1, of);
      if (reusable && options.keepAlive) continue;
      line.peer?.close();
      line = undefined;
    }
  } finally {
    line?.peer?.close();
  }
  return attempts;
}

async function runIdle(tried: Tried, gapMs: number, signal: AbortSignal): Promise<IdleProbe> {
  const line = await open(tried, 0, signal);
  try {
    const { attempt: before, reusable } = await askOn(line, tried, signal);
    if (!reusable || line.peer === undefined) return { gapMs, before };
    const closedAfterMs = await line.peer.rest(gapMs, signal);
    if (closedAfterMs !== undefined) return { gapMs, before, closedAfterMs };
    const { attempt: after } = await askOn(line, tried, signal);
    return { gapMs, before, after };
  } finally {
    line.peer?.close();
  }
}

/** A connection and how it came to be; without a peer it did not come to be, or must not be used. */
interface Line {
  readonly number: number;
  readonly address?: string;
  readonly unreachable: ProbeAttempt['unreachable'];
  readonly phases: ProbeAttempt['phases'];
  readonly tls?: ProbeTls;
  readonly failure?: ProbeFailure;
  readonly peer?: Peer;
  /** Credentials may be shown to the other side. */
  readonly trusted: boolean;
  asked: number;
}

async function open(tried: Tried, turn: number, signal: AbortSignal): Promise<Line> {
  const { spec, options, addresses } = tried;
  const { limits } = options;
  tried.connections += 1;
  const phases: Partial<Record<ProbePhase, number>> = {};
  const line = {
    number: tried.connections,
    unreachable: [] as ProbeAttempt['unreachable'],
    phases,
    trusted: true,
    asked: 0,
  };
  const first = addresses.length === 0 ? 0 : turn % addresses.length;
  let started = performance.now();
  let socket: Socket | undefined;
  let address: string | undefined;
  try {
    const order = [...addresses.slice(first), ...addresses.slice(0, first)];
    const connected = await connectAny(order, spec.port, limits.connectMs, signal);
    phases.connect = performance.now() - started;
    ({ socket, address } = connected);
    line.unreachable = connected.unreachable;
    if (!spec.tls) return { ...line, address, ...peerOf(socket, spec, options, undefined) };
    started = performance.now();
    const shaken = await shakeHands(socket, handshakeOf(spec, address), limits.tlsMs, signal);
    phases.tls = performance.now() - started;
    const trusted = shaken.tls.problems.length === 0 || (options.insecure && spec.target.role === 'url');
    return { ...line, address, tls: shaken.tls, trusted, ...peerOf(shaken.socket, spec, options, shaken.tls) };
  } catch (error) {
    socket?.destroy();
    if (!(error instanceof PhaseError)) throw error;
    phases[error.phase] = performance.now() - started;
    const unreachable = error instanceof ConnectError ? error.unreachable : line.unreachable;
    return { ...line, ...(address === undefined ? {} : { address }), unreachable, failure: error.failure };
  }
}

function handshakeOf(spec: ProbeSpec, address: string) {
  const named = spec.serverName !== undefined && isIP(spec.serverName) === 0 ? spec.serverName : undefined;
  const alpn = spec.speech === 'http/2' || spec.speech === 'grpc-health' ? ['h2', 'http/1.1'] : ['http/1.1'];
  return { serverName: named, expected: spec.serverName ?? address, alpn };
}

/** Who to speak with, or why nothing may be said. */
function peerOf(
  socket: Socket,
  spec: ProbeSpec,
  { limits, insecure }: ProbeOptions,
  tls: ProbeTls | undefined,
): { readonly peer?: Peer; readonly failure?: ProbeFailure } {
  const fault = tls?.problems.find((problem) => problem.kind !== 'trust');
  if (refusedByClients(tls) && fault !== undefined && !insecure) {
    socket.destroy();
    return { failure: { phase: 'tls', code: fault.code, message: `SSL certificate problem: ${fault.message}` } };
  }
  switch (spec.speech) {
    case 'nothing':
      socket.destroy();
      return {};
    case 'http/1.1':
    case 'websocket':
      return { peer: http1Peer(socket, limits) };
    case 'http/2':
    case 'grpc-health':
      if (tls === undefined || tls.alpn === 'h2') return { peer: http2Peer(socket, tls !== undefined, limits) };
      socket.destroy();
      return {
        failure: { phase: 'tls', code: 'NO_H2', message: `HTTP/2 is not offered (ALPN: ${tls.alpn ?? 'none'})` },
      };
  }
}

async function askOn(
  line: Line,
  tried: Tried,
  signal: AbortSignal,
): Promise<{ attempt: ProbeAttempt; reusable: boolean }> {
  const { spec } = tried;
  const reused = line.asked > 0;
  line.asked += 1;
  const time = Date.now();
  const said = line.trusted ? spec : { ...spec, headers: withoutCredentials(spec.headers) };
  const answer: Answer = line.peer === undefined ? { ...NO_ANSWER, phases: {} } : await line.peer.ask(said, signal);
  const { reusable, phases, failure = line.failure, ...rest } = answer;
  const attempt: ProbeAttempt = {
    time,
    connection: line.number,
    reused,
    ...(line.address === undefined ? {} : { address: line.address }),
    port: spec.port,
    unreachable: reused ? [] : line.unreachable,
    phases: reused ? phases : { ...line.phases, ...phases },
    ...(line.tls === undefined ? {} : { tls: line.tls }),
    ...rest,
    ...(failure === undefined ? {} : { failure }),
  };
  return { attempt, reusable };
}
