import type { Attempt } from '../observations.ts';

export interface Answered {
  readonly status: number;
  /** Body bytes sent to the client. */
  readonly bytes: number | undefined;
  readonly method: string | undefined;
}

/**
 * Whether NGINX made the status itself (true), passed on the backend's (false), or the line cannot tell (undefined).
 * `$upstream_status` alone does not say: NGINX writes its own 502/504 there too
 * (ngx_http_upstream_next sets u->state->status). What decides, in this order:
 * - nobody was asked: NGINX's own;
 * - the last attempt's status differs from the answer: NGINX's own 5xx; below 500 a filter may have changed it (304, 206), so unknown;
 * - the same status below 500: passed on;
 * - the attempt brought body bytes: passed on; a failed attempt has none;
 * - the attempt brought none but the client got a body: NGINX's own error page;
 * - no body on either side: a backend may answer so too, and so does NGINX to HEAD; cannot tell.
 * An error line of the same request settles the rest (see join-nginx.ts).
 */
export function madeByProxy(answer: Answered, last: Attempt | undefined): boolean | undefined {
  if (last === undefined) return true;
  if (last.status === undefined) return answer.status >= 500 ? true : undefined;
  if (last.status !== answer.status) return answer.status >= 500 ? true : undefined;
  if (answer.status < 500) return false;
  if (last.bytes === undefined) return undefined;
  if (last.bytes > 0) return false;
  return answer.bytes !== undefined && answer.bytes > 0 ? true : undefined;
}
