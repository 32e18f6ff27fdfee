import { readListenText } from '../application/listen.ts';
import { compact } from '../compact.ts';
import { controllerSaid } from '../controller-phrases.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { quoteOf } from '../quote.ts';
import { readIsoTime } from '../timestamp.ts';

/**
 * zap's console encoding, tabs between time, level, optional logger, message and JSON fields: Kong's controller, Istio's
 * agents and pilot, Envoy Gateway, NGINX Gateway Fabric and most controller-runtime programs.
 */
const HEAD =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d{4}|[+-]\d\d:\d\d))\t(debug|info|warn|warning|error|fatal|panic|dpanic|DEBUG|INFO|WARN|ERROR|FATAL|PANIC)\t(.{1,64000})$/;

export const zapConsole: LogFormat = {
  id: 'zap-console',
  sniff: ({ text }) => text.charCodeAt(4) === 0x2d && text.includes('\t') && !text.includes('\tenvoy '),
  parse({ text }, owner) {
    const head = HEAD.exec(text);
    if (head === null) return undefined;
    const time = readIsoTime(head[1] ?? '');
    const message = (head[3] ?? '').replaceAll('\t', ' ');
    const said = controllerSaid(message);
    if (said === undefined) {
      const listening = readListenText(message, owner.pod, time);
      return listening === undefined ? [] : [listening];
    }
    return [
      compact<DraftOf<'controller'>>({
        type: 'controller',
        event: said.event,
        subject: said.subject,
        message: quoteOf(message),
        time,
      }),
    ];
  },
};
