import { present } from '../clf.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { readIsoTime } from '../timestamp.ts';

/**
 * oauth2-proxy's request line (pkg/logger: DefaultRequestLoggingFormat): client - id - user [time] host method upstream
 * "uri" protocol "agent" status size seconds.
 */
const LINE =
  /^(\S{1,64}) - (\S{1,128}) - (\S{1,255}) \[(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d)\] (\S{1,255}) ([A-Z]{3,10}) (\S{1,512}) "(\/[^"]{0,16000})" (HTTP\/\d(?:\.\d)?) "([^"]{0,2000})" (\d{3}) \d{1,18} (\d{1,9}\.\d{1,6})$/;

export const oauth2Proxy: LogFormat = {
  id: 'oauth2-proxy',
  sniff: ({ text }) => text.includes(' - ') && text.includes('] ') && text.includes(' HTTP/'),
  parse({ text }) {
    const match = LINE.exec(text);
    if (match === null) return undefined;
    const [, client, id, , time, host, method, upstream, path, protocol, agent, status, seconds] = match;
    const address = present(upstream);
    return [
      compact<DraftOf<'access'>>({
        type: 'access',
        format: 'oauth2-proxy',
        time: readIsoTime(time ?? ''),
        method,
        host,
        path,
        protocol,
        status: Number(status),
        durationMs: Math.round(Number(seconds) * 1000),
        client: client?.replace(/:\d{1,5}$/, ''),
        userAgent: present(agent),
        requestId: id,
        attempts: address !== undefined && /:\d{1,5}$/.test(address) ? [{ address }] : [],
      }),
    ];
  },
};
