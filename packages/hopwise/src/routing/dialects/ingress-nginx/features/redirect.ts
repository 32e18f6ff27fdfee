import type { AnnotationReader, Read } from '../annotation-reader.ts';
import type { NginxInstance } from '../instance.ts';
import { plainUrl } from '../validators.ts';
import { since } from '../version.ts';

/** internal/ingress/annotations/redirect. */
export interface Redirect {
  /** '' when only www handling or relative redirects are asked for. */
  readonly url: string;
  readonly code: number;
  readonly key: string;
  readonly fromToWww: boolean;
  readonly relative: boolean;
}

const CODE_DEFAULTS = { temporal: 302, permanent: 301 } as const;

/**
 * Temporal wins over permanent. A value that is refused by validation drops the whole Ingress (`drop` names it); one that
 * merely cannot be parsed switches all redirects of the Ingress off.
 */
export function readRedirect(
  reader: AnnotationReader,
  instance: Pick<NginxInstance, 'version'>,
): { readonly redirect?: Redirect; readonly drop?: string } {
  const www = reader.bool('from-to-www-redirect');
  // relative-redirects came with 1.13, temporal-redirect-code with 1.12.
  const relative: Read<boolean> = since(instance.version, 1, 13)
    ? reader.bool('relative-redirects')
    : { state: 'missing' };
  const temporal = reader.text('temporal-redirect', plainUrl);
  const temporalCode: Read<number> = since(instance.version, 1, 12)
    ? reader.int('temporal-redirect-code')
    : { state: 'missing' };
  const inTemporal = temporal.state === 'set';
  const permanent = reader.text('permanent-redirect', plainUrl);
  const permanentCode = reader.int('permanent-redirect-code');
  const consulted: readonly Read<unknown>[] = inTemporal
    ? [www, relative, temporal, temporalCode]
    : [www, relative, temporal, permanent, permanentCode];
  const bad = consulted.find((read) => read.state === 'refused' || read.state === 'unreadable');
  if (bad?.state === 'refused') return { drop: bad.key };
  if (bad !== undefined) return {};
  const flags = { fromToWww: www.state === 'set' && www.value, relative: relative.state === 'set' && relative.value };
  if (temporal.state === 'set') {
    if (!isHttpUrl(temporal.value)) return {};
    const code = temporalCode.state === 'set' ? temporalCode.value : 0;
    const used = code >= 300 && code <= 307 ? code : CODE_DEFAULTS.temporal;
    return { redirect: { url: temporal.value, code: used, key: temporal.key, ...flags } };
  }
  const code = permanentCode.state === 'set' ? permanentCode.value : 0;
  const used = code >= 300 && code <= 308 ? code : CODE_DEFAULTS.permanent;
  if (permanent.state === 'set')
    return { redirect: { url: permanent.value, code: used, key: permanent.key, ...flags } };
  if (!flags.fromToWww && !flags.relative) return {};
  return { redirect: { url: '', code: used, key: reader.key('from-to-www-redirect'), ...flags } };
}

/** Only checked for temporal redirects: the scheme must begin with `http`. */
function isHttpUrl(text: string): boolean {
  return /^http[a-z0-9+.-]*:/i.test(text);
}
