import { compact } from '../compact.ts';
import { controllerSaid } from '../controller-phrases.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { quoteOf } from '../quote.ts';
import { readIsoTime } from '../timestamp.ts';

/** HAProxy's Kubernetes controller (pkg/utils/logger.go): `2026/02/17 16:27:29 ERROR  handler/ingress.go:101 [transactionID=…] message`. */
const HEAD =
  /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) (?:TRACE|DEBUG|INFO|WARNING|ERROR|PANIC) {1,8}(?:[\w./-]{1,200}\.go:\d{1,6} )?(?:\[transactionID=[^\]]{0,64}\] )?/;

export const haproxyController: LogFormat = {
  id: 'haproxy-controller',
  sniff: ({ text }) => text.charCodeAt(4) === 0x2f && text.charCodeAt(7) === 0x2f && text.includes('.go:'),
  parse({ text }) {
    const head = HEAD.exec(text);
    if (head === null) return undefined;
    const message = text.slice(head[0].length);
    const said = controllerSaid(message);
    if (said === undefined) return [];
    return [
      compact<DraftOf<'controller'>>({
        type: 'controller',
        event: said.event,
        subject: said.subject,
        message: quoteOf(message),
        time: readIsoTime(head[1] ?? ''),
      }),
    ];
  },
};
