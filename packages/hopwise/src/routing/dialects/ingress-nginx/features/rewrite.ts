import type { AnnotationReader } from '../annotation-reader.ts';
import { valueOr } from '../annotation-reader.ts';
import type { ControllerConfig } from '../config-map.ts';
import { rewriteTarget } from '../validators.ts';

/** internal/ingress/annotations/rewrite. */
export interface Rewrite {
  /** '' when there is none. */
  readonly target: string;
  readonly targetKey?: string;
  readonly useRegex: boolean;
  readonly useRegexKey?: string;
  readonly appRoot: string;
  readonly sslRedirect: boolean;
  readonly forceSslRedirect: boolean;
  readonly preserveTrailingSlash: boolean;
}

/** A value that cannot be used falls back to the ConfigMap or to nothing; it never drops the Ingress. */
export function readRewrite(reader: AnnotationReader, config: ControllerConfig): Rewrite {
  const target = reader.text('rewrite-target', rewriteTarget);
  const useRegex = reader.bool('use-regex');
  return {
    target: valueOr(target, ''),
    ...(target.state === 'set' ? { targetKey: target.key } : {}),
    useRegex: valueOr(useRegex, false),
    ...(useRegex.state === 'set' ? { useRegexKey: useRegex.key } : {}),
    appRoot: readAppRoot(reader),
    sslRedirect: valueOr(reader.bool('ssl-redirect'), config.bool('ssl-redirect', true).value),
    forceSslRedirect: valueOr(reader.bool('force-ssl-redirect'), config.bool('force-ssl-redirect', false).value),
    preserveTrailingSlash: valueOr(
      reader.bool('preserve-trailing-slash'),
      config.bool('preserve-trailing-slash', false).value,
    ),
  };
}

/** Must be an absolute path (url.ParseRequestURI that is not an absolute URL). */
function readAppRoot(reader: AnnotationReader): string {
  const appRoot = valueOr(reader.text('app-root', rewriteTarget), '');
  return appRoot.startsWith('/') && !/[\x00-\x20\x7f]|%(?![0-9A-Fa-f]{2})/.test(appRoot) ? appRoot : '';
}
