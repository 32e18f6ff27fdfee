import { connect as connectPlain, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { Echo } from './echo-server.ts';
import { type Answer, type AskedRequest, isRuleHeader, withoutPort } from './scenario.ts';

/** What Envoy answered; 0 when it closed the connection or does not listen there. */
export async function askEnvoy(address: string, port: number, request: AskedRequest): Promise<Answer> {
  const text = await exchangePatiently(address, port, request);
  const end = text.indexOf('\r\n\r\n');
  const head = text.slice(0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  const location = /^location: (.*)$/im.exec(head)?.[1]?.trim();
  const echo = status === 200 ? readEcho(text.slice(end + 4)) : undefined;
  if (echo === undefined) return { status, ...(location === undefined ? {} : { location }) };
  const headers = Object.entries(echo.headers).flatMap(([name, value]) =>
    isRuleHeader(name) ? [[name, String(value)] as const] : [],
  );
  return {
    status,
    backend: echo.backend,
    path: echo.path,
    host: withoutPort(echo.headers.host ?? ''),
    headers: Object.fromEntries(headers),
  };
}

function readEcho(body: string): Echo | undefined {
  try {
    return JSON.parse(body) as Echo;
  } catch {
    return undefined;
  }
}

const PATIENCE_MS = 20_000;

const TRIES = 4;
const PAUSE_MS = 400;

/** On a busy machine Envoy may still be opening a listener that it has told of. Over TLS a closed connection is an answer. */
async function exchangePatiently(address: string, port: number, request: AskedRequest): Promise<string> {
  for (let tries = 1; ; tries++) {
    const text = await exchange(address, port, request);
    if (text !== '' || request.scheme !== 'http' || tries === TRIES) return text;
    await setTimeout(PAUSE_MS);
  }
}

/** Writes the request byte for byte: HTTP clients would normalise the path. */
function exchange(address: string, port: number, request: AskedRequest): Promise<string> {
  return new Promise((resolve) => {
    const socket = openSocket(address, port, request);
    let data = '';
    const done = (): void => {
      socket.destroy();
      resolve(data);
    };
    socket.setEncoding('latin1');
    socket.setTimeout(PATIENCE_MS, done);
    socket.on('error', done);
    socket.on('end', done);
    socket.on('close', done);
    socket.on('data', (text: string) => {
      data += text;
      const end = data.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(data.slice(0, Math.max(end, 0)))?.[1];
      if (end !== -1 && length !== undefined && data.length >= end + 4 + Number(length)) done();
    });
    const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const rest = 'Content-Length: 0\r\nConnection: close\r\n\r\n';
    socket.write(
      `${request.method} ${request.target} HTTP/1.1\r\nHost: ${request.host}\r\n${headers.join('')}${rest}`,
      'latin1',
    );
  });
}

function openSocket(address: string, port: number, { scheme, host }: AskedRequest): Socket {
  if (scheme === 'http') return connectPlain(port, address);
  return connectTls({ host: address, port, servername: withoutPort(host).toLowerCase(), rejectUnauthorized: false });
}
