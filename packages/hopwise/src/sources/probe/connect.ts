import { connect as connectSocket, type Socket } from 'node:net';
import { PhaseError, phaseError } from './phase-error.ts';
import { within } from './under-way.ts';

export interface Connected {
  readonly socket: Socket;
  readonly address: string;
  /** Those that were tried before. */
  readonly unreachable: readonly { readonly address: string; readonly code: string }[];
}

/** Carries what was tried, so that a failure names every address. */
export class ConnectError extends PhaseError {
  readonly unreachable: Connected['unreachable'];
  constructor(error: PhaseError, unreachable: Connected['unreachable']) {
    super('connect', error.code, error.message);
    this.unreachable = unreachable;
  }
}

/**
 * Connects to the first address that takes the connection, in the order given, each within its own time. Throws the failure
 * of the last one, or of the first IPv4 address where a machine without IPv6 cannot reach the others at all.
 */
export async function connectAny(
  addresses: readonly string[],
  port: number,
  limitMs: number,
  signal: AbortSignal,
): Promise<Connected> {
  const failures: { address: string; error: PhaseError }[] = [];
  for (const address of addresses) {
    const unreachable = failures.map((each) => ({ address: each.address, code: each.error.code }));
    try {
      return { socket: await connectOne(address, port, limitMs, signal), address, unreachable };
    } catch (error) {
      signal.throwIfAborted();
      failures.push({ address, error: phaseError('connect', error) });
    }
  }
  const telling = failures.find(({ error }) => !noSuchNetwork(error.code)) ?? failures[0];
  if (telling === undefined) throw new PhaseError('connect', 'ENODATA', 'there is no address to connect to');
  throw new ConnectError(
    new PhaseError('connect', telling.error.code, `${telling.error.message} (${telling.address} port ${port})`),
    failures.map(({ address, error }) => ({ address, code: error.code })),
  );
}

/** The machine has no way to addresses of this family; says nothing about the other side. */
export function noSuchNetwork(code: string): boolean {
  return code === 'ENETUNREACH' || code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

function connectOne(address: string, port: number, limitMs: number, signal: AbortSignal): Promise<Socket> {
  const socket = connectSocket({ host: address, port, noDelay: true, allowHalfOpen: true });
  // Whoever holds the socket listens for errors; one that comes between two listeners must not end the process.
  socket.on('error', () => undefined);
  return within<Socket>('connect', limitMs, signal, (done, fail) => {
    const ready = (): void => done(socket);
    socket.once('connect', ready).once('error', fail);
    return () => socket.off('connect', ready).off('error', fail);
  }).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
}
