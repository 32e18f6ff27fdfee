/** What is known of an answer while its bytes come in. */
export interface Http1Head {
  readonly version: string;
  readonly status: number;
  /** Lower-case names, in order. */
  readonly headers: readonly (readonly [string, string])[];
}

export interface Http1Limits {
  readonly headerBytes: number;
  readonly bodyBytes: number;
  readonly keptBytes: number;
}

/** Bytes that no HTTP/1 answer can be; `what` says what they look like. */
export class NotHttp extends Error {
  readonly code: 'NOT_HTTP' | 'HEADER_TOO_LARGE' | 'INVALID_RESPONSE';
  constructor(code: NotHttp['code'], message: string) {
    super(message);
    this.name = 'NotHttp';
    this.code = code;
  }
}

type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

/**
 * Reads one HTTP/1 answer (RFC 9112) from pieces of any size. Interim answers (1xx other than 101) are skipped. Throws NotHttp
 * for bytes that are no answer; lenient where browsers are (bare line feeds).
 */
export class Http1Reader {
  readonly #limits: Http1Limits;
  readonly #answersHead: boolean;
  #pending: Buffer = Buffer.alloc(0);
  #headBytes = 0;
  #framing: Framing | undefined;
  #left = 0;
  #chunk: 'size' | 'data' | 'end' | 'trailer' = 'size';
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;

  head: Http1Head | undefined;
  bodyBytes = 0;
  /** The whole answer is in, or as much of it as is wanted. */
  done = false;
  /** The body was longer than is read; the connection is of no use after it. */
  cut = false;

  constructor(limits: Http1Limits, method: string) {
    this.#limits = limits;
    this.#answersHead = method === 'HEAD';
  }

