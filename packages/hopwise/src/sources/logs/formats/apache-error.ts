import type { FailureMode } from '../../failure.ts';
import { compact } from '../compact.ts';
import type { Draft, DraftOf, LogFormat } from '../format.ts';
import { quoteOf } from '../quote.ts';
import { readHeadTime } from '../timestamp.ts';

/**
 * Apache httpd's error log: `[Tue May 05 04:51:05.000000 2026] [proxy:error] [pid 1:tid 1] (111)Connection refused: AH00957: …`.
 * AH numbers of mod_proxy and mod_proxy_http (docs/log-message-tags in httpd).
 */
const HEAD =
  /^\[([A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \d{4})\] \[([\w.-]{0,40}:?[a-z0-9]{1,10})\] \[pid [^\]]{1,40}\] /;
const FAILURES: readonly (readonly [needle: string, mode: FailureMode])[] = [
  ['(111)Connection refused', 'refused'],
  ['(113)No route to host', 'no-route-to-host'],
  ['(110)Connection timed out', 'connect-timeout'],
  ['(104)Connection reset by peer', 'reset'],
  ['AH01102: error reading status line', 'reset'],
  ['(70007)The timeout specified has expired', 'read-timeout'],
  ['(20014)Internal error', 'reset'],
  ['AH00898: Error reading from remote server', 'reset'],
  ['AH00898: Error during SSL Handshake', 'tls-handshake'],
  ['AH00898: DNS lookup failure', 'dns-failure'],
  ['AH01084: pass request body failed', 'reset'],
  ['AH02039: Certificate Verification', 'tls-handshake'],
  ['AH01114: HTTP: failed to make connection to backend', 'refused'],
];

export const apacheError: LogFormat = {
  id: 'apache-error',
  sniff: ({ text }) => text.charCodeAt(0) === 0x5b && text.includes('] [pid '),
  parse({ text }) {
    const head = HEAD.exec(text);
    if (head === null) return undefined;
    const time = readHeadTime(head[1] ?? '');
    const message = text.slice(head[0].length);
    const draft = describe(message, head[2] ?? '');
    return draft === undefined ? [] : [time === undefined ? draft : { ...draft, time }];
  },
};

function describe(message: string, module: string): Draft | undefined {
  const proxy = module.startsWith('proxy') || module.startsWith('ssl');
  const mode = proxy ? FAILURES.find(([needle]) => message.includes(needle))?.[1] : undefined;
  if (mode !== undefined) {
    return compact<DraftOf<'backend-error'>>({
      type: 'backend-error',
      format: 'apache-error',
      mode,
      address: /(?:connect to|server|backend:) ((?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?|[\w.-]{1,253}:\d{1,5})/.exec(
        message,
      )?.[1],
      client: /\[client ([^\]]{2,64}?)(?::\d{1,5})?\]/.exec(message)?.[1],
      path: /returned by (\/\S{0,8000})/.exec(message)?.[1],
      phrase: quoteOf(message),
    });
  }
  if (/AH00484|server reached MaxRequestWorkers/.test(message)) return { type: 'app-event', event: 'pool-exhausted' };
  if (/AH00169|caught SIGTERM|AH00492|caught SIGWINCH/.test(message))
    return { type: 'app-event', event: 'shutting-down' };
  if (/AH00052|exit signal Segmentation fault/.test(message)) return { type: 'app-event', event: 'crash' };
  if (/AH00128: File does not exist: /.test(message)) {
    const file = /File does not exist: (\S{1,4096})/.exec(message)?.[1];
    return compact<DraftOf<'app-event'>>({ type: 'app-event', event: 'not-found', subject: file });
  }
  return undefined;
}
