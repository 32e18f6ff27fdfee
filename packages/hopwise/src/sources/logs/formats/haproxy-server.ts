import type { FailureMode } from '../../failure.ts';
import { compact } from '../compact.ts';
import type { Draft, DraftOf, LogFormat } from '../format.ts';
import { quoteOf } from '../quote.ts';
import { readHeadTime, readIsoTime } from '../timestamp.ts';

/**
 * HAProxy about its servers (src/server.c, src/check.c): `[WARNING] (8) : Server web/SRV_1 is DOWN, reason: Layer4
 * connection problem, info: "Connection refused", …`, `backend 'web' has no server available!`.
 */
const DOWN =
  /(?:Backup )?[Ss]erver ([^\s/]{1,512}\/[^\s/]{1,255}) is DOWN(?:, reason: ([^,(]{1,120}))?(?:, code: (\d{3}))?(?:, info: "([^"]{0,300})")?/;
const STATE =
  /(?:Backup )?[Ss]erver [^\s/]{1,512}\/[^\s/]{1,255} (?:is UP|is stopping|was DOWN and now|is going DOWN|is leaving|is (?:READY|DRAIN|MAINT)|enters drain|remains in)/;
const NO_SERVER = /(?:backend|proxy) '?([^\s']{1,512})'? has no server available!/;
const FRAME = /^(?:\[(?:NOTICE|WARNING|ALERT|INFO)\]\s{1,4}|<\d{1,3}>|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d )/;

export const haproxyServer: LogFormat = {
  id: 'haproxy-server',
  sniff: ({ text }) =>
    text.includes('erver ') ||
    text.startsWith('[NOTICE]') ||
    text.startsWith('[WARNING]') ||
    text.startsWith('[ALERT]'),
  parse({ text }) {
    const time = readHeadTime(text);
    const stamp = time === undefined ? {} : { time };
    const down = DOWN.exec(text);
    if (down !== null) return [{ ...downEntry(text, down), ...stamp }];
    const none = NO_SERVER.exec(text);
    if (none !== null) return [{ ...backendError(text.slice(none.index), 'no-live-endpoint', none[1]), ...stamp }];
    if (STATE.test(text)) return [];
    if (!FRAME.test(text)) return undefined;
    return text.startsWith('[') ? alert(text, readIsoTime(text) === undefined ? {} : stamp) : undefined;
  },
};

function downEntry(text: string, match: RegExpExecArray): Draft {
  const [, server, reason = '', , info = ''] = match;
  return backendError(text.slice(match.index), modeOf(reason, info), server);
}

function modeOf(reason: string, info: string): FailureMode {
  const said = `${reason} ${info}`.toLowerCase();
  if (said.includes('connection refused')) return 'refused';
  if (said.includes('no route') || said.includes('unreachable')) return 'no-route-to-host';
  if (said.includes('layer4 timeout') || said.includes('timeout during connect')) return 'connect-timeout';
  if (said.includes('layer6')) return 'tls-handshake';
  if (said.includes('layer7 timeout')) return 'read-timeout';
  if (said.includes('layer7 invalid')) return 'protocol-error';
  if (said.includes('layer4 connection problem')) return 'refused';
  if (said.includes('reset')) return 'reset';
  return 'no-live-endpoint';
}

function backendError(phrase: string, mode: FailureMode, backendName: string | undefined): Draft {
  return compact<DraftOf<'backend-error'>>({
    type: 'backend-error',
    format: 'haproxy-server',
    mode,
    backendName,
    phrase: quoteOf(phrase),
  });
}

/** `[ALERT] (1) : config : parsing […]`: HAProxy refused its configuration. */
function alert(text: string, stamp: { time?: DraftOf<'controller'>['time'] }): Draft[] {
  if (!text.startsWith('[ALERT]') || !/config|parsing|Fatal errors|cannot bind|unable to/.test(text)) return [];
  return [
    compact<DraftOf<'controller'>>({ type: 'controller', event: 'config-rejected', message: quoteOf(text), ...stamp }),
  ];
}
