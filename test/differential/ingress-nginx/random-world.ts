import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { Random } from './random.ts';
import { NAMESPACES, SERVICES, type World, type WorldIngress } from './world.ts';

const PREFIX = 'nginx.ingress.kubernetes.io/';

export const HOSTS = [
  'a.example.com',
  'b.example.com',
  '*.example.com',
  'x.y.example.com',
  '*.y.example.com',
  '',
  'www.a.example.com',
  'c.test',
  '*.test',
] as const;

const PATHS = [
  ...['/', '/a', '/a/', '/a/b', '/ab', '/a/b/c', '/A', '/foo.bar', '/a-b', '/foo', '/foo/', '/foo/bar', '', '/a/b/'],
  ...['/.well-known/acme-challenge/x', '/healthz', '/a+b'],
];
const EXPRESSIONS = [
  ...['/a(/|$)(.*)', '/(.*)', '/a/[0-9]+', '/v\\d+/x', '/a|/b', '/.*', '/a.*b', '/foo/?(.*)', '/foo(.*)'],
  ...[
    '/(a|foo)/(.*)',
    '/a/(b|c)$',
    '/x{2}',
    '/a\\.b',
    '/([^/]+)/(.+)',
    '/foo\\b',
    '/a/?',
    '/()',
    '/(?i)FOO',
    '/\\w+/(.*)',
  ],
];
/** Names that are hard to write into a configuration. */
const ODD_PATHS = [
  ...['/caf\u00e9', '/a b', '/a"b', "/it's", '/x;y', '/{z}', '/a%20b', '/$x', '/a\\b', '/#x', '/a?b', '/foo.', '/q;r'],
  '/%61',
];
const ODD_EXPRESSIONS = [
  ...['/a\\sb', '/(a|b', '/a[', '/(?!a)x', '/(?<n>a+)/b', '/[[:alpha:]]+/x', '/a{1,2}/', '/*', '/a++', '/(?:a|b)/(.*)'],
  ...['/\\d{2}', '/.{3}$', '/a.b$', '/A/(.*)'],
];
const REWRITES = [
  ...['/', '/$1', '/$2', '/x/$1/y', '/a', '/foo', '/$1/$2', '/x', 'http://other.example.org/$1', '/a/$1$2', '/b'],
  '/$1$1',
];

/** Annotation, how often, and its values. */
const ANNOTATIONS: readonly (readonly [string, number, readonly string[]])[] = [
  ['app-root', 0.1, ['/a', '/foo/bar', 'x', '/z?x=1']],
  [
    'server-alias',
    0.15,
    ['alias.example.com', 'b.example.com', 'c.test, d.test', '*.wild.test', '~^re\\d+\\.test$', 'www.a.example.com'],
  ],
  [
    'permanent-redirect',
    0.08,
    ['https://new.example.org/x', 'http://n.example.org', '/relative', 'https://new.example.org$request_uri'],
  ],
  ['permanent-redirect-code', 0.08, ['308', '301', '500', 'x', '302']],
  ['temporal-redirect', 0.08, ['https://tmp.example.org/?a=b', 'ftp://x']],
  ['temporal-redirect-code', 0.04, ['307', '302', '200']],
  ['from-to-www-redirect', 0.1, ['true', 'false']],
  ['ssl-redirect', 0.15, ['false', 'true', 'nope', '']],
  ['force-ssl-redirect', 0.1, ['true', 'false']],
  ['preserve-trailing-slash', 0.15, ['true']],
  ['upstream-vhost', 0.1, ['vhost.example.com']],
  ['default-backend', 0.1, ['web', 'next', 'idle', 'gone']],
  ['enable-cors', 0.06, ['true']],
  ['cors-allow-origin', 0.05, ['https://o.example.com', '*', 'https://*.o.example.com, http://q.test:8080']],
  ['service-upstream', 0.06, ['true', 'x']],
  ['backend-protocol', 0.06, ['HTTPS', 'grpc', 'FCGI', 'https', 'bogus']],
  ['x-forwarded-prefix', 0.05, ['/pfx']],
  ['custom-http-errors', 0.05, ['404,503', 'x']],
  ['whitelist-source-range', 0.03, ['127.0.0.1/32', 'bogus', '']],
  ['proxy-ssl-secret', 0.03, ['one/none', 'other/x', 'bad']],
  ['configuration-snippet', 0.03, ['# nothing']],
  ['auth-tls-secret', 0.03, ['one/none', 'bad', 'other/x']],
  ['load-balance', 0.03, ['ewma', 'bogus']],
  ['limit-rps', 0.03, ['1000', 'x']],
  ['custom-headers', 0.03, ['one/none']],
  ['auth-url', 0.03, ['no url', 'foo']],
  ['relative-redirects', 0.05, ['true']],
  ['use-regex', 0.03, ['true', 'false', 'nope']],
];
const CANARY: readonly (readonly [string, number, readonly string[]])[] = [
  ['canary', 1, ['true', 'true', 'true', 'false']],
  ['canary-by-header', 0.5, ['X-Canary']],
  ['canary-by-header-value', 0.3, ['blue']],
  ['canary-by-header-pattern', 0.2, ['gr.*n']],
  ['canary-by-cookie', 0.3, ['can_ary']],
  ['canary-weight', 0.6, ['0', '100', '50', '200']],
  ['canary-weight-total', 0.2, ['200', '50']],
];
const SETTINGS: readonly (readonly [string, number, readonly string[]])[] = [
  ['ssl-redirect', 0.15, ['false']],
  ['use-forwarded-headers', 0.15, ['true']],
  ['http-redirect-code', 0.1, ['301', '999', 'x']],
  ['no-tls-redirect-locations', 0.1, ['/a, /foo']],
  ['force-ssl-redirect', 0.1, ['true']],
  ['annotations-risk-level', 0.1, ['Critical', 'Medium', 'Low']],
  ['allow-snippet-annotations', 0.1, ['true']],
  ['custom-http-errors', 0.1, ['404,503', '503']],
  ['relative-redirects', 0.05, ['true']],
  ['service-upstream', 0.05, ['true']],
  ['annotation-value-word-blocklist', 0.05, ['foo,other']],
  ['strict-validate-path-type', 0.1, ['true']],
];
/** A controller is started anew for each of these, so that worlds share them. */
export const FLAG_SETS: readonly (readonly string[])[] = [
  [],
  ['--enable-annotation-validation=true'],
  ['--watch-ingress-without-class=true', '--default-backend-service=one/web'],
  ['--disable-catch-all', '--enable-annotation-validation=true'],
  ['--watch-ingress-without-class=true', '--default-backend-service=one/idle', '--enable-annotation-validation=true'],
  ['--ingress-class-by-name', '--ingress-class=second', '--controller-class=example.com/other'],
  ['--http-port=18080', '--https-port=18443', '--default-backend-service=two/shop'],
];

