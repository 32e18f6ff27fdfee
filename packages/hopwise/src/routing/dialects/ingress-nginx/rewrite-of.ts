import type { Action, NotUnderstood, Rewrite } from '../../route-table.ts';
import { type Location, needsRewrite } from './locations.ts';
import { annotationPath, fromAnnotation, type ParsedIngress } from './parsed-ingress.ts';
import { forwardedHost, requestUri } from './request-words.ts';
import { compileRewrite } from './rewrite-path.ts';
import type { Surroundings } from './surroundings.ts';

export interface RewriteFound {
  readonly rewrite: Rewrite;
  readonly notUnderstood: readonly NotUnderstood[];
}
export interface RewriteRedirect {
  readonly redirect: Action;
  readonly notUnderstood: readonly NotUnderstood[];
}

/** The rewrite of a location, or the redirect that a URL as target makes of it. */
export function readRewriteOf(
  location: Location,
  owner: ParsedIngress,
  place: Surroundings,
): RewriteFound | RewriteRedirect {
  const host = owner.settings.hostHeader?.value;
  const plain: Rewrite = {
    ...(host === undefined ? forwardedHost(place.instance) : { host }),
    ...(Object.keys(place.instance.requestHeaders).length > 0 ? { headers: place.instance.requestHeaders } : {}),
  };
  if (!needsRewrite(location)) return { rewrite: plain, notUnderstood: [] };
  const prefix = owner.forwardedPrefix;
  const headers = prefix === '' ? plain.headers : { ...plain.headers, 'x-forwarded-prefix': prefix };
  const { target, targetKey = '' } = owner.rewrite;
  const compiled = compileRewrite(location.path, target);
  const notUnderstood =
    compiled.notUnderstood === undefined
      ? []
      : [{ object: owner.object, path: annotationPath(targetKey), why: compiled.notUnderstood }];
  if (compiled.redirects) {
    return {
      redirect: {
        kind: 'redirect',
        status: 302,
        why: 'rewrite-target is a URL',
        location: (request) => compiled.apply(request) ?? target,
      },
      notUnderstood,
    };
  }
  return {
    rewrite: {
      ...plain,
      ...(headers === undefined ? {} : { headers }),
      ...(compiled.notUnderstood === undefined
        ? { path: (request) => compiled.apply(request) ?? requestUri(request) }
        : { unknown: true }),
      text: `rewrite (?i)${location.path} ${target}`,
      from: fromAnnotation(owner.object, targetKey),
    },
    notUnderstood,
  };
}
