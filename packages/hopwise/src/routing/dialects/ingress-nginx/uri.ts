import { toBytes } from '../../match/bytes.ts';
import type { Request } from '../../request.ts';
import type { RequestTarget } from '../../route-table.ts';

/** What NGINX makes of the target of a request line. */
export interface NginxUri {
  /** r->uri: decoded, slashes merged, dot segments resolved; one character per byte. */
  readonly path: string;
  /** r->args without `?`, as sent. */
  readonly args: string;
  /** Captures in arguments are escaped only for requests that had %XX or + in their path (ngx_http_script_copy_capture_code). */
  readonly escaped: boolean;
}

/**
 * Reads a path the way NGINX does with merge_slashes on (src/http/ngx_http_parse.c: ngx_http_parse_uri and
 * ngx_http_parse_complex_uri); undefined where NGINX answers 400.
 */
export function readUri(rawPath: string, query: string): NginxUri | undefined {
  const raw = toBytes(rawPath);
  const args = toBytes(query.startsWith('?') ? query.slice(1) : query).replace(/#.*$/s, '');
  for (let at = 0; at < raw.length; at++) {
    const code = raw.charCodeAt(at);
    if (code <= 0x20 || code === 0x7f) return undefined;
  }
  if (!raw.startsWith('/')) return undefined;
  if (!/%|\/\/|\/\.|#/.test(raw)) return { path: raw, args, escaped: raw.includes('+') };
  const path = normalise(raw.replace(/#.*$/s, ''));
  return path === undefined ? undefined : { path, args, escaped: /[%+]/.test(raw) };
}

type State = 'usual' | 'slash' | 'dot' | 'dot-dot';

function normalise(raw: string): string | undefined {
  const out: string[] = [];
  let state: State = 'usual';
  for (let at = 0; at < raw.length; at++) {
    let character = raw[at] ?? '';
    if (character === '%') {
      const byte = readHexPair(raw, at + 1);
      if (byte === undefined || byte === 0) return undefined;
      at += 2;
      character = String.fromCharCode(byte);
      // A decoded %, # or ? is plain text; any other decoded byte goes through the states like a literal one.
      if (character === '%' || character === '#' || character === '?') {
        out.push(character);
        state = 'usual';
        continue;
      }
    }
    const next = step(state, character, out);
    if (next === undefined) return undefined;
    state = next;
  }
  if (state === 'dot') out.pop();
  if (state === 'dot-dot' && !leaveSegment(out)) return undefined;
  return out.join('');
}

function step(state: State, character: string, out: string[]): State | undefined {
  if (character === '/') {
    if (state === 'usual') out.push('/');
    if (state === 'dot') out.pop();
    if (state === 'dot-dot' && !leaveSegment(out)) return undefined;
    return 'slash';
  }
  out.push(character);
  if (character !== '.') return 'usual';
  return state === 'slash' ? 'dot' : state === 'dot' ? 'dot-dot' : 'usual';
}

/** Drops `/..` and the segment before it, keeping that segment's slash; false above the root. */
function leaveSegment(out: string[]): boolean {
  // out ends with "/.." : step back over it, then to the slash before the parent segment.
  out.length -= 3;
  if (out.length === 0) return false;
  while (out.length > 0 && out[out.length - 1] !== '/') out.pop();
  return out.length > 0;
}

function readHexPair(text: string, at: number): number | undefined {
  const pair = text.slice(at, at + 2);
  return /^[0-9A-Fa-f]{2}$/.test(pair) ? Number.parseInt(pair, 16) : undefined;
}

/** NGX_ESCAPE_URI: what cannot stand in a request line's path (src/core/ngx_string.c). */
export function escapeUri(bytes: string): string {
  return escapeBytes(bytes, /[\x00-\x20"#%<>?\\^`{|}\x7f-\xff]/g);
}

/** NGX_ESCAPE_ARGS: the same and what has a meaning in a query. */
export function escapeArgs(bytes: string): string {
  return escapeBytes(bytes, /[\x00-\x20"#%&+;<>?\\^`{|}\x7f-\xff]/g);
}

function escapeBytes(bytes: string, forbidden: RegExp): string {
  return bytes.replace(
    forbidden,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

const recent = new WeakMap<Request, NginxUri | null>();

/** `readUri` of a request, worked out once per request; undefined where NGINX answers 400. */
export function uriOf(request: Request): NginxUri | undefined {
  let uri = recent.get(request);
  if (uri === undefined) {
    uri = readUri(request.path, request.query) ?? null;
    recent.set(request, uri);
  }
  return uri ?? undefined;
}

/** Host and path as NGINX compares them; a final dot of the host does not count (ngx_http_validate_host). */
export function readTarget(request: Request): RequestTarget {
  const uri = uriOf(request);
  if (uri === undefined) {
    return {
      kind: 'refused',
      status: 400,
      why: 'NGINX refuses the path: a control character, a broken %XX, or .. above the root',
    };
  }
  const host = request.host.endsWith('.') ? request.host.slice(0, -1) : request.host;
  return { kind: 'read', host, path: uri.path };
}
