import { compact } from '../compact.ts';
import type { DraftOf } from '../format.ts';
import type { Stamp } from '../timestamp.ts';
import { isLoopback, isOwnAddress, type NamedAddress, readAddress } from './address.ts';
import type { Fields } from './fields.ts';

export type Listen = DraftOf<'listen'>;

/** A line about a socket that is not, or no longer, open. */
export const NOT_OPEN =
  /\b(?:stop|fail|error|cannot|can't|could not|couldn't|unable|refused|already in use|in use\b|denied|stopp|closing|closed|shut|no longer|not listening|is the server|waiting for(?! connections)|connect(?:ing|ed)? to|disconnect|retry)/i;

/** Every listen line holds a number behind a colon, or speaks of a port, or ends in `on 50051`. */
const MAY_LISTEN = /:\d|port|-\d{1,5}"|\b(?:on|at) \d|https?:\/\/|bound_addresses/i;
/** Words that announce a listening socket; what follows must be its address. */
const STRONG =
  /\b(?:listen(?:ing|s)?(?: and serving(?: https?)?)?|listener(?: started| \w+)?|bound(?: on| to)?|bind(?:ing)? to|serving|opening ipv[46] listen socket|awaiting socket connections|accepting connections|ready to accept connections|ready for connections)\b/gi;
const WEAK =
  /\b(?:running|started|starting|available|launched from|responding|ready|exporting|server endpoint will start|Goin' Fast|exposed|up)\b/gi;
/** What ends the words between the announcement and the address. */
const LINK =
  /(?:^|\b(?:on|at|to|from|via|addr|address|interface|url|port|ports|port\(s\)|socket)|[:=@])[\s:="'[({@*]{0,6}$/i;
/** Words between that make the address somebody else's, or the sentence about something else. */
const NOT_OURS =
  /\b(?:connect|dial|upstream|backend|target|prox|forward|request|client|peer|remote|events?|queue|messages?|jobs?|workers?|channel|topic|changes|from the)/i;

/** `Local: http://…`, `Network: http://…`: what front-end dev servers print, one line each. */
const LABELLED =
  /^[\s\-–➜>*|⇨▲]{0,12}(?:Local|Network|On Your Network(?: \(IPv[46]\))?|Loopback|Local URL|Network URL|External URL|URL|Listen|Server Running|API|Console|WebUI)\s?:\s{1,16}(?=https?:\/\/)/i;
const CONNECTOR = /\{(?:HTTP|SSL|TLS)[^{}]{0,60}\}\{([^{}]{1,80})\}/i;
const PROTOCOL_HANDLER = /Starting ProtocolHandler \["(https?)-[a-z0-9]{1,20}-(?:[^"]{1,64}-)?(\d{1,5})"\]/i;
const PORT_ALONE = /^(\d{1,5})(?![\w:/-]|\.\w)/;
/** Flask's and Vite's ways to say that the addresses above or below are all there are. */
const ALL_ADDRESSES = /Running on all addresses \((0\.0\.0\.0|::)\)/;
const ONLY_LOCAL = /Network:\s{1,16}(?:use --host to expose|not exposed)/;
/** .NET's Kestrel names the address it bound; elsewhere `http://localhost:3000` is what a developer typed into a message. */
const REAL_LOCALHOST = /Now listening on:/;

/** What a free-text line says about a listening socket. */
export function readListenText(text: string, own: string, time?: Stamp, fields?: Fields): Listen | undefined {
  const shortened = text.length > 1000 ? text.slice(0, 1000) : text;
  const portless = ALL_ADDRESSES.exec(shortened)?.[1] ?? (ONLY_LOCAL.test(shortened) ? 'localhost' : undefined);
  if (portless !== undefined) return compact<Listen>({ type: 'listen', address: portless, time });
  if (!MAY_LISTEN.test(shortened)) return undefined;
  const named =
    labelled(shortened, own) ??
    special(shortened) ??
    announcedBy(STRONG, shortened, own) ??
    announcedBy(WEAK, shortened, own);
  return named === undefined ? undefined : listenDraft(named, shortened, time, fields);
}

function labelled(text: string, own: string): NamedAddress | undefined {
  const match = LABELLED.exec(text);
  const named = match === null ? undefined : readAddress(text.slice(match[0].length));
  return named !== undefined && isOwnAddress(named.address, own) ? named : undefined;
}

/** Layouts of their own: Jetty's connector, Tomcat's protocol handler, PostgreSQL, MySQL, Elasticsearch, PHP, Fiber. */
function special(text: string): NamedAddress | undefined {
  const connector = text.includes('Started ') ? CONNECTOR.exec(text) : null;
  if (connector !== null) return readAddress(connector[1] ?? '');
  const handler = text.includes('ProtocolHandler') ? PROTOCOL_HANDLER.exec(text) : null;
  if (handler !== null) return { address: '', port: Number(handler[2]), scheme: handler[1] ?? 'http' };
  const bound = text.includes('bound_addresses') ? /bound_addresses \{([^{}]{1,200})/.exec(text) : null;
  if (bound !== null) return readAddress(bound[1] ?? '');
  const pair =
    /listening on IPv[46] address "([^"]{1,64})", port (\d{1,5})/.exec(text) ??
    /bound on host ([\w.:]{1,64}) and port (\d{1,5})/.exec(text) ??
    /Bind-address: '([^']{1,64})' port: (\d{1,5})/.exec(text) ??
    /\b(?:on|at) (\[?[\d.:]{2,45}\]?),? port:? (\d{1,5})/i.exec(text);
  if (pair !== null && !NOT_OPEN.test(text))
    return { address: (pair[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(pair[2]) };
  const alone =
    /^Version: '[^']{1,80}'.{0,120}?port: (\d{1,5})/.exec(text) ??
    /Running mode=\w{1,20}, port=(\d{1,5})/.exec(text) ??
    /HTTPServer#start: pid=\d{1,9} port=(\d{1,5})/.exec(text) ??
    /Webserver with config:.{0,80}?:port (\d{1,5})/.exec(text);
  if (alone !== null) return { address: '', port: Number(alone[1]) };
  const php = /Development Server \((https?:\/\/[^)\s]{1,200})\) started/.exec(text);
  return php === null ? undefined : readAddress(php[1] ?? '');
}

