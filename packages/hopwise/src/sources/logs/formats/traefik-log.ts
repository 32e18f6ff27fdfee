import { jsonFields, messageOf, timeOf } from '../application/fields.ts';
import { compact } from '../compact.ts';
import { controllerSaid } from '../controller-phrases.ts';
import type { Draft, DraftOf, LogFormat } from '../format.ts';
import type { LogLine } from '../line.ts';
import { readNetworkFailure } from '../network-failure.ts';
import { quoteOf } from '../quote.ts';
import { readIsoTime, readTimeField, type Stamp } from '../timestamp.ts';

/**
 * Traefik's own log: v3 zerolog (`2026-05-12T10:14:25Z ERR Cannot create service error="service not found" ingress=… `,
 * or JSON), v2 logrus (`time="…" level=error msg="…" providerName=kubernetes`). A failed proxy attempt is logged at debug as
 * `504 Gateway Timeout` with the dial error (pkg/proxy/httputil/proxy.go); health checks as `Health check failed.`
 */
const CONSOLE =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)) (TRC|DBG|INF|WRN|ERR|FTL|PNC) (?:[\w./-]{1,200}\.go:\d{1,6} > )?(.{0,8000})$/;
const MARKS =
  /providerName|serviceName=|routerName=|entryPointName|"entryPointName"|github\.com\/traefik|[Tt]raefik|ingress=\S|middlewareName|targetURL=|50[0-4] [A-Z][a-z]+ [A-Z][a-z]+/;

export const traefikLog: LogFormat = {
  id: 'traefik-log',
  sniff: ({ text }) =>
    (text.charCodeAt(10) === 0x54 || text.startsWith('time="') || text.startsWith('{"level":"')) && MARKS.test(text),
  parse(line) {
    const read = readParts(line);
    if (read === undefined) return undefined;
    const draft = describe(read.message, read.error, read.pairs);
    return draft === undefined ? [] : [read.time === undefined ? draft : { ...draft, time: read.time }];
  },
};

interface Parts {
  readonly time: Stamp | undefined;
  readonly message: string;
  readonly error: string;
  readonly pairs: (name: string) => string | undefined;
}

function readParts(line: LogLine): Parts | undefined {
  if (line.json !== undefined) {
    const fields = jsonFields(line.json);
    return {
      time: timeOf(fields),
      message: messageOf(fields),
      error: fields.text('error') ?? '',
      pairs: (name) => fields.text(name),
    };
  }
  const pairs = line.logfmt;
  const get = (name: string): string | undefined => pairs.get(name);
  const console = CONSOLE.exec(line.text);
  if (console !== null)
    return { time: readIsoTime(console[1] ?? ''), message: console[3] ?? '', error: get('error') ?? '', pairs: get };
  const message = get('msg');
  return message === undefined
    ? undefined
    : { time: readTimeField(get('time')), message, error: get('error') ?? get('err') ?? '', pairs: get };
}

function describe(message: string, error: string, pairs: (name: string) => string | undefined): Draft | undefined {
  const answered = /^'?(50[0-4]|499) [A-Z][A-Za-z ]{2,40}'?(?: caused by: (.{1,2000}))?/.exec(message);
  const failure =
    answered === null && !message.startsWith('Health check failed')
      ? undefined
      : readNetworkFailure(`${error} ${answered?.[2] ?? message}`);
  if (failure !== undefined) {
    return compact<DraftOf<'backend-error'>>({
      type: 'backend-error',
      format: 'traefik-log',
      mode: failure.mode,
      address: failure.address,
      backendName: pairs('serviceName'),
      phrase: quoteOf(error === '' ? message : error),
    });
  }
  const said = controllerSaid(`${message} ${error}`);
  if (said === undefined) return undefined;
  const ingress = pairs('ingress');
  const namespace = pairs('namespace');
  const named = ingress === undefined ? undefined : `Ingress/${namespace ?? ''}/${ingress}`;
  return compact<DraftOf<'controller'>>({
    type: 'controller',
    event: said.event,
    subject: said.subject ?? named,
    message: quoteOf(error === '' || message.includes(error) ? message : `${message} (${error})`),
  });
}
