import type { Request } from './request.ts';
import type { GatewayInstance } from './route-table.ts';

/** The request as the gateway goes on with it: a proxy that normalises the path forwards and rewrites what it has read. */
export function asPassedOn({ target }: GatewayInstance, request: Request): Request {
  const read = target?.passesOn === true ? target.read(request) : undefined;
  return read?.kind === 'read' && read.path !== request.path ? { ...request, path: read.path } : request;
}
