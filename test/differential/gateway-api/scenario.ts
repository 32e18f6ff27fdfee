import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';

/** Objects of a cluster with Envoy Gateway, and requests to its Gateways. */
export interface Scenario {
  readonly name: string;
  readonly objects: readonly JsonObject[];
  readonly requests: readonly AskedRequest[];
}

export interface AskedRequest {
  /** `namespace/name` of the Gateway that is asked. */
  readonly gateway: string;
  readonly scheme: 'http' | 'https';
  /** Port of a listener; EG listens on 10080 for 80, which the Service in front of it maps. */
  readonly port: number;
  readonly method: string;
  /** Host header as sent: with the port where it is not the scheme's. */
  readonly host: string;
  /** As sent, query included. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a request came to. Fields that do not apply are left out. */
export interface Answer {
  readonly status: number;
  readonly location?: string;
  /** `namespace/name:port` of the Service that got the request. */
  readonly backend?: string;
  readonly path?: string;
  /** Without a port: hopwise's `received.host` has none. */
  readonly host?: string;
  /** Headers named like those that rules write (`x-set…`, `x-add…`). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Two ways in which hopwise and Envoy can differ: in a request, or in which routes and listeners are used at all. */
export interface Disagreement {
  readonly request?: AskedRequest;
  readonly hopwise: string;
  readonly envoy: string;
}

/** The address of a Gateway, as its status has it. */
export function gatewayAddress(index: number): string {
  return `10.97.0.${index + 1}`;
}

/** Headers that the rules of scenarios write. */
export function isRuleHeader(name: string): boolean {
  return /^x-(?:set|add)/i.test(name);
}

export function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}

/** One line for a person: `GET http://shop.example.com/api (x-one: a) at infra/edge`. */
export function describeRequest({ gateway, scheme, port, method, host, target, headers }: AskedRequest): string {
  const sent = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${scheme}://${host}${target}${sent.length === 0 ? '' : ` (${sent.join(', ')})`} at ${gateway} port ${port}`;
}

/** Hosts in lower case and without a final dot: hopwise says them so, Envoy passes them on as sent. */
export function describeAnswer({ status, location, backend, path, host = '', headers = {} }: Answer): string {
  if (backend === undefined) return location === undefined ? `${status}` : `${status} to ${lowerHost(location)}`;
  const set = Object.entries(headers)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}: ${value}`);
  return [`${status} from ${backend}`, `path ${path}`, `host ${host.toLowerCase().replace(/\.$/, '')}`, ...set].join(
    ', ',
  );
}

function lowerHost(location: string): string {
  return location.replace(/^https?:\/\/[^/]*/i, (origin) => origin.toLowerCase().replace(/\.(?=:|$)/, ''));
}
