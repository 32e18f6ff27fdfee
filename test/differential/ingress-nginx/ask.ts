import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ECHO_MARK, type Received, splitField } from './echo-server.ts';

/** One request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly tls: boolean;
  readonly host: string;
  /** Path and query, byte for byte. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface WireAnswer {
  readonly status: number;
  readonly location: string | undefined;
  /** Undefined: NGINX answered itself. */
  readonly received: Received | undefined;
}

const PATIENCE_MS = 20_000;

/** Sends a request to the gateway as it stands, with the host as server name on TLS. */
export function ask(
  request: WireRequest,
  ports: { readonly http: number; readonly https: number },
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const servername = request.host.replace(/:\d+$/, '');
    const socket = request.tls
      ? connectTls({ port: ports.https, host: '127.0.0.1', servername, rejectUnauthorized: false })
      : connect(ports.http, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('the gateway did not answer in time')));
    socket.on('error', reject);
    socket.on(request.tls ? 'secureConnect' : 'connect', () => socket.write(Buffer.from(writeHead(request), 'latin1')));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => resolve(readAnswer(Buffer.concat(chunks).toString('latin1'))));
  });
}

function writeHead({ method, target, host, headers }: WireRequest): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${fields.join('')}Connection: close\r\n\r\n`;
}

function readAnswer(text: string): WireAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [line = '', ...fields] = text.slice(0, end).split('\r\n');
  const headers = new Map(fields.map((field) => splitField(field)));
  const body = text.slice(end + 4);
  return {
    status: Number(line.split(' ')[1]),
    location: headers.get('location'),
    received: headers.has(ECHO_MARK)
      ? (JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as Received)
      : undefined,
  };
}
