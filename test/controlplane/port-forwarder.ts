import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

const PATH = /^\/portForward\/(?<namespace>[^/]+)\/(?<pod>[^/]+)$/;

/**
 * A kubelet's answer to a port-forward over WebSocket: a data and an error channel per port, each opened by the port as two
 * bytes, and a dial refused in the words of containerd (k8s.io/cri-streaming pkg/streaming/portforward/websocket.go).
 */
export function createPortForwarder(
  ports: ReadonlyMap<string, number>,
  requests: string[],
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => offered.has('v4.channel.k8s.io') && 'v4.channel.k8s.io',
  });
  return (request, socket, head) => {
    requests.push(request.url ?? '');
    const url = new URL(request.url ?? '', 'https://kubelet');
    const { namespace, pod } = PATH.exec(decodeURIComponent(url.pathname))?.groups ?? {};
    const port = Number(url.searchParams.get('port'));
    if (pod === undefined || !(port > 0)) {
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) =>
      forward(opened, port, ports.get(`${namespace}/${pod}:${port}`)),
    );
  };
}

function forward(opened: WebSocket, port: number, loopbackPort: number | undefined): void {
  const send = (channel: number, bytes: Buffer): void => opened.send(Buffer.concat([Buffer.of(channel), bytes]));
  const portBytes = Buffer.of(port & 0xff, port >> 8);
  send(0, portBytes);
  send(1, portBytes);
  if (loopbackPort === undefined) {
    const why = `error forwarding port ${port} to pod, uid : failed to execute portforward in network namespace: dial tcp4 127.0.0.1:${port}: connect: connection refused`;
    send(1, Buffer.from(why));
    opened.close();
    return;
  }
  const target = connect({ host: '127.0.0.1', port: loopbackPort });
  target.on('data', (chunk: Buffer) => send(0, chunk));
  target.on('error', () => opened.close());
  target.on('close', () => opened.close());
  opened.on('message', (data) => {
    if (Buffer.isBuffer(data) && data[0] === 0 && data.length > 1) target.write(data.subarray(1));
  });
  opened.on('error', () => target.destroy());
  opened.on('close', () => target.destroy());
}
