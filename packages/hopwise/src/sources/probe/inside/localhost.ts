import type { Duplex } from 'node:stream';
import type { ProbeFailure, ProbeObservation, ProbePhase } from '../../probe-observation.ts';
import { http1Peer } from '../ask-http1.ts';
import { http2Peer } from '../ask-http2.ts';
import { DEFAULT_LIMITS, type ProbeLimits, type ProbeSpec } from '../contract.ts';
import type { Answer } from '../exchange.ts';
import { PhaseError, phaseError } from '../phase-error.ts';
import { shakeHands } from '../shake-hands.ts';
import { nameOf } from './api-proxy.ts';
import type { InsidePlan, InsideTarget } from './contract.ts';

/** Opens a connection to a port inside a Pod, as a port-forward does. */
export type Forward = (
  target: { readonly namespace: string; readonly pod: string; readonly port: number },
  signal: AbortSignal,
) => Promise<Duplex>;

const BYPASS = 'by port-forward: to localhost inside the Pod, without its address, Service, policies or the gateway';

/** Asks localhost inside the Pod: what fails here fails in the Pod itself. A string says why it could not be asked. */
export async function probeLocalhost(
  forward: Forward,
  plan: InsidePlan,
  target: InsideTarget,
  answerMs: number,
  signal: AbortSignal,
): Promise<ProbeObservation | string> {
  const port = target.addressPort ?? Number(target.port);
  const name = `localhost:${port} in ${nameOf(target)}`;
  const started = performance.now();
  const time = Date.now();
  let stream: Duplex;
  try {
    stream = await forward({ namespace: target.namespace, pod: target.objectName, port }, signal);
  } catch (error) {
    signal.throwIfAborted();
    return `${name}: ${error instanceof Error ? error.message : String(error)}`;
  }
  const phases: Partial<Record<ProbePhase, number>> = { connect: performance.now() - started };
  const limits: ProbeLimits = { ...DEFAULT_LIMITS, answerMs };
  let failure: ProbeFailure | undefined;
  let answer: Answer | undefined;
  try {
    const spec = specOf(plan, target, port);
    const raw = target.tls
      ? (
          await shakeHands(
            stream,
            { serverName: undefined, expected: plan.host, alpn: ['http/1.1'] },
            limits.tlsMs,
            signal,
          )
        ).socket
      : stream;
    const peer = target.h2c ? http2Peer(raw, false, limits) : http1Peer(raw, limits);
    answer = await peer.ask(spec, signal);
    failure = answer.failure;
  } catch (error) {
    signal.throwIfAborted();
    failure = phaseError(error instanceof PhaseError ? error.phase : 'tls', error).failure;
  } finally {
    stream.destroy();
  }
  // The kubelet dials when the first bytes come: what it could not connect to is told as late as that.
  if (failure?.code === 'ECONNREFUSED' || failure?.code === 'EPORTFORWARD') failure = { ...failure, phase: 'connect' };
  const { phases: later = {}, reusable: _, failure: __, ...rest } = answer ?? { headers: {}, body: '', bodyBytes: 0 };
  return {
    target: {
      role: 'localhost',
      from: 'pod',
      name,
      object: target.object,
      ...(target.node === undefined ? {} : { node: target.node }),
    },
    speech: target.h2c ? 'http/2' : 'http/1.1',
    tls: target.tls,
    attempts: [
      {
        time,
        connection: 1,
        reused: false,
        port,
        unreachable: [],
        phases: { ...phases, ...later },
        ...rest,
        ...(failure === undefined ? {} : { failure }),
      },
    ],
    idle: [],
    note: BYPASS,
  };
}

function specOf(plan: InsidePlan, target: InsideTarget, port: number): ProbeSpec {
  return {
    target: { role: 'localhost', from: 'pod', name: '' },
    name: 'localhost',
    port,
    tls: target.tls,
    host: plan.host,
    speech: target.h2c ? 'http/2' : 'http/1.1',
    method: plan.method,
    path: plan.path,
    headers: {},
    repeat: 1,
    idle: [],
  };
}
