import { toBytes } from '../../match/bytes.ts';
import { compilePattern, type Pattern } from '../../match/pattern.ts';
import type { Request } from '../../request.ts';
import { escapeArgs, escapeUri, type NginxUri, uriOf } from './uri.ts';

/** The effect of `rewrite "(?i)<path>" <target> break;` followed by proxy_pass without a URI. */
export interface RewriteRule {
  /** Path and query that the backend receives; undefined when the expression does not match or cannot be run. */
  readonly apply: (request: Request) => string | undefined;
  /** The target is a URL, so NGINX answers with a redirect instead. */
  readonly redirects: boolean;
  readonly notUnderstood?: string;
}

type Part = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'capture'; readonly index: number };

/**
 * Compiles rewrite-target (template.go: buildProxyPass; NGINX src/http/modules/ngx_http_rewrite_module.c and
 * ngx_http_script.c). The expression is searched in the decoded path, anywhere, ignoring case.
 */
export function compileRewrite(path: string, target: string): RewriteRule {
  const pattern = compilePattern(toBytes(path), { engine: 'pcre', ignoreCase: true, full: false });
  const keepsArgs = !target.endsWith('?');
  const source = toBytes(keepsArgs ? target : target.slice(0, -1));
  const redirects = /^(?:https?:\/\/|\$scheme)/.test(source);
  const problem = pattern.notUnderstood ?? findVariable(source);
  if (problem !== undefined) return { apply: () => undefined, redirects, notUnderstood: problem };
  const question = redirects ? -1 : source.indexOf('?');
  const parts = parseTarget(question < 0 ? source : source.slice(0, question));
  const args = question < 0 ? undefined : parseTarget(source.slice(question + 1));
  return {
    redirects,
    apply: (request) => {
      const uri = uriOf(request);
      const captures = uri === undefined ? undefined : pattern.exec(uri.path);
      if (uri === undefined || captures === undefined || captures === null) return undefined;
      if (redirects) return redirectTo(parts, captures, uri, keepsArgs);
      const newPath = fill(parts, captures, (text) => text);
      const newArgs = joinArgs(args, captures, uri, keepsArgs);
      return escapeUri(newPath) + (newArgs === '' ? '' : `?${newArgs}`);
    },
  };
}

/** The expression of a location as the matcher needs it, for messages and tests. */
export function locationPattern(path: string): Pattern {
  return compilePattern(toBytes(`^${path}`), { engine: 'pcre', ignoreCase: true, full: false });
}

function joinArgs(
  args: readonly Part[] | undefined,
  captures: readonly string[],
  uri: NginxUri,
  keepsArgs: boolean,
): string {
  if (args === undefined) return keepsArgs ? uri.args : '';
  const own = fill(args, captures, uri.escaped ? escapeArgs : (text) => text);
  return keepsArgs && uri.args !== '' ? `${own}&${uri.args}` : own;
}

/** Captures are escaped into the URL and harmless escapes undone again (NGX_UNESCAPE_REDIRECT). */
function redirectTo(parts: readonly Part[], captures: readonly string[], uri: NginxUri, keepsArgs: boolean): string {
  const url = unescapeRedirect(fill(parts, captures, uri.escaped ? escapeArgs : (text) => text));
  if (!keepsArgs || uri.args === '') return url;
  return `${url}?${uri.args}`;
}

function unescapeRedirect(url: string): string {
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  const decoded = path.replace(/%([0-9A-Fa-f]{2})/g, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code > 0x25 && code < 0x7f ? String.fromCharCode(code) : whole;
  });
  return end < 0 ? decoded : decoded + url.slice(end);
}

function parseTarget(target: string): readonly Part[] {
  return target.split(/(\$[1-9])/).flatMap((piece): readonly Part[] => {
    if (piece === '') return [];
    return /^\$[1-9]$/.test(piece) ? [{ kind: 'capture', index: Number(piece[1]) }] : [{ kind: 'text', text: piece }];
  });
}

function fill(parts: readonly Part[], captures: readonly string[], escape: (text: string) => string): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : escape(captures[part.index] ?? ''))).join('');
}

/** NGINX variables other than captures are not evaluated here. */
function findVariable(target: string): string | undefined {
  const found = /\$(?![1-9])[{A-Za-z0-9_]*/.exec(target)?.[0];
  return found === undefined ? undefined : `rewrite-target uses the NGINX variable ${found}`;
}
