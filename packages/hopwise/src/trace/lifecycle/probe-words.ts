/** How a probe failed, in the kubelet's words (pkg/probe/http, pkg/probe/tcp, pkg/probe/exec, pkg/probe/grpc). */
export type ProbeFailure =
  | { readonly kind: 'refused' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'status'; readonly code: number }
  | { readonly kind: 'scheme'; readonly wanted: 'HTTP' | 'HTTPS' }
  | { readonly kind: 'port-name' }
  | { readonly kind: 'host' }
  | { readonly kind: 'command' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'other' };

const WORDS: readonly (readonly [RegExp, ProbeFailure])[] = [
  [
    /server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/i,
    { kind: 'scheme', wanted: 'HTTP' },
  ],
  [
    /malformed HTTP response "\\x15\\x03|malformed HTTP response|Client sent an HTTP request to an HTTPS server/i,
    { kind: 'scheme', wanted: 'HTTPS' },
  ],
  [/connection refused/i, { kind: 'refused' }],
  [/no such host|lookup \S{1,253} on/i, { kind: 'host' }],
  [/strconv|invalid port|couldn't find port|port .{0,80} not found|invalid container port/i, { kind: 'port-name' }],
  [/executable file not found|no such file or directory|not found in \$PATH|permission denied/i, { kind: 'command' }],
  [/deadline exceeded|Client\.Timeout|timed out|timeout|i\/o timeout/i, { kind: 'timeout' }],
  [/connection reset|\bEOF\b|broken pipe|server closed/i, { kind: 'reset' }],
];

export function readProbeFailure(message: string): ProbeFailure {
  const code = /statuscode: (\d{3})/i.exec(message)?.[1];
  if (code !== undefined) return { kind: 'status', code: Number(code) };
  return WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? { kind: 'other' };
}
