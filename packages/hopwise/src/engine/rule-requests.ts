import type {
  GatewayInstance,
  Listener,
  NameMatch,
  PathMatch,
  Rule,
  RuleMatch,
  UnattachedRoute,
  VirtualHost,
} from '../routing/route-table.ts';
import type { RequestInput } from './contract.ts';

/** A request that a rule ought to take. */
export interface RuleRequest {
  readonly input: RequestInput;
  /** The host is made up, because the rule takes more than one. */
  readonly invented: boolean;
}

type Common = Omit<RequestInput, 'url'>;

/** RFC 2606, 2: a name that nobody has. */
const ANY_HOST = 'any-host.invalid';

/** The ways to ask for a rule, likeliest first; none for a host pattern that cannot be turned round. */
export function requestsOfRule(
  gateway: GatewayInstance,
  host: VirtualHost,
  rule: Rule,
  tls: boolean,
  listener: Listener | undefined,
  common: Common,
): readonly RuleRequest[] {
  const name = hostFor(host.host, gateway);
  if (name === undefined) return [];
  const scheme = tls ? 'https' : 'http';
  const usual = tls ? 443 : 80;
  // Listeners often stand behind a Service with other ports, so the scheme's own comes first.
  const ports = listener === undefined || listener.port === usual ? [''] : ['', `:${listener.port}`];
  return ports.flatMap((port) =>
    pathsFor(rule.match.path).map((path) => ({
      input: askFor(`${scheme}://${name.host}${port}${path}`, rule, common),
      invented: name.invented,
    })),
  );
}

/** The same for a route that no gateway took: by its own hosts and rules, as far as they are known. */
export function requestsOfUnattached(route: UnattachedRoute, common: Common): readonly RuleRequest[] {
  const hosts = route.hosts.length === 0 ? [''] : route.hosts;
  return hosts.flatMap((host) => {
    const name = hostFor(host, undefined);
    if (name === undefined) return [];
    const rules = route.rules ?? [];
    const inputs =
      rules.length === 0
        ? [{ ...common, url: `https://${name.host}/` }]
        : rules.map((rule) => askFor(`https://${name.host}${pathsFor(rule.match.path)[0] ?? '/'}`, rule, common));
    return inputs.map((input) => ({ input, invented: name.invented }));
  });
}

function hostFor(
  pattern: string,
  gateway: GatewayInstance | undefined,
): { readonly host: string; readonly invented: boolean } | undefined {
  if (pattern.startsWith('~')) return undefined;
  if (pattern.startsWith('*.')) return { host: `any${pattern.slice(1)}`, invented: true };
  if (pattern !== '') return { host: pattern, invented: false };
  const [address] = gateway?.addresses ?? [];
  const known = address?.hostname ?? address?.ip;
  if (known === undefined) return { host: ANY_HOST, invented: true };
  return { host: known.includes(':') ? `[${known}]` : known, invented: false };
}

/** Paths that the pattern ought to match: of a regular expression its literal beginning, and what often follows one. */
function pathsFor(path: PathMatch): readonly string[] {
  if (path.kind !== 'regex') return [path.value.startsWith('/') ? path.value : '/'];
  const [literal = ''] = /^[\w/.~%-]*/.exec(path.value.replace(/^\^/, '')) ?? [];
  // The last character belongs to a quantifier that may want none of it.
  const rest = path.value.replace(/^\^/, '').slice(literal.length);
  const certain = /^[?*{]/.test(rest) ? literal.slice(0, -1) : literal;
  const start = certain.startsWith('/') ? certain : '/';
  const bare = start.length > 1 ? start.replace(/\/$/, '') : '';
  return [...new Set([start, `${bare}/`, `${bare}/a`, `${bare}/1`, '/'])];
}

/** What a rule wants besides host and path. What the user gave goes before it. */
function askFor(url: string, { match, object }: Rule, common: Common): RequestInput {
  const method = common.method ?? match.methods?.[0];
  const headers = { ...headersFor(match), ...common.headers };
  const query = (match.query ?? []).flatMap((each) => {
    const value = valueFor(each);
    return value === undefined ? [] : [`${encodeURIComponent(each.name)}=${encodeURIComponent(value)}`];
  });
  const isGrpc = object.startsWith('GRPCRoute/');
  return {
    ...(isGrpc ? { protocol: 'grpc' } : {}),
    ...common,
    url: query.length === 0 ? url : `${url}?${query.join('&')}`,
    ...(method === undefined ? {} : { method }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
}

function headersFor({ headers }: RuleMatch): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (headers ?? []).flatMap((each) => {
      const value = valueFor(each);
      return value === undefined ? [] : [[each.name.toLowerCase(), value]];
    }),
  );
}

/** A regular expression's value nobody can guess, and absence needs nothing. */
function valueFor({ kind, value }: NameMatch): string | undefined {
  if (kind === 'exact') return value;
  return kind === 'present' ? '1' : undefined;
}