  feed(piece: Buffer): void {
    if (this.done) return;
    this.#pending = this.#pending.length === 0 ? piece : Buffer.concat([this.#pending, piece]);
    while (this.#step());
  }

  /** The other side sent its last byte: the end of a body without a length, else a fault of the answer. */
  end(): void {
    if (this.#framing?.kind === 'close') this.done = true;
  }

  get body(): string {
    return Buffer.concat(this.#kept).toString('utf8');
  }

  /** Another request may follow on the connection (RFC 9112, 9.3). */
  get persistent(): boolean {
    if (this.head === undefined || !this.done || this.cut || this.#framing?.kind === 'close') return false;
    if (this.#pending.length > 0) return false;
    const connection = this.#header('connection').toLowerCase();
    if (/(?:^|[,\s])close(?:[,\s]|$)/.test(connection)) return false;
    return this.head.version === '1.1' || /(?:^|[,\s])keep-alive(?:[,\s]|$)/.test(connection);
  }

  #step(): boolean {
    if (this.done) return false;
    if (this.#framing === undefined) return this.#readHead();
    switch (this.#framing.kind) {
      case 'none':
        this.done = true;
        return false;
      case 'close':
        this.#take(this.#pending.length);
        return false;
      case 'length':
        this.#left -= this.#take(Math.min(this.#left, this.#pending.length));
        if (this.#left === 0) this.done = true;
        return false;
      case 'chunked':
        return this.#readChunk();
    }
  }

  #readHead(): boolean {
    const start = this.#pending.subarray(0, 5).toString('latin1');
    if (!'HTTP/'.startsWith(start))
      throw new NotHttp('NOT_HTTP', `the answer is not HTTP/1: ${looksLike(this.#pending)}`);
    const end = headEnd(this.#pending);
    if (end === undefined) {
      if (this.#headBytes + this.#pending.length > this.#limits.headerBytes) throw tooLarge(this.#limits.headerBytes);
      return false;
    }
    this.#headBytes += end.after;
    if (this.#headBytes > this.#limits.headerBytes) throw tooLarge(this.#limits.headerBytes);
    const head = parseHead(this.#pending.subarray(0, end.at).toString('latin1'));
    this.#pending = this.#pending.subarray(end.after);
    if (head.status < 200 && head.status !== 101) return this.#pending.length > 0;
    this.head = head;
    this.#framing = this.#frame(head);
    if (this.#framing.kind === 'length') this.#left = this.#framing.length;
    return true;
  }

  /** RFC 9112, 6.3. */
  #frame(head: Http1Head): Framing {
    if (this.#answersHead || head.status === 204 || head.status === 304 || head.status === 101) return { kind: 'none' };
    const coding = this.#header('transfer-encoding').toLowerCase();
    if (coding !== '') return /(?:^|[,\s])chunked\s*$/.test(coding) ? { kind: 'chunked' } : { kind: 'close' };
    const lengths = new Set(
      head.headers.flatMap(([name, value]) =>
        name === 'content-length' ? value.split(',').map((part) => part.trim()) : [],
      ),
    );
    if (lengths.size === 0) return { kind: 'close' };
    const [length = ''] = lengths;
    if (lengths.size > 1 || !/^\d{1,15}$/.test(length))
      throw new NotHttp(
        'INVALID_RESPONSE',
        `the answer has no valid Content-Length: ${[...lengths].join(' and ').slice(0, 80)}`,
      );
    return Number(length) === 0 ? { kind: 'none' } : { kind: 'length', length: Number(length) };
  }

  #readChunk(): boolean {
    if (this.#chunk === 'data') {
      this.#left -= this.#take(Math.min(this.#left, this.#pending.length));
      if (this.#left > 0) return false;
      this.#chunk = 'end';
    }
    const at = this.#pending.indexOf(10);
    if (at < 0) {
      if (this.#pending.length > LONGEST_CHUNK_LINE) throw invalidChunk(this.#pending);
      return false;
    }
    const line = this.#pending.subarray(0, at).toString('latin1').replace(/\r$/, '');
    this.#pending = this.#pending.subarray(at + 1);
    if (this.#chunk === 'trailer') {
      if (line === '') this.done = true;
      return line !== '';
    }
    if (this.#chunk === 'end') {
      if (line !== '') throw invalidChunk(Buffer.from(line, 'latin1'));
      this.#chunk = 'size';
      return true;
    }
    const size = /^([0-9a-fA-F]{1,12})[ \t]*(?:;|$)/.exec(line)?.[1];
    if (size === undefined) throw invalidChunk(Buffer.from(line, 'latin1'));
    this.#left = Number.parseInt(size, 16);
    this.#chunk = this.#left === 0 ? 'trailer' : 'data';
    return true;
  }

  #take(count: number): number {
    const piece = this.#pending.subarray(0, count);
    this.#pending = this.#pending.subarray(count);
    this.bodyBytes += piece.length;
    const room = this.#limits.keptBytes - this.#keptBytes;
    if (room > 0 && piece.length > 0) {
      const kept = piece.subarray(0, room);
      this.#kept.push(kept);
      this.#keptBytes += kept.length;
    }
    if (this.bodyBytes >= this.#limits.bodyBytes && this.#left - count > 0) this.#stop();
    if (this.bodyBytes >= this.#limits.bodyBytes && this.#framing?.kind !== 'length') this.#stop();
    return count;
  }

  #stop(): void {
    this.cut = true;
    this.done = true;
  }

  #header(name: string): string {
    return (this.head?.headers ?? []).flatMap(([key, value]) => (key === name ? [value] : [])).join(', ');
  }
}

const LONGEST_CHUNK_LINE = 8 * 1024;

function tooLarge(limit: number): NotHttp {
  return new NotHttp('HEADER_TOO_LARGE', `the header of the answer is larger than ${limit} bytes`);
}

function invalidChunk(bytes: Buffer): NotHttp {
  return new NotHttp('INVALID_RESPONSE', `the answer's chunks are malformed: ${printable(bytes)}`);
}

/** Where the blank line is. */
function headEnd(bytes: Buffer): { readonly at: number; readonly after: number } | undefined {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return { at, after: at + 2 };
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return { at, after: at + 3 };
  }
  return undefined;
}

function parseHead(text: string): Http1Head {
  const [first = '', ...lines] = text.split(/\r?\n/);
  const match = /^HTTP\/(\d\.\d) +(\d{3})(?:\s|$)/.exec(first);
  if (match === null)
    throw new NotHttp(
      'INVALID_RESPONSE',
      `the answer's status line is malformed: ${printable(Buffer.from(first, 'latin1'))}`,
    );
  const headers: [string, string][] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const last = headers.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) last[1] = `${last[1]} ${line.trim()}`;
    else if (colon > 0) headers.push([line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]);
    else if (line !== '')
      throw new NotHttp('INVALID_RESPONSE', `a header line is malformed: ${printable(Buffer.from(line, 'latin1'))}`);
  }
  return { version: match[1] ?? '', status: Number(match[2]), headers };
}

/** Protocols that are met by mistake on a port, by their first bytes. */
function looksLike(bytes: Buffer): string {
  // RFC 8446, 5.1: a TLS record is its type (21 alert, 22 handshake) and version 3.x.
  if (bytes[0] === 21 && bytes[1] === 3) return 'a TLS alert; this port speaks TLS';
  if (bytes[0] === 22 && bytes[1] === 3) return 'a TLS handshake; this port speaks TLS';
  // RFC 9113, 3.4 and 4.1: a server begins with a SETTINGS frame (type 4) on stream 0.
  if (bytes.length >= 9 && bytes[3] === 4 && bytes.readUInt32BE(5) === 0)
    return 'HTTP/2 frames; this port speaks HTTP/2 only';
  if (bytes.subarray(0, 4).toString('latin1') === 'SSH-') return 'an SSH banner';
  return printable(bytes);
}

function printable(bytes: Buffer): string {
  return JSON.stringify(
    bytes
      .subarray(0, 40)
      .toString('latin1')
      .replace(/[^\x20-\x7e]/g, '.'),
  );
}
