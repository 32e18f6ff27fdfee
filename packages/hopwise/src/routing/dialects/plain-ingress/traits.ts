import type { Ingress } from '../../../model/kinds/ingress.ts';
import type { IngressController } from '../../ingress/controllers.ts';
import { isSet } from '../../ingress/flags.ts';
import type { PathMatch } from '../../route-table.ts';

/** How one controller compares paths where it departs from the Ingress specification. */
export interface PathTraits {
  readonly prefix?: (path: string, place: PathPlace) => PathMatch;
  readonly implementationSpecific?: (path: string, place: PathPlace) => PathMatch;
  /** Requests for a host that has rules, none of which matches, go on to the rules without host. */
  readonly hostFallsThrough?: boolean;
}
export interface PathPlace {
  readonly controller: IngressController;
  readonly ingress: Ingress;
}

function stringPrefix(path: string): PathMatch {
  return { kind: 'prefix', value: path };
}

/** `/a/*` stands for everything below; without a star a path stands for itself (cloud load balancers). */
function starPath(path: string): PathMatch {
  if (path === '/') return stringPrefix('/');
  return path.endsWith('*') ? stringPrefix(path.slice(0, -1)) : { kind: 'exact', value: path };
}

/** F5: both loose types become `location /path` (internal/configs/ingress.go: generateIngressPath); path-regex makes expressions of them. */
function nginxLocation(path: string, { ingress }: PathPlace): PathMatch {
  const regex = ingress.annotations['nginx.org/path-regex'];
  if (regex === 'exact') return { kind: 'exact', value: path };
  if (regex !== 'case_sensitive' && regex !== 'case_insensitive') return stringPrefix(path);
  return { kind: 'regex', value: `^${path}`, engine: 'pcre', ignoreCase: regex === 'case_insensitive', full: false };
}

/** By the id of the known controller; sorted. */
export const PATH_TRAITS: Readonly<Record<string, PathTraits>> = {
  agic: { implementationSpecific: starPath },
  alb: { implementationSpecific: starPath, hostFallsThrough: true },
  // internal/dag/ingress_processor.go: a path that looks like an expression is one.
  contour: {
    implementationSpecific: (path) =>
      /[\^+*[\]%]/.test(path) ? { kind: 'regex', value: path, engine: 're2', full: true } : stringPrefix(path),
  },
  gce: { implementationSpecific: starPath },
  // pkg/route/route.go: PATH_PREFIX without the slash.
  haproxytech: { implementationSpecific: (path) => stringPrefix(path.replace(/\/+$/, '') || '/') },
  // internal/dataplane/translator/subtranslator/ingress.go: `/~` starts an expression.
  kong: {
    implementationSpecific: (path) =>
      path.startsWith('/~')
        ? { kind: 'regex', value: `^${path.slice(2)}`, engine: 'pcre', full: false }
        : stringPrefix(path),
    hostFallsThrough: true,
  },
  'nginx-inc': { prefix: nginxLocation, implementationSpecific: nginxLocation },
  // pkg/provider/kubernetes/ingress: PathPrefix compares strings unless strictPrefixMatching is on; routers are independent.
  traefik: {
    prefix: (path, { controller }) =>
      isSet(controller.flags, 'providers.kubernetesingress.strictprefixmatching')
        ? { kind: 'elements', value: path }
        : stringPrefix(path),
    implementationSpecific: stringPrefix,
    hostFallsThrough: true,
  },
};
