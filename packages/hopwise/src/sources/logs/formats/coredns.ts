import { compact } from '../compact.ts';
import type { Draft, DraftOf, LogFormat } from '../format.ts';
import { quoteOf } from '../quote.ts';

/**
 * CoreDNS: `[ERROR] plugin/errors: 2 name. A: read udp …: i/o timeout` (plugin/errors/errors.go), the log plugin's
 * `[INFO] 10.244.0.5:41212 - 12 "A IN name. udp 45 false 512" NXDOMAIN qr,aa,rd 138 0.0002s` (plugin/log/log.go), the loop
 * plugin's fatal line and the plugins' notices.
 */
const HEAD = /^(?:\[(INFO|WARNING|ERROR|FATAL|DEBUG)\] )/;
const BANNER = /^(?:[a-z0-9.-]{0,253}\.:\d{1,5}|CoreDNS-\d\S{0,40}|linux\/\w{1,10}, go\S{1,40}, \w{0,40})$/;
const ERRORS = /^plugin\/errors: (\d{1,3}) (\S{1,255})\.? ([A-Z0-9]{1,10}): (.{1,2000})$/;
const QUERY =
  /^([0-9a-fA-F.:[\]]{2,47}):(\d{1,5}) - \d{1,5} "([A-Z0-9]{1,10}) [A-Z]{1,4} (\S{1,255}?)\.? (?:udp|tcp|tls|https|grpc) .{0,60}" ([A-Z]{2,12}) \S{1,60} \d{1,6} (\d{1,6}\.\d{1,9})s$/;

export const coredns: LogFormat = {
  id: 'coredns',
  sniff: ({ text }) =>
    BANNER.test(text) ||
    (text.charCodeAt(0) === 0x5b &&
      (text.startsWith('[ERROR] ') ||
        text.startsWith('[INFO] ') ||
        text.startsWith('[WARNING] ') ||
        text.startsWith('[FATAL] '))),
  parse({ text }) {
    const head = HEAD.exec(text);
    if (head === null) return BANNER.test(text) ? [] : undefined;
    const message = text.slice(head[0].length);
    const error = ERRORS.exec(message);
    if (error !== null) return [dnsError(error[2] ?? '', error[4] ?? '', message)];
    const query = QUERY.exec(message);
    if (query !== null) return answer(query, message);
    if (/^plugin\/loop: Loop /.test(message)) return [controller('config-rejected', message)];
    if (!/^plugin\/|^CoreDNS-|^SIGTERM|^Reloading|^linux\//.test(message)) return undefined;
    if (/Kubernetes API|watch/.test(message) && head[1] !== 'INFO') return [controller('watch-failed', message)];
    return [];
  },
};

function dnsError(name: string, reason: string, message: string): Draft {
  return compact<DraftOf<'backend-error'>>({
    type: 'backend-error',
    format: 'coredns',
    mode: 'dns-failure',
    address: /(?:->|dial (?:udp|tcp) )([0-9a-fA-F.:[\]]{2,47}:\d{1,5})/.exec(reason)?.[1],
    host: name.replace(/\.$/, ''),
    phrase: quoteOf(message),
  });
}

/** NXDOMAIN and SERVFAIL answers matter; NXDOMAIN of a search-path try is routine, but only the reader of the names knows. */
function answer(query: RegExpExecArray, message: string): readonly Draft[] {
  if (query[5] !== 'NXDOMAIN' && query[5] !== 'SERVFAIL' && query[5] !== 'REFUSED') return [];
  return [
    compact<DraftOf<'backend-error'>>({
      type: 'backend-error',
      format: 'coredns',
      mode: 'dns-failure',
      host: query[4],
      client: query[1],
      phrase: quoteOf(message),
    }),
  ];
}

function controller(event: DraftOf<'controller'>['event'], message: string): Draft {
  return { type: 'controller', event, message: quoteOf(message) };
}
