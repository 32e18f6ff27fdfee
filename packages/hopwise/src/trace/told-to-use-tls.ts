import type { Evidence } from '../model/evidence.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';
import { proxyOf } from './origin.ts';
import { responseEvidence } from './response-modes.ts';
import type { Trace } from './trace.ts';

/** What TLS servers answer to plain HTTP: NGINX, Go, Tomcat, Jetty, Apache httpd, Envoy-less Node proxies. */
const SAYS =
  /plain HTTP request was sent to HTTPS|Client sent an HTTP request to an HTTPS server|combination of host and port requires TLS|speaking plain HTTP to an SSL-enabled server port|Bad Request: HTTPS required/i;
const NGINX_PAGE = /<hr><center>(?:nginx|openresty)/;

/**
 * The backend's own 400 that asks for TLS. NGINX says the same to clients of its own HTTPS ports, so that from an NGINX
 * gateway the page counts only when the gateway's log shows that a backend answered it.
 */
export function toldToUseTls({
  trace,
  seen,
}: {
  readonly trace: Trace;
  readonly seen: PathObservations;
}): Evidence | undefined {
  const { response } = seen;
  if (response?.status !== 400 || !SAYS.test(response.body)) return undefined;
  const answered = seen.access.findLast(
    (entry) => entry.status === 400 && entry.attempts.some((attempt) => attempt.address !== undefined),
  );
  const own = trace.gateway === undefined || proxyOf(trace.gateway) === 'NGINX';
  if (own && NGINX_PAGE.test(response.body))
    return answered === undefined ? undefined : logEvidence(answered, 'the backend answered 400 to plain HTTP');
  return responseEvidence(response, 'the answer asks for HTTPS');
}
