import { createServer as createHttp2Server, createSecureServer, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Certified } from './certificate.ts';

/** A server of a test, and the way to end it with all its connections. */
export interface Stand {
  readonly address: string;
  readonly port: number;
  /** Connections taken so far. */
  readonly taken: () => number;
  /** Connections that clients have not closed; looking at it ends those that they have. */
  readonly open: () => number;
  /** What clients sent, all connections together. */
  readonly heard: () => string;
  close(): Promise<void>;
}

type Behaviour = (socket: Socket, nth: number) => void;

/** A TCP server that does to each connection what the test says. */
export async function standTcp(behave: Behaviour, address = '127.0.0.1'): Promise<Stand> {
  const heard: Buffer[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    behave(socket, sockets.taken);
    // Listening would start reading, which a server that hangs must not do.
    if (socket.listenerCount('data') > 0) socket.on('data', (piece: Buffer) => heard.push(piece));
  });
  const sockets = follow(server);
  return await stand(server, sockets, heard, address);
}

export async function standTls(
  certified: Certified,
  behave: Behaviour,
  alpn: readonly string[] = ['http/1.1'],
): Promise<Stand> {
  const heard: Buffer[] = [];
  const server = createTlsServer(
    { key: certified.key, cert: certified.cert, ALPNProtocols: [...alpn] },
    (socket: TLSSocket) => {
      socket.on('error', () => undefined);
      socket.on('data', (piece: Buffer) => heard.push(piece));
      behave(socket, sockets.taken);
    },
  );
  server.on('tlsClientError', () => undefined);
  const sockets = follow(server);
  return await stand(server, sockets, heard, '127.0.0.1');
}

/** An HTTP/2 server; without a certificate it expects prior knowledge. */
export async function standHttp2(
  answer: (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>) => void,
  certified?: Certified,
): Promise<Stand> {
  const server =
    certified === undefined ? createHttp2Server() : createSecureServer({ key: certified.key, cert: certified.cert });
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => undefined);
    answer(stream, headers);
  });
  server.on('sessionError', () => undefined);
  const sockets = follow(server as unknown as Server);
  return await stand(server as unknown as Server, sockets, [], '127.0.0.1');
}

/** Answers every request head with the bytes given, after `ms`. */
export function answering(bytes: string, ms = 0): Behaviour {
  return (socket) => {
    let text = '';
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
      while (text.includes('\r\n\r\n')) {
        text = text.slice(text.indexOf('\r\n\r\n') + 4);
        if (ms === 0) socket.write(bytes);
        else setTimeout(() => socket.write(bytes), ms);
      }
    });
    socket.on('end', () => socket.end());
  };
}

export function httpAnswer(status: number, body: string, headers: readonly string[] = []): string {
  return [`HTTP/1.1 ${status} Words`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}

/** A port that nobody listens on. */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  const stand = await standTcp(() => undefined, address);
  await stand.close();
  return stand.port;
}

interface Sockets {
  taken: number;
  readonly open: Set<Socket>;
}

function follow(server: Server): Sockets {
  const sockets: Sockets = { taken: 0, open: new Set() };
  server.prependListener('connection', (socket: Socket) => {
    sockets.taken += 1;
    sockets.open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.open.delete(socket));
  });
  return sockets;
}

/** A half-closed connection stays open until both sides say so. */
function finish(this: Socket): void {
  this.destroy();
}

async function stand(server: Server, sockets: Sockets, heard: readonly Buffer[], address: string): Promise<Stand> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, address, resolve));
  return {
    address,
    port: (server.address() as AddressInfo).port,
    taken: () => sockets.taken,
    open: () => {
      for (const socket of sockets.open) {
        if (socket.readableEnded) socket.destroy();
        else if (socket.listenerCount('end', finish) === 0) socket.on('end', finish).resume();
      }
      return sockets.open.size;
    },
    heard: () => Buffer.concat(heard).toString('latin1'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets.open) socket.destroy();
      }),
  };
}
