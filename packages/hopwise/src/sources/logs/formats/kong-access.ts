import { looksLikeClf, present, readClf } from '../clf.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';

/** Kong's `kong_log_format` (kong/templates/nginx_kong.lua): combined, then `kong_request_id: "…"`. */
export const kongAccess: LogFormat = {
  id: 'kong-access',
  sniff: (line) => line.text.includes('kong_request_id: "') && looksLikeClf(line.text),
  parse(line) {
    const head = readClf(line.text);
    const id = head === undefined ? null : /^kong_request_id: "([^"]{0,128})"/.exec(head.rest);
    if (head === undefined || id === null) return undefined;
    return [
      compact<DraftOf<'access'>>({
        type: 'access',
        format: 'kong-access',
        time: head.time,
        method: head.method,
        path: head.target,
        protocol: head.protocol,
        status: head.status,
        client: head.client,
        userAgent: head.userAgent,
        requestId: present(id[1]),
        attempts: [],
      }),
    ];
  },
};