/** A random cluster for a controller with these flags. */
export function randomWorld(random: Random, flags: readonly string[]): World {
  const hosts = random.several(1, 3, () => random.pick(HOSTS));
  const expressions = random.chance(0.5);
  const ingresses = random.several(1, 6, (at) => randomIngress(random, `i${at}`, hosts, expressions));
  return { flags, settings: draw(random, SETTINGS, ''), ingresses };
}

function randomIngress(random: Random, name: string, hosts: readonly string[], expressions: boolean): WorldIngress {
  const regex = expressions && random.chance(0.5);
  const annotations: Record<string, string> = {
    ...draw(random, ANNOTATIONS, PREFIX),
    ...(random.chance(0.3) ? draw(random, CANARY, PREFIX) : {}),
    ...(regex && random.chance(0.7) ? { [`${PREFIX}use-regex`]: 'true' } : {}),
    ...(regex && random.chance(0.6) ? { [`${PREFIX}rewrite-target`]: random.pick(REWRITES) } : {}),
  };
  const rules = random.chance(0.9) ? random.several(1, 2, () => randomRule(random, random.pick(hosts), regex)) : [];
  const spec = {
    ...randomClass(random, annotations),
    ...(random.chance(rules.length === 0 ? 1 : 0.15) ? { defaultBackend: randomBackend(random) } : {}),
    ...(rules.length === 0 ? {} : { rules }),
    ...(random.chance(0.4)
      ? { tls: [{ hosts: [random.pick(HOSTS.filter((host) => host !== ''))], secretName: 'none' }] }
      : {}),
  };
  // Few different times, so that some are equal and the names decide.
  const created = `2026-01-01T00:00:0${random.below(4)}Z`;
  return { namespace: random.pick(NAMESPACES), name, created, annotations, spec };
}

function randomRule(random: Random, host: string, regex: boolean): JsonObject {
  const paths = random.several(1, 4, () => ({ ...randomPath(random, regex), backend: randomBackend(random) }));
  return { ...(host === '' ? {} : { host }), ...(random.chance(0.95) ? { http: { paths } } : {}) };
}

function randomPath(random: Random, regex: boolean): { path: string; pathType: string } {
  const odd = random.chance(0.08);
  if (regex && random.chance(0.6)) {
    return { path: random.pick(odd ? ODD_EXPRESSIONS : EXPRESSIONS), pathType: 'ImplementationSpecific' };
  }
  const path = random.pick(odd ? ODD_PATHS : PATHS);
  return {
    path,
    pathType:
      path === '' ? 'ImplementationSpecific' : random.pick(['Prefix', 'Prefix', 'Exact', 'ImplementationSpecific']),
  };
}

function randomBackend(random: Random): JsonObject {
  const port = random.chance(0.7)
    ? { number: random.pick([80, 80, 81, 8080, 99]) }
    : { name: random.pick(['http', 'alt', 'nope']) };
  return { service: { name: random.pick(SERVICES), port } };
}

/** Mostly `nginx` by field; else by the old annotation, by another class, by both or by nothing. */
function randomClass(random: Random, annotations: Record<string, string>): JsonObject {
  switch (random.below(16)) {
    case 0:
      annotations['kubernetes.io/ingress.class'] = random.pick(['nginx', 'second', 'other']);
      return {};
    case 1:
      return {};
    case 2:
      return { ingressClassName: random.pick(['other', 'missing', 'second']) };
    default:
      return { ingressClassName: 'nginx' };
  }
}

function draw(
  random: Random,
  table: readonly (readonly [string, number, readonly string[]])[],
  prefix: string,
): Record<string, string> {
  const drawn: Record<string, string> = {};
  for (const [name, share, values] of table) if (random.chance(share)) drawn[prefix + name] = random.pick(values);
  return drawn;
}
