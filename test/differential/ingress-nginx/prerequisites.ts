import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { whyNoPrivateRoot } from './private-root.ts';

/** Debian's packages and a file of each. */
const PACKAGES: Readonly<Record<string, string>> = {
  nginx: '/usr/sbin/nginx',
  'libnginx-mod-http-lua': '/usr/lib/nginx/modules/ngx_http_lua_module.so',
  'lua-resty-core': '/usr/share/lua/5.1/resty/core.lua',
  'lua-cjson': '/usr/lib/*/lua/5.1/cjson.so',
};

/** Why the real side cannot run on this machine; undefined when it can, as far as one sees without building it. */
export function whyNoRealSide(): string | undefined {
  const missing = Object.entries(PACKAGES).filter(([, file]) => globSync(file).length === 0);
  if (missing.length > 0) return `not installed: ${missing.map(([name]) => name).join(', ')}`;
  const go = spawnSync('go', ['version']);
  return go.status === 0 ? whyNoPrivateRoot() : 'Go is not installed';
}
