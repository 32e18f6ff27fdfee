import type { WireRequest } from './ask.ts';
import type { Random } from './random.ts';

const HOSTS = [
  ...['a.example.com', 'a.example.com', 'b.example.com', 'z.example.com', 'x.y.example.com', 'q.y.example.com'],
  ...['nowhere.org', 'www.a.example.com', 'c.test', 'd.test', 'x.wild.test', 'x.z.wild.test', 're12.test'],
  ...[
    'alias.example.com',
    'A.Example.com',
    'a.example.com.',
    'www.b.example.com',
    'example.com',
    'www.c.test',
    'b.example.com:8443',
  ],
];
const SEGMENTS = [
  ...[
    'caf%C3%A9',
    '%22',
    'a%20b',
    '{z}',
    'a%09b',
    '%23x',
    '$x',
    'a%5Cb',
    'abc',
    'xyz',
    'n',
    'a',
    'b',
    'ab',
    'c',
    'foo',
  ],
  ...[
    'bar',
    'foo.bar',
    'A',
    'FOO',
    '',
    '.',
    '..',
    '%61',
    'a%2Fb',
    'x%20y',
    '%C3%A9',
    'v12',
    'x',
    'xx',
    '12',
    'a+b',
    'a%2Bb',
  ],
  ...[
    '%25',
    'a%3Fb',
    '%2e%2e',
    'foo%0a',
    "it's",
    'q;r',
    '.well-known',
    'acme-challenge',
    'healthz',
    'a.b',
    'a"b',
    'zz%zz',
  ],
];
const PATHS = [
  ...['/', '/a', '/a/', '/a/b', '/foo', '/foo/', '/foo/bar', '/ab', '/healthz', '/a/b/', '/foo.bar', '/nginx_status'],
  ...['/a/12', '/v3/x', '/a/b/c', '/.well-known/acme-challenge/x'],
];
const QUERIES = ['?a=b', '?x=/', '?', '?a=%20b&c=d', '?q=%C3%A9'];
const HEADERS: readonly (readonly [string, number, readonly string[]])[] = [
  ['X-Canary', 0.2, ['always', 'never', 'blue', 'green', 'zzz']],
  ['Cookie', 0.15, ['can_ary=always', 'a=b; can_ary=never', 'can_ary=zz', 'xcan_ary=always']],
  ['X-Forwarded-Proto', 0.1, ['http', 'https']],
  ['X-Forwarded-Host', 0.04, ['fwd.example.com', 'b.example.com, c.test']],
  ['Origin', 0.05, ['https://o.example.com', 'http://evil.test', 'https://sub.o.example.com', 'http://q.test:8080']],
];

export function randomRequest(random: Random): WireRequest {
  const path = random.chance(0.3)
    ? random.pick(PATHS)
    : `/${random.several(0, 4, () => random.pick(SEGMENTS)).join('/')}`;
  const headers: Record<string, string> = {};
  for (const [name, share, values] of HEADERS) if (random.chance(share)) headers[name] = random.pick(values);
  return {
    method: random.chance(0.9) ? 'GET' : random.pick(['POST', 'OPTIONS']),
    tls: random.chance(0.6),
    host: random.pick(HOSTS),
    target: path + (random.chance(0.3) ? random.pick(QUERIES) : ''),
    headers,
  };
}
