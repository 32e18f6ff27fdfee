import type { PathModifier } from '../../../model/kinds/gateway-api.ts';

/**
 * The path of a request after a path modifier. ReplacePrefixMatch works on whole path elements and ignores a trailing slash
 * of both the matched prefix and the replacement; nothing left means `/` (table in apis/v1/httproute_types.go,
 * HTTPPathModifier.ReplacePrefixMatch).
 */
export function modifyPath(path: string, modifier: PathModifier, matchedPrefix: string): string {
  if (modifier.kind !== 'ReplacePrefixMatch') return modifier.value === '' ? '/' : modifier.value;
  const rest = path.slice(withoutTrailingSlash(matchedPrefix).length);
  const replaced = withoutTrailingSlash(modifier.value) + rest;
  return replaced === '' ? '/' : replaced;
}

export function withoutTrailingSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
