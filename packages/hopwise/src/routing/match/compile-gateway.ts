import type { Request } from '../request.ts';
import type { Action, GatewayInstance, Listener, NotUnderstood, Rule, VirtualHost } from '../route-table.ts';
import { type CompiledHost, compileHost } from './compile-host.ts';
import { readQuery, readRawQuery } from './compile-rule.ts';
import { type HostIndex, indexHosts } from './host-index.ts';

export interface CompiledGateway {
  readonly gateway: GatewayInstance;
  readonly match: (request: Request) => MatchResult;
  /** Patterns that could not be run; found by compiling every rule, so ask once. */
  readonly notUnderstood: () => readonly NotUnderstood[];
}

export interface MatchResult {
  readonly host?: VirtualHost;
  readonly rule?: Rule;
  /** Of the path regex; index 0 is the whole match. */
  readonly captures: readonly string[];
  readonly action: Action;
  /** Rules (or hosts) that may win instead because their pattern cannot be run here: the result is then not certain. */
  readonly uncertain: readonly { readonly rule?: Rule; readonly why: string }[];
}

const PATTERN_UNKNOWN = 'its regular expression cannot be evaluated';

/** Prepares a gateway for many requests. */
export function compileGateway(gateway: GatewayInstance): CompiledGateway {
  const byteWise = gateway.target?.byteWise === true;
  const groups = groupByListener(gateway);
  const compiled = gateway.hosts.map((host) => compileHost(host, byteWise));
  const indexes = new Map<string, ListenerHosts>();
  for (const [listener, hosts] of groups) {
    indexes.set(listener, {
      index: indexHosts(hosts.map((at) => gateway.hosts[at] as VirtualHost)),
      hosts: hosts.map((at) => compiled[at] as CompiledHost),
    });
  }
  return {
    gateway,
    match: (request) => match(gateway, indexes, request),
    notUnderstood: () => [
      ...[...indexes.values()].flatMap((group) => group.index.notUnderstood),
      ...compiled.flatMap((host) => host.notUnderstood),
    ],
  };
}

interface ListenerHosts {
  readonly index: HostIndex;
  readonly hosts: readonly CompiledHost[];
}

/** Positions of the hosts of each listener; '' holds those that belong to no particular one. */
function groupByListener(gateway: GatewayInstance): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [at, host] of gateway.hosts.entries()) {
    const group = groups.get(host.listener ?? '');
    if (group === undefined) groups.set(host.listener ?? '', [at]);
    else group.push(at);
  }
  return groups;
}

function match(gateway: GatewayInstance, indexes: ReadonlyMap<string, ListenerHosts>, request: Request): MatchResult {
  if (isUnknownName(gateway, request)) {
    const why = `no TLS listener of port ${request.port} has the server name ${request.host}: the connection is closed in its handshake`;
    return { captures: [], action: { kind: 'none', why }, uncertain: [] };
  }
  const target = gateway.target?.read(request) ?? { kind: 'read' as const, host: request.host, path: request.path };
  if (target.kind === 'refused') {
    const { status, why, location } = target;
    const action: Action =
      location === undefined
        ? { kind: 'fixed', status, why, mode: 'request-refused' }
        : { kind: 'redirect', status, why, location: () => location };
    return { captures: [], action, uncertain: [] };
  }
  const uncertain: { rule?: Rule; why: string }[] = [];
  let query: ReadonlyMap<string, string> | undefined;
  const readOnce = (): ReadonlyMap<string, string> => {
    query ??= readQueryOf(gateway, request);
    return query;
  };
  const listener = indexes.size === 1 && indexes.has('') ? undefined : chooseListener(gateway, request, target.host);
  for (const name of listener === undefined ? [''] : [listener.name, '']) {
    const group = indexes.get(name);
    if (group === undefined) continue;
    const found = group.index.find(target.host);
    if (found.uncertain) uncertain.push({ why: PATTERN_UNKNOWN });
    const host = found.entry === undefined ? undefined : group.hosts[found.entry];
    if (host === undefined) continue;
    const outcome = host.find(request, target.path, readOnce);
    for (const rule of outcome.uncertain) uncertain.push({ rule, why: PATTERN_UNKNOWN });
    if (outcome.rule === undefined) return { host: host.host, captures: [], action: gateway.fallback, uncertain };
    return {
      host: host.host,
      rule: outcome.rule,
      captures: outcome.captures,
      action: outcome.rule.action,
      uncertain,
    };
  }
  return { captures: [], action: gateway.fallback, uncertain };
}

/** Clients send the host they ask for as server name. A listener without certificates of its own has TLS ended before it. */
function isUnknownName(gateway: GatewayInstance, { tls, port, host }: Request): boolean {
  if (!tls || gateway.closesUnknownNames !== true) return false;
  const listeners = gateway.listeners.filter((listener) => listener.port === port && isSecure(listener));
  return (
    listeners.some((listener) => listener.tls !== undefined) &&
    !listeners.some(({ hostname }) => coversHost(hostname, host))
  );
}

function isSecure({ protocol }: Listener): boolean {
  return protocol === 'HTTPS' || protocol === 'TLS';
}

/** Among the listeners on the request's port the one with the most specific hostname answers (Gateway API, Listener.hostname). */
function chooseListener(gateway: GatewayInstance, request: Request, host: string): Listener | undefined {
  let best: Listener | undefined;
  for (const listener of gateway.listeners) {
    if (listener.port !== request.port || !coversHost(listener.hostname, host)) continue;
    if (isSecure(listener) !== request.tls) continue;
    if (best === undefined || specificity(listener.hostname) > specificity(best.hostname)) best = listener;
  }
  return best;
}

function coversHost(pattern: string, host: string): boolean {
  if (pattern === '') return true;
  return pattern.startsWith('*.')
    ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1
    : pattern === host;
}

function specificity(pattern: string): number {
  if (pattern === '') return 0;
  return pattern.startsWith('*.') ? pattern.length : pattern.length + 1000;
}

/** Query parameters as this gateway's proxy compares them. */
export function readQueryOf({ target }: GatewayInstance, { query }: Request): ReadonlyMap<string, string> {
  return target?.rawQuery === true ? readRawQuery(query) : readQuery(query);
}
