import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { readNetworkFailure } from '../network-failure.ts';
import { quoteOf } from '../quote.ts';
import { readIsoTime } from '../timestamp.ts';

/**
 * cloudflared (zerolog console): `2026-02-01T19:08:20Z ERR Request failed error="Unable to reach the origin service. …: dial
 * tcp …" dest=https://… originService=https://name:443` (proxy/proxy.go, connection/quic_connection.go).
 */
const HEAD = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (INF|WRN|ERR|DBG|FTL) /;

export const cloudflared: LogFormat = {
  id: 'cloudflared',
  sniff: ({ text }) => {
    const level = text.slice(21, 25);
    return (
      (level === 'ERR ' || level === 'INF ' || level === 'WRN ' || level === 'DBG ' || level === 'FTL ') &&
      (text.includes('Unable to reach the origin service') || TUNNEL.test(text))
    );
  },
  parse({ text, logfmt }) {
    const head = HEAD.exec(text);
    if (head === null) return undefined;
    const error = logfmt.get('error') ?? '';
    if (!error.startsWith('Unable to reach the origin service')) return [];
    const failure = readNetworkFailure(error);
    if (failure === undefined) return [];
    const target = /^https?:\/\/([^/\s]{1,255})(\/\S{0,8000})?$/.exec(logfmt.get('dest') ?? '');
    const origin = logfmt.get('originService');
    return [
      compact<DraftOf<'backend-error'>>({
        type: 'backend-error',
        format: 'cloudflared',
        time: readIsoTime(head[1] ?? ''),
        mode: failure.mode,
        address: failure.address,
        scheme: origin === undefined ? undefined : /^([a-z]{2,8}):/.exec(origin)?.[1],
        host: target?.[1],
        path: target === null ? undefined : (target[2] ?? '/'),
        backendName: origin,
        phrase: quoteOf(error),
      }),
    ];
  },
};

const TUNNEL =
  / (?:connIndex=|tunnelID=|cfRay=|Version 20\d\d\.|Starting tunnel|Registered tunnel|Connection terminated|Retrying connection)/;