function announcedBy(words: RegExp, text: string, own: string): NamedAddress | undefined {
  words.lastIndex = 0;
  for (let match = words.exec(text); match !== null; match = words.exec(text)) {
    const behind = text.slice(words.lastIndex, words.lastIndex + 140);
    const plain = words === STRONG || SERVER_BEFORE.test(text.slice(Math.max(0, match.index - 40), match.index));
    const found = behindLink(behind, own, plain ? AFTER_PREPOSITION : AFTER_PORT);
    if (found === undefined) continue;
    const sentence = text.slice(Math.max(0, match.index - 80), words.lastIndex + found.length + 30);
    if (NOT_OPEN.test(sentence)) return undefined;
    return found.named;
  }
  return undefined;
}

/** The first address within 60 characters of harmless words. */
function behindLink(behind: string, own: string, alone: RegExp): { named: NamedAddress; length: number } | undefined {
  for (let at = 0; at < Math.min(behind.length, 70); at++) {
    const before = at === 0 ? '' : behind[at - 1];
    if (before !== undefined && /\w/.test(before)) continue;
    const rest = behind.slice(at);
    const named = readAddress(rest) ?? portAt(behind.slice(0, at), rest, alone);
    if (named === undefined || named.port === undefined || !isOwnAddress(named.address, own)) continue;
    return isLink(behind.slice(0, at)) ? { named, length: at } : undefined;
  }
  return undefined;
}

/** `Server running on 3000`: what runs is named, so a bare number is its port. */
const SERVER_BEFORE = /\b(?:server|app|api|service|application|backend|http|grpc)\b[\w\s]{0,24}$/i;
/** `listening on 50051`, but `started on port 5230`: a bare number behind a weaker word may be anything. */
const AFTER_PORT = /(?:\bports?|\bport\(s\))[\s:="'#]{1,4}$/i;
const AFTER_PREPOSITION = /(?:\bports?|\bport\(s\)|\bon|\bat)[\s:="'#]{1,4}$/i;

function portAt(before: string, rest: string, alone: RegExp): NamedAddress | undefined {
  const match = PORT_ALONE.exec(rest);
  if (match === null || !alone.test(before)) return undefined;
  const port = Number(match[1]);
  return port >= 1 && port <= 65_535 ? { address: '', port } : undefined;
}

function isLink(between: string): boolean {
  return LINK.test(between) && !NOT_OURS.test(between);
}

/** The entry for an address a line named; `text` and `fields` say what is spoken there. */
export function listenDraft(
  named: NamedAddress,
  text: string,
  time: Stamp | undefined,
  fields: Fields | undefined,
): Listen {
  const said = `${fields?.text('transport', 'protocol', 'proto', 'scheme', 'server', 'traffic') ?? ''} ${text}`;
  const grpc = /\bgrpc/i.test(said);
  const tls = tlsOf(named.scheme, said, fields);
  const http = /\bhttps?\b/i.test(said) || named.scheme?.startsWith('http') === true;
  return compact<Listen>({
    type: 'listen',
    // A URL for people says which port, not which address.
    address: isShown(named, text) ? '' : named.address,
    port: named.port,
    tls,
    protocol: grpc ? 'grpc' : tls === true && http ? 'https' : http ? 'http' : undefined,
    time,
  });
}

function isShown(named: NamedAddress, text: string): boolean {
  if (LABELLED.test(text)) return isLoopback(named.address);
  return named.address === 'localhost' && named.scheme?.startsWith('http') === true && !REAL_LOCALHOST.test(text);
}

function tlsOf(scheme: string | undefined, said: string, fields: Fields | undefined): boolean | undefined {
  const field = fields?.flag('tls', 'ssl', 'https', 'tls_enabled', 'secure') ?? sslWord(fields?.text('ssl', 'tls'));
  if (field !== undefined) return field;
  if (scheme === 'https' || scheme === 'grpcs' || scheme === 'wss' || scheme === 'tls') return true;
  if (scheme === 'http' || scheme === 'h2c' || scheme === 'ws') return false;
  const word = /\btls[:=] ?(true|false)\b/i.exec(said);
  if (word !== null) return word[1]?.toLowerCase() === 'true';
  if (/\(https\)|\bHTTPS (?:server|on)\b|\bserving HTTPS\b/i.test(said)) return true;
  return /\(http\)/i.test(said) ? false : undefined;
}

function sslWord(value: string | undefined): boolean | undefined {
  return value === 'off' || value === 'disabled' ? false : value === 'on' || value === 'enabled' ? true : undefined;
}
