import { fromBytes } from '../../match/bytes.ts';
import type { Request } from '../../request.ts';
import { hostHeader, plainHost, requestUri } from './request-words.ts';
import { uriOf } from './uri.ts';

/** NGINX variables that a request alone decides. */
const VARIABLES: Readonly<Record<string, (request: Request) => string>> = {
  request_uri: requestUri,
  uri: (request) => fromBytes(uriOf(request)?.path ?? request.path),
  document_uri: (request) => fromBytes(uriOf(request)?.path ?? request.path),
  host: plainHost,
  http_host: hostHeader,
  best_http_host: hostHeader,
  scheme: (request) => (request.tls ? 'https' : 'http'),
  pass_access_scheme: (request) => (request.tls ? 'https' : 'http'),
  args: (request) => uriOf(request)?.args ?? '',
  query_string: (request) => uriOf(request)?.args ?? '',
  is_args: (request) => ((uriOf(request)?.args ?? '') === '' ? '' : '?'),
  request_method: (request) => request.method,
};
const VARIABLE = /\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/g;

/** Variables in a text that are not evaluated here. */
export function unknownVariables(text: string): readonly string[] {
  return [...text.matchAll(VARIABLE)]
    .map((found) => found[1] ?? found[2] ?? '')
    .filter((name) => !Object.hasOwn(VARIABLES, name));
}

/** The text with the variables of a request filled in; unknown ones stay as they are. */
export function fillVariables(text: string, request: Request): string {
  return text.replace(VARIABLE, (whole, braced: string | undefined, plain: string | undefined) => {
    const name = braced ?? plain ?? '';
    return Object.hasOwn(VARIABLES, name) ? (VARIABLES[name]?.(request) ?? whole) : whole;
  });
}
