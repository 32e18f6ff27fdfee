/*
 * Proxies that look a backend's name up when they load their configuration and never again, as their files show it.
 * NGINX: proxy_pass with a plain host, and upstream servers without `resolve` (ngx_http_proxy_module, ngx_http_upstream_module).
 * HAProxy: server lines without `resolvers` (configuration manual, section 5.3). Varnish: `.host` of a backend (vcl-backend).
 */

interface Rule {
  readonly proxy: string;
  readonly line: RegExp;
  /** The line asks for the name to be looked up again. */
  readonly again: RegExp;
}

const RULES: readonly Rule[] = [
  {
    proxy: 'NGINX',
    line: /^\s*(?:proxy_pass|grpc_pass)\s+[a-z0-9]{2,8}:\/\/([A-Za-z0-9_.-]{1,253})(?::\d{1,5})?[^$]*;/,
    again: /\$/,
  },
  {
    proxy: 'NGINX',
    line: /^\s*server\s+([A-Za-z0-9_.-]{1,253})(?::\d{1,5})?(?:\s[^;]{0,200})?;/,
    again: /\sresolve\b/,
  },
  {
    proxy: 'HAProxy',
    line: /^\s*server\s+\S{1,100}\s+([A-Za-z0-9_.-]{1,253}):\d{1,5}(?:\s|$)/,
    again: /\bresolvers\s/,
  },
  { proxy: 'Varnish', line: /^\s*\.host\s*=\s*"([A-Za-z0-9_.-]{1,253})"\s*;/, again: /$^/ },
];

export interface OnceResolved {
  readonly proxy: string;
  readonly name: string;
  readonly line: string;
  /** Words before the line that say for which requests it is: `location /settings/ {`, `backend settings`. */
  readonly scope: string;
}

const MOST_LINES = 20_000;

/** Names in a proxy's configuration file that it looks up only once; addresses and upstream blocks of the file are left out. */
export function onceResolved(text: string): readonly OnceResolved[] {
  const lines = text.split('\n', MOST_LINES);
  const upstreams = new Set(lines.flatMap((line) => /^\s*upstream\s+([A-Za-z0-9_.-]{1,253})/.exec(line)?.[1] ?? []));
  const found: OnceResolved[] = [];
  let scope = '';
  for (const line of lines) {
    if (/^\s*(?:location|upstream|backend|listen|server_name)\s/.test(line) || /^\s*backend\s+\w+\s*\{/.test(line))
      scope = line.trim();
    for (const { proxy, line: pattern, again } of RULES) {
      const name = pattern.exec(line)?.[1];
      if (name === undefined || again.test(line) || upstreams.has(name) || !isName(name)) continue;
      found.push({ proxy, name: name.toLowerCase(), line: line.trim(), scope });
      break;
    }
  }
  return found;
}

function isName(text: string): boolean {
  return !/^[\d.]+$/.test(text) && text !== 'localhost' && text !== 'unix' && /[a-z]/i.test(text);
}
