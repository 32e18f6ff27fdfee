import { jsonFields } from '../application/fields.ts';
import { present } from '../clf.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { readTimeField } from '../timestamp.ts';
import { traefikMode } from '../traefik-status.ts';

/** Traefik's access log as JSON (keys in pkg/middlewares/accesslog/logdata.go; durations are nanoseconds). */
export const traefikJson: LogFormat = {
  id: 'traefik-json',
  sniff: (line) => line.text.charCodeAt(0) === 0x7b && line.text.includes('"DownstreamStatus"'),
  parse(line) {
    if (line.json === undefined) return undefined;
    const fields = jsonFields(line.json);
    const status = fields.number('DownstreamStatus');
    if (status === undefined) return undefined;
    const text = (...names: string[]): string | undefined => present(fields.text(...names));
    const server = text('ServiceURL') ?? text('ServiceAddr');
    const durationMs = Math.round((fields.number('Duration') ?? 0) / 1e6);
    const originStatus = fields.number('OriginStatus');
    const bytes = fields.number('DownstreamContentSize');
    const address = text('ServiceAddr') ?? server?.replace(/^[a-z0-9]{1,10}:\/\//, '');
    return [
      compact<DraftOf<'access'>>({
        type: 'access',
        format: 'traefik-json',
        time: readTimeField(fields.text('StartUTC', 'time', 'StartLocal')),
        method: text('RequestMethod'),
        host: text('RequestHost', 'RequestAddr'),
        path: text('RequestPath'),
        protocol: text('RequestProtocol'),
        status,
        durationMs,
        client: text('ClientHost'),
        userAgent: text('request_User-Agent'),
        requestId: text('request_X-Request-Id'),
        backendName: text('ServiceName'),
        routeName: text('RouterName'),
        attempts:
          address === undefined ? [] : [{ address, ...(originStatus === undefined ? {} : { status: originStatus }) }],
        ...traefikMode({
          status,
          bytes,
          durationMs,
          server,
          originStatus: originStatusOf(originStatus, status, bytes),
        }),
      }),
    ];
  },
};

/**
 * OriginStatus is written by the handler that wraps the proxy, so Traefik's own 502/504 stands there too; only a
 * status that is not such an answer proves the origin.
 */
function originStatusOf(origin: number | undefined, status: number, bytes: number | undefined): number | undefined {
  const maybeOwn =
    (status === 502 && bytes === 11) || (status === 504 && bytes === 15) || (status === 500 && bytes === 21);
  return maybeOwn ? undefined : origin;
}
