import { createServer, type Socket } from 'node:net';
import { BACKEND_HEADER } from './nginx-conf.ts';

/** What a backend received, byte for byte (a character a byte). */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** `name|canary's name` as NGINX had them. */
  readonly chosen: string;
  /** The status for which an error page is fetched here (nginx.tmpl: CUSTOM_ERRORS); undefined for a request itself. */
  readonly errorPageOf: number | undefined;
  readonly forwardedPrefix: string | undefined;
}

export interface EchoServer {
  readonly port: number;
  stop(): Promise<void>;
}

export const ECHO_MARK = 'x-echo';

/** A raw server, so that no library touches the request line before it is sent back. */
export function startEchoServer(): Promise<EchoServer> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    let buffered = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
    socket.setEncoding('latin1').on('data', (text: string) => {
      buffered += text;
      for (let end = buffered.indexOf('\r\n\r\n'); end >= 0; end = buffered.indexOf('\r\n\r\n')) {
        socket.write(answerTo(buffered.slice(0, end)));
        buffered = buffered.slice(end + 4);
      }
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : 0,
        stop: async () => {
          for (const socket of open) socket.destroy();
          await new Promise<void>((closed) => server.close(() => closed()));
        },
      });
    });
  });
}

function answerTo(head: string): Buffer {
  const [line = '', ...fields] = head.split('\r\n');
  const words = line.split(' ');
  const headers = new Map(fields.map((field) => splitField(field)));
  const received: Received = {
    method: words[0] ?? '',
    path: words.slice(1, -1).join(' '),
    host: headers.get('host') ?? '',
    chosen: headers.get(BACKEND_HEADER.toLowerCase()) ?? '',
    // X-Code alone also goes to the Service of a default-backend annotation.
    errorPageOf: headers.has('x-original-uri') ? Number(headers.get('x-code')) : undefined,
    forwardedPrefix: headers.get('x-forwarded-prefix'),
  };
  const body = JSON.stringify(received);
  return Buffer.from(`HTTP/1.1 200 OK\r\n${ECHO_MARK}: 1\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1');
}

export function splitField(field: string): readonly [string, string] {
  const at = field.indexOf(':');
  return [field.slice(0, at).toLowerCase(), field.slice(at + 1).trim()];
}
