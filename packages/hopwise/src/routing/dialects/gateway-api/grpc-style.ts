import type { GrpcRouteMatch } from '../../../model/kinds/gateway-api.ts';
import type { PathMatch } from '../../route-table.ts';
import type { MatchRank } from './precedence.ts';

/** The path that a gRPC method match comes down to, and its rank among the paths of HTTP rules. */
export interface GrpcPath {
  readonly path: PathMatch;
  readonly rank: Pick<MatchRank, 'path' | 'pathLength'>;
  /** Conditions on headers that the match is written with. */
  readonly extraHeaders: number;
}
export type GrpcStyle = (method: GrpcRouteMatch['method']) => GrpcPath;

/** A gRPC request is a POST to `/service/method`; what is left out matches anything (apis/v1/grpcroute_types.go, GRPCMethodMatch). */
export const specifiedGrpc: GrpcStyle = (method) => {
  if (method === undefined || (method.service === '' && method.method === '')) return EVERYTHING;
  if (method.kind === 'RegularExpression') {
    const part = (text: string) => (text === '' ? '[^/]+' : `(?:${text})`);
    return regexPath(`/${part(method.service)}/${part(method.method)}`);
  }
  if (method.method === '') return servicePath(method.service);
  if (method.service !== '') return exactPath(method.service, method.method);
  return regexPath(`/[^/]+/${escapeRegex(method.method)}`);
};

/** internal/gatewayapi/route.go validServiceName and validMethodName. */
const SERVICE_NAME = '(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*';
const METHOD_NAME = '[A-Za-z_][A-Za-z_0-9]*';

/**
 * Envoy Gateway writes a method without a service as a condition on the `:path` header (it ends in `/method`), and fills in
 * its own patterns for names (internal/gatewayapi/route.go processGRPCRouteMethodExact, …RegularExpression).
 */
export const envoyGatewayGrpc: GrpcStyle = (method) => {
  if (method === undefined || (method.service === '' && method.method === '')) return EVERYTHING;
  if (method.kind === 'RegularExpression') {
    return regexPath(`/${method.service || SERVICE_NAME}/${method.method || METHOD_NAME}`);
  }
  if (method.method === '') return servicePath(method.service);
  if (method.service !== '') return exactPath(method.service, method.method);
  const path: PathMatch = { kind: 'regex', value: `.*/${escapeRegex(method.method)}`, engine: 're2', full: true };
  return { path, rank: { path: 'elements', pathLength: 0 }, extraHeaders: 1 };
};

const EVERYTHING: GrpcPath = {
  path: { kind: 'elements', value: '/' },
  rank: { path: 'elements', pathLength: 0 },
  extraHeaders: 0,
};

function servicePath(service: string): GrpcPath {
  const value = `/${service}`;
  return { path: { kind: 'elements', value }, rank: { path: 'elements', pathLength: value.length }, extraHeaders: 0 };
}

function exactPath(service: string, method: string): GrpcPath {
  const value = `/${service}/${method}`;
  return { path: { kind: 'exact', value }, rank: { path: 'exact', pathLength: value.length }, extraHeaders: 0 };
}

function regexPath(value: string): GrpcPath {
  const path: PathMatch = { kind: 'regex', value, engine: 're2', full: true };
  return { path, rank: { path: 'regex', pathLength: value.length }, extraHeaders: 0 };
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
