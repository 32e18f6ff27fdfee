/** An address as a process names its own: `0.0.0.0`, `::`, `127.0.0.1`, `localhost`, '' when only the port was said. */
export interface NamedAddress {
  readonly address: string;
  readonly port?: number;
  readonly scheme?: string;
  /** Only a port was said, in a field of its own. */
  readonly bare?: boolean;
}

const IPV4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const HOST = String.raw`\[[0-9a-fA-F:.]{2,45}\]|${IPV4}|::|\*|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})`;

/** `http://[::]:80`, `tcp:0.0.0.0:3000`, `0.0.0.0:8080`, `:::3000`, `*:8080`, `:9000`; anchored at the start of the text. */
const WITH_SCHEME = new RegExp(String.raw`^([a-z][a-z0-9+]{1,11}):(?://)?(${HOST})?(?::(\d{1,5})(?!\d))?(?!\w)`);
const HOST_PORT = new RegExp(String.raw`^(${HOST})?:(\d{1,5})(?![\w:]|\.\w)`);
const BARE_IP = new RegExp(String.raw`^(\[[0-9a-fA-F:.]{2,45}\]|${IPV4}|::)(?![\w:]|\.\w)`);
const SCHEMES = new Set(['http', 'https', 'tcp', 'tls', 'ssl', 'grpc', 'grpcs', 'h2c', 'ws', 'wss', 'unix']);

/** Reads the address a text begins with; undefined when it begins with something else. */
export function readAddress(text: string): NamedAddress | undefined {
  const url = WITH_SCHEME.exec(text);
  if (url !== null && SCHEMES.has(url[1] ?? '')) return withPort(url[2] ?? '', url[3], url[1]);
  const pair = HOST_PORT.exec(text);
  if (pair !== null) return withPort(pair[1] ?? '', pair[2], undefined);
  const ip = BARE_IP.exec(text);
  return ip === null ? undefined : withPort(ip[1] ?? '', undefined, undefined);
}

function withPort(host: string, digits: string | undefined, scheme: string | undefined): NamedAddress | undefined {
  const address = host.startsWith('[') ? host.slice(1, -1) : host === '*' ? '0.0.0.0' : host;
  const port = digits === undefined ? DEFAULT_PORTS.get(scheme ?? '') : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { address, ...(port === undefined ? {} : { port }), ...(scheme === undefined ? {} : { scheme }) };
}

const DEFAULT_PORTS = new Map([
  ['http', 80],
  ['https', 443],
]);

/** True for an address only the machine itself can mean: none, wildcard, loopback, an IP literal, or its own host name. */
export function isOwnAddress(address: string, ownName: string): boolean {
  return (
    address === '' ||
    address === 'localhost' ||
    address.includes(':') ||
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address) ||
    (ownName !== '' && address === ownName)
  );
}

/** True for an address that can be bound but not called: a server's, never a dependency's. */
export function isWildcard(address: string): boolean {
  return address === '' || address === '0.0.0.0' || address === '::';
}

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}
