import { looksLikeClf, readClf } from '../clf.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { tokenise } from '../tokens.ts';
import { traefikMode } from '../traefik-status.ts';

/**
 * Traefik's common format (pkg/middlewares/accesslog/logger_formatters.go): combined, then the request count, "router name",
 * "server URL" and the duration `30001ms`.
 */
export const traefikAccess: LogFormat = {
  id: 'traefik-access',
  sniff: (line) => line.text.endsWith('ms') && looksLikeClf(line.text),
  parse(line) {
    const head = readClf(line.text);
    if (head === undefined) return undefined;
    const [count, router, url, duration] = tokenise(head.rest);
    const ms = /^(\d{1,12})ms$/.exec(duration?.value ?? '');
    if (count === undefined || !/^\d+$/.test(count.value) || ms === null) return undefined;
    const server = url?.value === '-' ? undefined : url?.value;
    const durationMs = Number(ms[1]);
    const answered = traefikMode({
      status: head.status,
      bytes: head.bytes,
      durationMs,
      server,
      originStatus: undefined,
    });
    const name = router?.value === '-' ? undefined : router?.value;
    return [
      compact<DraftOf<'access'>>({
        type: 'access',
        format: 'traefik-access',
        time: head.time,
        method: head.method,
        path: head.target,
        protocol: head.protocol,
        status: head.status,
        durationMs,
        client: head.client,
        userAgent: head.userAgent,
        routeName: name,
        backendName: name,
        attempts: server === undefined ? [] : [{ address: server.replace(/^[a-z0-9]{1,10}:\/\//, '') }],
        ...answered,
      }),
    ];
  },
};
