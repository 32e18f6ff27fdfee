import { readEvent } from '../application/event.ts';
import { compact } from '../compact.ts';
import type { Draft, DraftOf, LogFormat } from '../format.ts';
import { controllerRule, failureOf, fastcgiSaid, fileNotFound } from '../nginx-phrases.ts';
import { quoteOf } from '../quote.ts';
import { readIsoTime } from '../timestamp.ts';

/**
 * NGINX's error log: `2026/05/12 10:10:00 [error] 33#33: *5120 message, client: …, server: …, request: "…", upstream: "…"`
 * (ngx_log_error_core, ngx_http_log_error_handler and ngx_http_upstream_log_error write these parts in this order).
 */
const HEAD =
  /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[(debug|info|notice|warn|error|crit|alert|emerg)\] \d{1,10}#\d{1,10}: (?:\*\d{1,20} )?/;

export const nginxError: LogFormat = {
  id: 'nginx-error',
  sniff: (line) => line.text.charCodeAt(4) === 0x2f && line.text.charCodeAt(7) === 0x2f && line.text.includes(' ['),
  parse(line) {
    const head = HEAD.exec(line.text);
    if (head === null) return undefined;
    const rest = line.text.slice(head[0].length);
    const end = rest.indexOf(', client: ');
    const message = end < 0 ? rest : rest.slice(0, end);
    const context = end < 0 ? NO_CONTEXT : readContext(rest.slice(end));
    const time = readIsoTime(head[1] ?? '');
    return describe(message, context, head[2] ?? '', line.text).map((draft) =>
      time === undefined ? draft : { ...draft, time },
    );
  },
};

interface Context {
  readonly client?: string;
  readonly server?: string;
  readonly method?: string;
  readonly path?: string;
  readonly upstream?: string;
  readonly host?: string;
  readonly requestId?: string;
}
const NO_CONTEXT: Context = {};

function describe(message: string, context: Context, level: string, text: string): Draft[] {
  const failure = failureOf(message);
  if (failure !== undefined) return [backendError(message, context, failure)];
  const controller = controllerRule(message, level);
  if (controller !== undefined) {
    return [
      compact<DraftOf<'controller'>>({
        type: 'controller',
        event: controller,
        subject: context.host,
        message: quoteOf(message),
      }),
    ];
  }
  if (/exited on signal \d/.test(message)) return [{ type: 'app-event', event: 'crash' }];
  const php = fastcgiSaid(message);
  if (php !== undefined) return [appEvent(php, undefined, context)];
  const missing = fileNotFound(message);
  if (missing === undefined) return strangeClient(text);
  return [appEvent('not-found', missing, context)];
}

function appEvent(event: DraftOf<'app-event'>['event'], subject: string | undefined, context: Context): Draft {
  const { method, path } = context;
  return compact<DraftOf<'app-event'>>({ type: 'app-event', event, subject, method, path });
}

/** A client that spoke TLS to a plain port, or the reverse: what NGINX as a backend sees of a protocol mismatch. */
function strangeClient(text: string): Draft[] {
  const event = readEvent(text);
  const strange =
    event?.event === 'tls-client-sent-http' ||
    event?.event === 'http-client-sent-tls' ||
    event?.event === 'protocol-mismatch';
  return event !== undefined && strange ? [{ type: 'app-event', event: event.event }] : [];
}

function backendError(message: string, context: Context, mode: DraftOf<'backend-error'>['mode']): Draft {
  const upstream = splitUpstream(context.upstream);
  return compact<DraftOf<'backend-error'>>({
    type: 'backend-error',
    format: 'nginx-error',
    mode,
    address: isAddress(upstream.address) ? upstream.address : nameIn(message),
    backendName: isAddress(upstream.address) ? undefined : upstream.address,
    scheme: upstream.scheme,
    host: context.host ?? serverName(context.server),
    method: context.method,
    path: context.path,
    backendPath: upstream.path,
    requestId: context.requestId,
    phrase: quoteOf(message),
    client: context.client,
  });
}

/** The name a resolver error is about: `orders.shop could not be resolved (3: Host not found)`. */
function nameIn(message: string): string | undefined {
  const match =
    /^"?([\w.-]{1,255})"? could not be resolved/.exec(message) ??
    /host not found in upstream "([^"]{1,255})"/.exec(message) ??
    /failed to query the DNS server for ([A-Za-z0-9_.-]{1,255})/.exec(message);
  return match?.[1];
}

/** With no peer chosen NGINX logs the upstream block's name where the address would stand. */
function isAddress(upstream: string | undefined): boolean {
  return upstream !== undefined && /:\d{1,5}$|^unix:|^\d{1,3}(?:\.\d{1,3}){3}$/.test(upstream);
}

function serverName(server: string | undefined): string | undefined {
  return server === undefined || server === '' || server === '_' || server === 'localhost' ? undefined : server;
}

function splitUpstream(url: string | undefined): { scheme?: string; address?: string; path?: string } {
  const match =
    url === undefined
      ? null
      : /^([a-z]{2,12}):\/\/(unix:[^:]{1,255}|\[[0-9a-fA-F:.]{2,45}\](?::\d{1,5})?|[^/]{0,255})(.{0,16000})$/.exec(url);
  if (match === null) return {};
  return {
    scheme: match[1] ?? '',
    ...(match[2] === '' ? {} : { address: match[2] ?? '' }),
    ...(match[3] === '' || match[3] === undefined ? {} : { path: match[3] }),
  };
}

/** Keys in the order NGINX writes them; the request may hold anything, so each key is searched behind the one before. */
function readContext(text: string): Context {
  const client = bare(text, ', client: ', 0);
  const server = bare(text, ', server: ', client.end);
  const request = quoted(text, ', request: "', server.end);
  const upstream = quoted(text, ', upstream: "', request.end);
  const host = quoted(text, ', host: "', upstream.end);
  const requestId = quoted(text, 'request_id: "', host.end);
  const parts = /^([A-Z][A-Z_-]{0,31}) (\S{1,16000})/.exec(request.value ?? '');
  return compact<Context>({
    client: client.value,
    server: server.value,
    method: parts?.[1],
    path: parts?.[2],
    upstream: upstream.value,
    host: host.value,
    requestId: requestId.value,
  });
}

interface Piece {
  readonly value?: string;
  readonly end: number;
}

function bare(text: string, key: string, from: number): Piece {
  const at = text.indexOf(key, from);
  if (at < 0) return { end: from };
  const start = at + key.length;
  const comma = text.indexOf(',', start);
  const end = comma < 0 ? text.length : comma;
  return { value: text.slice(start, end).trim(), end };
}

function quoted(text: string, key: string, from: number): Piece {
  const at = text.indexOf(key, from);
  if (at < 0) return { end: from };
  const start = at + key.length;
  const next = text.indexOf('", ', start);
  const last = text.indexOf('"', start);
  const end = next < 0 ? (last < 0 ? text.length : last) : next;
  return { value: text.slice(start, end), end };
}
