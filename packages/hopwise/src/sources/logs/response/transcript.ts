import type { ClientError, TlsObservation } from '../../observations.ts';
import { readClientError, reasonOf } from './client-error.ts';
import { type Command, readCommand } from './command.ts';
import { type LoopPoint, readSeriesLine } from './series.ts';
import { readTimings } from './timings.ts';
import { readTlsLine } from './tls.ts';
import { readToolLine } from './tools.ts';

export interface Exchange {
  readonly status: number;
  readonly protocol: string;
  readonly headers: Map<string, string>;
  readonly body: string[];
}

/** Where the reader stands: in a `body` lines are the server's and mean nothing else. */
type State = 'outside' | 'response-head' | 'request-head' | 'body';

const STATUS_LINE = /^HTTP\/(\d(?:\.\d)?) (\d{3})(?: .{0,200})?$/;
const REQUEST_LINE = /^([A-Z]{3,16}) (\S{1,16000}) HTTP\/\d(?:\.\d)?\s{0,4}$/;
/** `[150 bytes data]`: curl -v when the body went elsewhere. */
const BYTES_NOTE = /^(?:[{}] )?\[\d{1,18} bytes data\]$/;

/** What a client printed, read line by line. */
export class Transcript {
  readonly responses: Exchange[] = [];
  /** Statuses that a loop or a tool printed without a response. */
  readonly loop: LoopPoint[] = [];
  sent: Command = {};
  sentHeaders = new Map<string, string>();
  connectedTo: { address: string; port: number } | undefined;
  clientError: ClientError | undefined;
  totalMs: number | undefined;
  tls: TlsObservation = {};
  grpcStatus: number | undefined;
  grpcMessage: string | undefined;

  #state: State = 'outside';
  /** The current response's lines carry curl -v's `<`, so a bare `HTTP/1.1 200` in its body is body. */
  #marked = false;
  #connectFailure: ClientError['kind'] | undefined;

  read(line: string): void {
    const mark = line.length === 1 ? `${line} ` : line.slice(0, 2);
    const rest = line.slice(2);
    const body = this.#state === 'body';
    if (mark === '< ' && (!body || this.#marked)) this.#received(rest);
    else if (mark === '> ' && (!body || REQUEST_LINE.test(rest))) this.#sent(rest);
    else if (mark === '* ' && (!body || this.#marked)) this.#note(rest);
    else if (BYTES_NOTE.test(line) || this.#aside(line)) return;
    else if (body && (this.#marked || !STATUS_LINE.test(line))) this.responses.at(-1)?.body.push(line);
    else this.#unmarked(line);
  }

  /** curl's own words, timings and the next command end a body wherever they stand. */
  #aside(line: string): boolean {
    const error = readClientError(line, this.#connectFailure);
    if (error !== undefined) {
      this.clientError = error;
      return true;
    }
    const timing = readTimings(line);
    if (timing !== undefined) {
      this.totalMs = timing.totalMs ?? this.totalMs;
      if (timing.status !== undefined && this.responses.length === 0)
        this.#point({ status: timing.status }, timing.totalMs);
      return true;
    }
    const command = readCommand(line);
    if (command === undefined) return false;
    this.#state = 'outside';
    this.#marked = false;
    this.sent = command;
    this.sentHeaders = new Map();
    return true;
  }

  #point(point: LoopPoint, ms: number | undefined): void {
    this.loop.push(ms === undefined ? point : { ...point, seconds: ms / 1000 });
  }

  #unmarked(line: string): void {
    if (STATUS_LINE.test(line)) {
      this.#marked = false;
      this.#start(line);
      return;
    }
    if (this.#state === 'response-head' || this.#state === 'request-head') {
      const reply = this.#state === 'response-head';
      if (line === '') this.#state = reply ? 'body' : 'outside';
      else readHeader(reply ? this.responses.at(-1)?.headers : this.sentHeaders, line);
      return;
    }
    if (this.#request(line)) return;
    const points = readSeriesLine(line);
    if (points === undefined) this.#tool(line);
    else this.loop.push(...points);
  }

  /** wget, wscat, grpcurl and the like say the outcome in a sentence of their own. */
  #tool(line: string): void {
    const said = readToolLine(line);
    if (said === undefined) return;
    if (said.status !== undefined) this.loop.push({ status: said.status });
    this.clientError = said.clientError ?? this.clientError;
    this.grpcStatus = said.grpcStatus ?? this.grpcStatus;
    this.grpcMessage = said.grpcMessage ?? this.grpcMessage;
  }

  #received(line: string): void {
    if (STATUS_LINE.test(line.trimEnd())) {
      this.#marked = true;
      this.#start(line.trimEnd());
    } else if (line === '') this.#state = 'body';
    else readHeader(this.responses.at(-1)?.headers, line);
  }

  #start(line: string): void {
    const match = STATUS_LINE.exec(line);
    this.responses.push({ status: Number(match?.[2]), protocol: `HTTP/${match?.[1]}`, headers: new Map(), body: [] });
    this.#state = 'response-head';
  }

  #sent(line: string): void {
    if (!this.#request(line)) readHeader(this.sentHeaders, line);
  }

  #request(line: string): boolean {
    const match = REQUEST_LINE.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) return false;
    this.sent = { method: match[1], target: match[2] };
    this.sentHeaders = new Map();
    this.#state = 'request-head';
    return true;
  }

  /** curl's `* ` notes: where it connected, what TLS agreed on, and how it failed. */
  #note(note: string): void {
    const connected =
      /^Connected to [^\s]{1,255} \(([0-9a-fA-F.:]{2,45})\) port (\d{1,5})/.exec(note) ??
      /^Established connection to [^\s]{1,255} \(([0-9a-fA-F.:]{2,45}) port (\d{1,5})\)/.exec(note);
    if (connected !== null) this.connectedTo = { address: connected[1] ?? '', port: Number(connected[2]) };
    if (/^connect to \S{1,255} port \d{1,5}(?: from \S{1,255} port \d{1,5})? failed: /.test(note))
      this.#connectFailure = reasonOf(note);
    this.totalMs = readTimings(note)?.totalMs ?? this.totalMs;
    this.tls = { ...this.tls, ...readTlsLine(note) };
  }
}

function readHeader(into: Map<string, string> | undefined, line: string): void {
  const colon = line.indexOf(':', 1);
  if (into === undefined || colon < 0) return;
  const name = line.slice(0, colon).trim().toLowerCase();
  const value = line.slice(colon + 1).trim();
  if (name === '' || name.includes(' ')) return;
  const before = into.get(name);
  into.set(name, name === 'set-cookie' && before !== undefined ? `${before}\n${value}` : value);
}
