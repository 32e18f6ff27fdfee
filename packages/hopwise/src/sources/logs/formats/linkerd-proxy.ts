import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { readNetworkFailure } from '../network-failure.ts';
import { quoteOf } from '../quote.ts';

/**
 * linkerd-proxy (tracing's text format): `[   120.5s]  WARN ThreadId(01) inbound:server{port=8080}: linkerd_app_core::serve: …`.
 * Its time is since start, which says no date.
 */
const HEAD = /^\[ {0,12}\d{1,9}\.\d{1,9}s\] {1,4}(TRACE|DEBUG|INFO|WARN|ERROR) /;

export const linkerdProxy: LogFormat = {
  id: 'linkerd-proxy',
  sniff: ({ text }) =>
    text.charCodeAt(0) === 0x5b && text.includes('s] ') && (text.includes('linkerd') || text.includes('ThreadId(')),
  parse({ text }) {
    const head = HEAD.exec(text);
    if (head === null) return undefined;
    if (
      head[1] !== 'WARN' &&
      head[1] !== 'ERROR' &&
      !text.includes('Connection closed') &&
      !text.includes('Request failed')
    )
      return [];
    const message = text.slice(head[0].length);
    const failure = readNetworkFailure(message);
    const mode = failure?.mode ?? OWN.find(([phrase]) => message.includes(phrase))?.[1];
    if (mode === undefined) return [];
    return [
      compact<DraftOf<'backend-error'>>({
        type: 'backend-error',
        format: 'linkerd-proxy',
        mode,
        address: ENDPOINT.exec(message)?.[1] ?? failure?.address,
        backendName: /\b(?:name|addr|authority)=([a-z0-9.-]{1,253}\.svc\.[a-z0-9.:-]{1,80})/.exec(message)?.[1],
        phrase: quoteOf(message),
      }),
    ];
  },
};

const OWN: readonly (readonly [string, DraftOf<'backend-error'>['mode']])[] = [
  ['unauthorized connection', 'request-refused'],
  ['unauthorized request', 'request-refused'],
  ['no available endpoints', 'no-endpoints'],
  ['logical service in fail-fast', 'no-live-endpoint'],
  ['fail-fast', 'no-live-endpoint'],
  ['failfast', 'no-live-endpoint'],
  ['HTTP Logical service in fail-fast', 'no-live-endpoint'],
  ['connect timed out', 'connect-timeout'],
  ['HTTP response timeout', 'read-timeout'],
];

const ENDPOINT = /\b(?:endpoint|server\.addr)[ ={]{1,3}(?:addr=)?([0-9a-fA-F.:[\]]{2,47}:\d{1,5})/;
