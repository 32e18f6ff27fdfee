import type { ClientError } from '../../observations.ts';

/** The outcome a tool says in a sentence of its own. */
export interface ToolSaid {
  readonly status?: number;
  readonly clientError?: ClientError;
  readonly grpcStatus?: number;
  readonly grpcMessage?: string;
}

/** wget, busybox wget, wscat and ws, websocat, Python's websockets, Node's http errors. */
const STATUS: readonly RegExp[] = [
  /^HTTP request sent, awaiting response\.\.\. (\d{3})\b/,
  /^wget: server returned error: HTTP\/\d(?:\.\d)? (\d{3})\b/,
  /^\s{0,8}HTTP\/\d(?:\.\d)? (\d{3}) .{0,100}$/,
  /\bUnexpected server response: (\d{3})\b/,
  /\bunexpected status code \(?(\d{3})\b/i,
  /\brejected WebSocket connection: HTTP (\d{3})\b/,
  /\bRequest failed with status code (\d{3})\b/,
];

/** gRPC status names in the order of their numbers (https://grpc.github.io/grpc/core/md_doc_statuscodes.html). */
const GRPC = [
  'ok',
  'canceled',
  'unknown',
  'invalidargument',
  'deadlineexceeded',
  'notfound',
  'alreadyexists',
  'permissiondenied',
  'resourceexhausted',
  'failedprecondition',
  'aborted',
  'outofrange',
  'unimplemented',
  'internal',
  'unavailable',
  'dataloss',
  'unauthenticated',
];

/** What a line of such a tool says; undefined for any other line. */
export function readToolLine(line: string): ToolSaid | undefined {
  if (line.length > 4000) return undefined;
  for (const pattern of STATUS) {
    const match = pattern.exec(line);
    if (match !== null) return { status: Number(match[1]) };
  }
  if (/^Connected \(press CTRL\+C to quit\)/.test(line)) return { status: 101 };
  const closed = /^Disconnected \(code: (1006|1011|1012|1014)/.exec(line);
  if (closed !== null) return { clientError: { kind: 'reset', message: line } };
  return readGrpc(line);
}

/** grpcurl prints the status by name over two lines; grpc clients in one: `code = Unavailable desc = …`. */
function readGrpc(line: string): ToolSaid | undefined {
  const code = /^\s{0,8}Code: ([A-Za-z]{2,20})$/.exec(line) ?? /\bcode = ([A-Za-z]{2,20}) desc = /.exec(line);
  const number = code === null ? -1 : GRPC.indexOf((code[1] ?? '').toLowerCase());
  const message = /^\s{0,8}Message: (.{1,4000})$/.exec(line) ?? /\bdesc = (.{1,4000})$/.exec(line);
  if (number < 0 && message === null) return undefined;
  return {
    ...(number < 0 ? {} : { grpcStatus: number }),
    ...(message?.[1] === undefined ? {} : { grpcMessage: message[1] }),
  };
}
