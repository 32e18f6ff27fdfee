import { formatPath } from '../../../base/field-path.ts';
import { idOf } from '../../../base/object-id.ts';
import type { Ingress } from '../../../model/kinds/ingress.ts';
import type { Request } from '../../request.ts';
import type { Rewrite } from '../../route-table.ts';

/** The rewrites of other controllers that are plain enough to apply; undefined for none. */
export function readRewrite(
  id: string | undefined,
  ingress: Ingress,
  path: string,
  service: string | undefined,
): Rewrite | undefined {
  switch (id) {
    case 'kong':
      return stripPath(ingress, path);
    case 'nginx-inc':
      return nginxRewrites(ingress, path, service);
    default:
      return undefined;
  }
}

/** konghq.com/strip-path takes the matched path off; it is off by default. */
function stripPath(ingress: Ingress, path: string): Rewrite | undefined {
  const key = 'konghq.com/strip-path';
  if (ingress.annotations[key] !== 'true' || path.startsWith('/~')) return undefined;
  return replaceStart(ingress, key, key, path.replace(/\/+$/, ''), '');
}

/** nginx.org/rewrites `serviceName=tea rewrite=/;…`: the location's path is replaced (proxy_pass with a URI). */
function nginxRewrites(ingress: Ingress, path: string, service: string | undefined): Rewrite | undefined {
  const key = 'nginx.org/rewrites';
  const target = (ingress.annotations[key] ?? '')
    .split(';')
    .map((part) => /^\s*serviceName=(\S+)\s+rewrite=(\S+)\s*$/.exec(part))
    .find((part) => part?.[1] === service)?.[2];
  return target === undefined ? undefined : replaceStart(ingress, key, `${key} ${target}`, path, target);
}

function replaceStart(ingress: Ingress, key: string, text: string, start: string, by: string): Rewrite {
  return {
    text,
    from: { kind: 'field', object: idOf(ingress), path: formatPath(['metadata', 'annotations', key]) },
    path: (request: Request) => {
      const rest = request.path.startsWith(start) ? by + request.path.slice(start.length) : request.path;
      return (rest.startsWith('/') ? rest : `/${rest}`) + request.query;
    },
  };
}
