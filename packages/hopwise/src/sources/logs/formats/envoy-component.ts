import { compact } from '../compact.ts';
import { envoyReason } from '../envoy-flags.ts';
import type { Draft, DraftOf, LogFormat } from '../format.ts';
import { quoteOf } from '../quote.ts';
import { readIsoTime } from '../timestamp.ts';

/**
 * Envoy's own log (`--log-format` default): `[2026-05-16 13:11:16.887][15][debug][router] [file.cc:1384] [Tags: …] message`,
 * Istio's agent variant `2026-05-16T13:11:16.887Z debug envoy router …`, and the header dumps of debug level below it.
 * Messages: source/common/router/router.cc, http/codec_client.cc, config/*_grpc_mux*.cc, listener_manager.
 */
const HEAD =
  /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?)\]\[\d{1,10}\]\[(trace|debug|info|warning|warn|error|critical)\]\[[\w ]{1,40}\] (?:\[[^\]]{1,300}\] )?(?:\[Tags: ([^\]]{0,300})\] |\[(C\d{1,20})\](?:\[(S\d{1,20})\])? )?/;
const ISTIO =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)\t(trace|debug|info|warning|warn|error|critical)\tenvoy [\w ]{1,40}(?: [\w/.-]{1,200}:\d{1,6})?\t(?:\[Tags: ([^\]]{0,300})\] |\[(C\d{1,20})\](?:\[(S\d{1,20})\])? )?/;
const HEADER_DUMP = /^'[:A-Za-z0-9_-]{1,200}', '.{0,4000}'$/;

export const envoyComponent: LogFormat = {
  id: 'envoy-component',
  sniff: ({ text }) => {
    const first = text.charCodeAt(0);
    return (first === 0x5b && text.charCodeAt(11) === 0x20) || first === 0x27 || text.includes('\tenvoy ');
  },
  parse({ text }) {
    if (text.charCodeAt(0) === 0x27) return HEADER_DUMP.test(text) ? [] : undefined;
    const head = HEAD.exec(text) ?? ISTIO.exec(text);
    if (head === null) return undefined;
    const message = text.slice(head[0].length);
    const stream = /"StreamId":"(\d{1,20})"/.exec(head[3] ?? '')?.[1] ?? head[5];
    const time = readIsoTime(head[1] ?? '');
    return describe(message, stream, head[2] ?? '').map((draft) => (time === undefined ? draft : { ...draft, time }));
  },
};

function describe(message: string, stream: string | undefined, level: string): Draft[] {
  const match = /^cluster '([^']{1,500})' match for URL '([^']{0,8000})'/.exec(message);
  if (match !== null) return [routed(match[1] ?? '', match[2] ?? '', stream)];
  const failed =
    message.startsWith('upstream reset: reset reason') ||
    message.startsWith('Error dispatching received data') ||
    message.startsWith('remote address:') ||
    message.startsWith('no healthy host');
  if (failed) {
    const mode = envoyReason(message) ?? (message.startsWith('no healthy') ? 'no-endpoints' : undefined);
    return mode === undefined ? [] : [backendError(message, mode, stream)];
  }
  const event = controllerEvent(message, level);
  return event === undefined
    ? []
    : [compact<DraftOf<'controller'>>({ type: 'controller', event, message: quoteOf(message) })];
}

function routed(cluster: string, path: string, stream: string | undefined): Draft {
  return compact<DraftOf<'access'>>({
    type: 'access',
    format: 'envoy-component',
    backendName: cluster,
    path,
    requestId: stream,
    attempts: [],
  });
}

function backendError(message: string, mode: DraftOf<'backend-error'>['mode'], stream: string | undefined): Draft {
  const address = /remote address:((?:\d{1,3}\.){3}\d{1,3}:\d{1,5})/.exec(message)?.[1];
  return compact<DraftOf<'backend-error'>>({
    type: 'backend-error',
    format: 'envoy-component',
    mode,
    phrase: quoteOf(message),
    requestId: stream,
    address,
  });
}

function controllerEvent(message: string, level: string): DraftOf<'controller'>['event'] | undefined {
  if (/rejected|Failed to load|error initializing config|Unable to parse/i.test(message) && level !== 'debug')
    return 'config-rejected';
  if (/gRPC config stream (?:to \S{1,200} )?closed|Unable to establish new stream/.test(message)) return 'watch-failed';
  if (/all dependencies initialized\. starting workers/.test(message)) return 'started';
  return undefined;
}
