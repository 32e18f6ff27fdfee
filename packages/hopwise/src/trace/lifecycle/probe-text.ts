import type { Probe } from '../../model/kinds/pod.ts';

/** A probe in one line: `GET http://:8080/healthz, timeout 1 s, every 10 s`. */
export function probeText(probe: Probe): string {
  return `${what(probe)}, timeout ${probe.timeoutSeconds} s, every ${probe.periodSeconds} s`;
}

function what(probe: Probe): string {
  switch (probe.kind) {
    case 'httpGet':
      return `GET ${(probe.scheme ?? 'HTTP').toLowerCase()}://${probe.host ?? ''}:${probe.port}${probe.path ?? '/'}`;
    case 'tcpSocket':
      return `connect to ${probe.port}`;
    case 'grpc':
      return `gRPC health check on ${probe.port}`;
    case 'exec':
      return `run ${probe.command.join(' ').slice(0, 80)}`;
  }
}
