import type { PathModifier, RouteFilter } from '../../../model/kinds/gateway-api.ts';
import type { Request } from '../../request.ts';
import type { EffectiveListener } from './listeners.ts';
import { modifyPath } from './path-rewrite.ts';

export type RedirectFilter = Extract<RouteFilter, { readonly kind: 'RequestRedirect' }>;

/** How paths are rewritten and Locations written; `prefix` is the value of the matched PathPrefix as written. */
export interface PathStyle {
  readonly rewrite: (path: string, modifier: PathModifier, prefix: string) => string;
  readonly location: (filter: RedirectFilter, prefix: string, listener: EffectiveListener, request: Request) => string;
}

export const specifiedPaths: PathStyle = { rewrite: modifyPath, location: locationOf };

/**
 * Scheme, host and path of the request unless the filter says otherwise. Without a port: the well-known one of the filter's
 * scheme, else the listener's; the default port of the scheme is not written (HTTPRequestRedirectFilter.Port).
 */
function locationOf(filter: RedirectFilter, prefix: string, { listener }: EffectiveListener, request: Request): string {
  const scheme = filter.scheme ?? (listener.protocol === 'HTTP' ? 'http' : 'https');
  const standard = scheme === 'https' ? 443 : 80;
  const port = filter.port ?? (filter.scheme === undefined ? listener.port : standard);
  const target = filter.path === undefined ? request.path : modifyPath(request.path, filter.path, prefix);
  return `${scheme}://${filter.hostname ?? request.host}${port === standard ? '' : `:${port}`}${target}${request.query}`;
}
