import { isLoopback, isOwnAddress, isWildcard, type NamedAddress, readAddress } from './address.ts';
import { type Fields, levelOf, messageOf } from './fields.ts';
import { type Listen, listenDraft, NOT_OPEN, readListenText } from './listen.ts';

/** What a structured line says about a listening socket. */
export function readListenFields(fields: Fields, own: string): Listen | undefined {
  const level = levelOf(fields);
  if (/^(?:err|fatal|crit|panic|warn)/.test(level)) return undefined;
  const message = messageOf(fields);
  if (NOT_OPEN.test(message)) return undefined;
  const nested = fields.object('attr', 'fields', 'context', 'extra', 'data', 'dict') ?? fields;
  const named = namedField(fields, own) ?? namedField(nested, own);
  if (named !== undefined && announces(message, named)) return listenDraft(named, message, undefined, nested);
  return readListenText(message, own, undefined, nested);
}

/**
 * A wildcard address can only be a listener's. A loopback address or a bare port needs a word for it; any other address could
 * be somebody else's, so it takes the plain word.
 */
function announces(message: string, named: NamedAddress): boolean {
  if (/\b(?:listen|serving|bound|bind)/i.test(message)) return true;
  if (named.address === '' || isLoopback(named.address))
    return ANNOUNCED.test(message) || (named.address === '' && named.bare !== true);
  return isWildcard(named.address);
}

const ANNOUNCED = /\b(?:started|starting|running|httpd|waiting for connections)\b|\bserver (?:is )?(?:up|ready)\b/i;

const ADDRESS_KEYS = [
  'addr',
  'address',
  'listen',
  'listen_addr',
  'listenAddr',
  'listen_address',
  'listenAddress',
  'bind',
  'bind_addr',
  'bindAddress',
  'bind_address',
  'listening',
  'endpoint',
  'url',
  'server.address',
  'http_addr',
  'listener',
];

function namedField(fields: Fields, own: string): NamedAddress | undefined {
  const port = fields.number('port', 'http_port', 'listen_port', 'server.port');
  for (const key of ADDRESS_KEYS) {
    const value = fields.text(key);
    if (value === undefined) continue;
    const named = readAddress(value.trim());
    if (named === undefined || !isOwnAddress(named.address, own)) continue;
    if (named.port !== undefined) return named;
    if (port !== undefined) return { ...named, port };
  }
  const host = fields.text('host', 'hostname', 'ip', 'interface') ?? '';
  if (port === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  return isOwnAddress(host, own) ? { address: host, port, bare: true } : undefined;
}
