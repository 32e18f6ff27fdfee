import type { JsonObject } from '../../contract.ts';
import { jsonFields } from '../application/fields.ts';
import { readRecord } from '../application/record.ts';
import { compact } from '../compact.ts';
import { controllerSaid } from '../controller-phrases.ts';
import type { Draft, DraftOf, LineOwner, LogFormat } from '../format.ts';
import { quoteOf } from '../quote.ts';
import { readIsoTime } from '../timestamp.ts';

/**
 * zap's console encoding, tabs between time, level, optional logger, message and JSON fields: Kong's controller, Istio's
 * agents and pilot, Envoy Gateway, most controller-runtime programs, and many Go applications.
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
    const drafts: readonly Draft[] =
      said === undefined
        ? record(head[2] ?? '', head[3] ?? '', owner)
        : [
            compact<DraftOf<'controller'>>({
              type: 'controller',
              event: said.event,
              subject: said.subject,
              message: quoteOf(message),
            }),
          ];
    return time === undefined ? drafts : drafts.map((draft) => ({ ...draft, time }));
  },
};

/** A line that is not a controller's is an application's record, with what stands between the tabs as its fields. */
function record(level: string, rest: string, owner: LineOwner): readonly Draft[] {
  const parts = rest.split('\t');
  const last = parts.at(-1) ?? '';
  const extra = last.startsWith('{') ? parse(last) : undefined;
  const message = (extra === undefined ? parts : parts.slice(0, -1)).join(' ');
  return readRecord(jsonFields({ ...extra, msg: message, level }), owner);
}

function parse(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}
