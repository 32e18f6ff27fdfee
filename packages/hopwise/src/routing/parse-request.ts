import type { Request } from './request.ts';

/** A request as given on a command line or in a JSON line. */
export interface RequestParts {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocol?: string;
}

export type ParsedRequest =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly why: string; readonly hint: string };

const DEFAULT_PORTS = { http: 80, https: 443, ws: 80, wss: 443 } as const;
const SCHEMES = new Set(['http', 'https', 'ws', 'wss', 'grpc', 'grpcs']);

/**
 * Reads a request the way curl would send it: the path as typed (no dot-segment or escape normalisation, a
 * lone `?` kept), the fragment dropped, a Host header over the URL's host. `grpc(s)://` and an application/grpc content type mean gRPC; `ws(s)://` or
 * an Upgrade header mean WebSocket. Answers why, and what to type instead, when the text cannot be a URL.
 */
export function parseRequest(parts: RequestParts): ParsedRequest {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?/i.exec(parts.url.trim());
  const scheme = match?.[1]?.toLowerCase() ?? '';
  if (match === null || !SCHEMES.has(scheme)) {
    return {
      ok: false,
      why: `'${parts.url}' is not an http(s) URL`,
      hint: 'write it with its scheme and host: https://shop.example.com/api',
    };
  }
  const authority = splitAuthority(match[2] ?? '');
  if (authority === undefined)
    return {
      ok: false,
      why: `'${parts.url}' has no host`,
      hint: 'write the host after the scheme: https://shop.example.com/api',
    };
  const headers = lowerHeaders(parts.headers ?? {});
  const wire = scheme === 'grpc' ? 'http' : scheme === 'grpcs' ? 'https' : (scheme as Request['scheme']);
  const tls = wire === 'https' || wire === 'wss';
  const method = (parts.method ?? 'GET').toUpperCase();
  return {
    ok: true,
    request: {
      method,
      url: parts.url.trim(),
      scheme: wire,
      host: hostOf(headers['host']) ?? authority.host,
      urlHost: authority.host,
      port: authority.port ?? DEFAULT_PORTS[wire],
      path: match[3] === undefined || match[3] === '' ? '/' : match[3],
      query: match[4] ?? '',
      headers,
      protocol: protocolOf(parts.protocol, scheme, headers, tls),
      tls,
    },
  };
}

function protocolOf(
  asked: string | undefined,
  scheme: string,
  headers: Readonly<Record<string, string>>,
  tls: boolean,
): Request['protocol'] {
  const name = asked?.toLowerCase();
  if (name === 'grpc' || name === 'websocket') return name;
  if (scheme.startsWith('ws') || headers['upgrade']?.toLowerCase() === 'websocket') return 'websocket';
  if (scheme.startsWith('grpc') || headers['content-type']?.startsWith('application/grpc')) return 'grpc';
  return tls ? 'https' : 'http';
}

function splitAuthority(text: string): { host: string; port?: number } | undefined {
  const bare = text.slice(text.lastIndexOf('@') + 1);
  const match = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d{1,5}))?$/i.exec(bare);
  if (match === null) return undefined;
  const host = (match[1] as string)
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  const port = match[2] === undefined ? undefined : Number(match[2]);
  if (host === '' || (port !== undefined && port > 65535)) return undefined;
  return port === undefined ? { host } : { host, port };
}

function hostOf(header: string | undefined): string | undefined {
  return header === undefined || header === '' ? undefined : splitAuthority(header)?.host;
}

function lowerHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const out: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) out[name.toLowerCase()] = value;
  return out;
}
