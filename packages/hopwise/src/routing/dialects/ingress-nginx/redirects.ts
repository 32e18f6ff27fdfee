import type { Action, Rule, RuleMatch } from '../../route-table.ts';
import type { Redirect } from './features/redirect.ts';
import type { NginxInstance } from './instance.ts';
import type { Location } from './locations.ts';
import { fillVariables, unknownVariables } from './nginx-text.ts';
import { annotationPath, type ParsedIngress } from './parsed-ingress.ts';
import { bestHost, plainHost, requestUri, seenScheme } from './request-words.ts';
import type { Surroundings } from './surroundings.ts';
import { since } from './version.ts';

/** `return <code> <url>`: a URL that is only a path becomes absolute unless relative redirects are asked for. */
export function redirectAction(redirect: Redirect, instance: NginxInstance): Action {
  const relative = writesRelative(redirect, instance);
  return {
    kind: 'redirect',
    status: redirect.code,
    why: `annotation ${redirect.key}`,
    location: (request) => {
      const url = fillVariables(redirect.url, request);
      return url.startsWith('/') && !relative ? `${seenScheme(request, instance)}://${plainHost(request)}${url}` : url;
    },
  };
}

/** NGINX leaves scheme and host out of its redirects; both the annotation and the setting came with 1.13.0. */
export function writesRelative(redirect: Redirect | undefined, instance: NginxInstance): boolean {
  if (!since(instance.version, 1, 13)) return false;
  return redirect?.relative === true || instance.config.bool('relative-redirects', false).value;
}

export function redirectNotes(owner: ParsedIngress, redirect: Redirect): Partial<Rule> {
  const unknown = unknownVariables(redirect.url);
  if (unknown.length === 0) return {};
  const why = `the NGINX variables ${unknown.join(', ')} in the redirect are not evaluated`;
  return { notUnderstood: [...owner.notes, { object: owner.object, path: annotationPath(redirect.key), why }] };
}

/** Conditions under which plain HTTP is sent to HTTPS (rootfs/etc/nginx/lua/lua_ingress.lua: redirect_to_https). */
export function httpsRedirects(
  location: Location,
  owner: ParsedIngress,
  place: Surroundings,
): readonly Omit<RuleMatch, 'path'>[] {
  const { sslRedirect, forceSslRedirect } = owner.rewrite;
  if (!forceSslRedirect && !(sslRedirect && place.secured)) return [];
  const exempt = place.instance.config.text('no-tls-redirect-locations', '/.well-known/acme-challenge').value;
  const spared = exempt
    .split(',')
    .map((entry) => entry.trim())
    .some((entry) => entry !== '' && location.path.startsWith(entry));
  if (spared) return [];
  const { config, tlsEndsBefore } = place.instance;
  if (!config.bool('use-forwarded-headers', false).value) {
    // Behind a load balancer that ends TLS every request looks like plain HTTP, unless the PROXY protocol tells the port.
    return tlsEndsBefore && !config.bool('use-proxy-protocol', false).value ? [{}] : [{ tls: false }];
  }
  const name = 'x-forwarded-proto';
  return [
    { headers: [{ name, kind: 'exact', value: 'http' }] },
    { tls: false, headers: [{ name, kind: 'absent', value: '' }] },
  ];
}

export function toHttps(owner: ParsedIngress, instance: NginxInstance): Action {
  return {
    kind: 'redirect',
    status: redirectCode(instance),
    why: owner.rewrite.forceSslRedirect ? 'force-ssl-redirect' : 'ssl-redirect: the host has a TLS certificate',
    location: (request) => {
      const uri = requestUri(request);
      // Without preserve-trailing-slash the last slash goes (lua_ingress.lua: rewrite).
      const target = !owner.rewrite.preserveTrailingSlash && uri.endsWith('/') ? uri.slice(0, -1) : uri;
      return `https://${bestHost(request, instance).split(':')[0] ?? ''}${target}`;
    },
  };
}

/** http-redirect-code; anything but the four usual codes keeps the default. */
export function redirectCode(instance: NginxInstance): number {
  const status = instance.config.int('http-redirect-code', 308).value;
  return [301, 302, 307, 308].includes(status) ? status : 308;
}
