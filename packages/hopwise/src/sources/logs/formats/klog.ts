import { readPlain } from '../application/record.ts';
import { compact } from '../compact.ts';
import { controllerSaid } from '../controller-phrases.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { quoteOf } from '../quote.ts';
import { readIsoTime, readKlogTime, type Stamp } from '../timestamp.ts';

/**
 * klog and glog (k8s.io/klog): `W0512 09:18:20.418120       1 controller.go:2320] message`; F5's controller writes the
 * year too: `I20260512 …`. Ingress-nginx, AGIC, GLBC, F5's controller and every client-go program log this way.
 */
const HEAD = /^([IWEF])(\d{4}|\d{8}) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) {1,16}\d{1,10} ([\w.@/-]{1,200}:\d{1,6})\] ?/;
/** What follows a failed reload, one line each: `nginx: [emerg] …`, a rule of dashes, `Error: exit status 1`. */
const CONTINUED =
  /^(?:-{20,}|Error: exit status \d{1,3}|nginx: configuration file \S{1,300} test (?:failed|is successful)|nginx: \[(?:emerg|warn)\] .{0,2000})$/;

export const klog: LogFormat = {
  id: 'klog',
  sniff: ({ text }) => {
    const first = text[0] ?? '';
    return (
      ('IWEF'.includes(first) && text.charCodeAt(1) >= 0x30 && text.charCodeAt(1) <= 0x39) ||
      CONTINUED.test(text.slice(0, 2400))
    );
  },
  parse({ text }, owner) {
    const head = HEAD.exec(text);
    if (head === null) return continued(text);
    const time = timeOf(head);
    const message = text.slice(head[0].length);
    const said = controllerSaid(message);
    if (said !== undefined) return [controller(said, message, time)];
    return readPlain(message, time, owner) ?? [];
  },
};

function continued(text: string): readonly DraftOf<'controller'>[] | undefined {
  if (!CONTINUED.test(text)) return undefined;
  return text.startsWith('nginx: [emerg]')
    ? [{ type: 'controller', event: 'config-rejected', message: quoteOf(text) }]
    : [];
}

function controller(
  said: NonNullable<ReturnType<typeof controllerSaid>>,
  message: string,
  time: Stamp | undefined,
): DraftOf<'controller'> {
  return compact<DraftOf<'controller'>>({
    type: 'controller',
    event: said.event,
    subject: said.subject,
    message: quoteOf(message),
    time,
  });
}

function timeOf(head: RegExpExecArray): Stamp | undefined {
  const date = head[2] ?? '';
  if (date.length === 4) return readKlogTime(head[0]);
  return readIsoTime(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)} ${head[3]}`);
}
