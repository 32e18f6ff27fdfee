/** What the controller posts to the Lua side of a running NGINX, and this test puts there before it starts. */
export interface Posted {
  /** JSON as posted to /configuration/backends. */
  readonly backends: string;
  /** JSON as posted to /configuration/servers. */
  readonly servers: string;
}

export interface NginxPorts {
  /** Where every backend is. */
  readonly echo: number;
  /** From ports in the rendered file to the ones really used. */
  readonly listen: ReadonlyMap<number, number>;
}

/** Files the adapted configuration reads, beside the controller's own; paths as NGINX sees them. */
export const LIBRARIES = '/etc/nginx/missing-libraries.lua';
export const BACKENDS = '/etc/nginx/backends.json';
export const SERVERS = '/etc/nginx/servers.json';

/** Carries to the echo server which backend was chosen: the name in NGINX, and the canary's if Lua took that. */
export const BACKEND_HEADER = 'X-Chosen-Backend';

/** Directives of modules or versions that Debian's NGINX 1.22 lacks; none of them routes. */
const FOREIGN =
  /^\s*(?:more_(?:set|clear)(?:_input)?_headers|http2 (?:on|off)|set_escape_uri|brotli\w*|geoip2)\b.*;\s*$/gm;

/**
 * Makes a rendered nginx.conf run in Debian's NGINX. Servers, locations, rewrites and the controller's Lua stay as they are.
 * Taken out: the `stream` block, TLS per server name (every name gets the default certificate), metrics, and directives of
 * foreign modules. Added: the modules of Debian, the backends as Lua would have been told, the header of the choice,
 * listeners on free ports of 127.0.0.1 only.
 */
export function adaptConf(rendered: string, ports: NginxPorts): string {
  const http = rendered.slice(0, rendered.indexOf('\nstream {'));
  const adapted = withoutBlocks(http, [
    'ssl_certificate_by_lua_block',
    'log_by_lua_block',
    'header_filter_by_lua_block',
  ])
    .replace(FOREIGN, '')
    // /nginx_status is open to the controller's own host, which for once the client shares.
    .replace(/\ballow (?:127\.0\.0\.1|::1);/g, '')
    .replace(
      /^worker_processes .*;$/m,
      'master_process off;\ninclude /usr/share/nginx/modules-available/mod-http-ndk.conf;\ninclude /usr/share/nginx/modules-available/mod-http-lua.conf;',
    )
    .replace(/^worker_rlimit_nofile .*;$/m, '')
    .replace(/worker_connections .*;/, 'worker_connections 512;')
    .replace(
      /lua_package_path .*;/,
      'lua_package_path "/etc/nginx/lua/?.lua;/usr/share/lua/5.1/?.lua;/usr/share/lua/5.1/?/init.lua;;";',
    )
    .replace(
      /init_by_lua_block \{/,
      `init_by_lua_block {\n        ECHO_PORT = ${ports.echo}\n        dofile("${LIBRARIES}")`,
    )
    .replace(/init_worker_by_lua_block \{/, `init_worker_by_lua_block {${TELL_LUA}`)
    .replace(
      /^(\s*)(proxy|grpc)_set_header(\s+)X-Request-ID\b/gm,
      `$1$2_set_header$3${BACKEND_HEADER} "$proxy_upstream_name|$proxy_alternative_upstream_name";\n$&`,
    );
  return withHttpBackends(onLoopback(adapted, ports));
}

/** Every listener on 127.0.0.1, and at a port of the test's own where there is one for it. */
function onLoopback(conf: string, { listen }: NginxPorts): string {
  return conf
    .replace(/\blisten \[::\]:[^;]*;/g, '')
    .replace(
      /\blisten (?:[\d.]+:)?(\d+)/g,
      (_, port: string) => `listen 127.0.0.1:${listen.get(Number(port)) ?? port}`,
    );
}

/** Before the controller's own init_worker, which reads what was posted (lua/configuration.lua: handle_backends, handle_servers). */
const TELL_LUA = `
        local function read(path)
          local file = io.open(path)
          local text = file:read("*a")
          file:close()
          return text
        end
        ngx.shared.configuration_data:set("backends", read("${BACKENDS}"))
        ngx.shared.configuration_data:set("raw_backends_last_synced_at", ngx.time())
        for name, uid in pairs(require("cjson.safe").decode(read("${SERVERS}")).servers) do
          if uid ~= "-1" then ngx.shared.certificate_servers:set(name, uid) end
        end
`;

/** Whatever protocol a backend speaks, the echo server is asked over HTTP. */
function withHttpBackends(conf: string): string {
  return conf
    .replace(/grpc_set_header/g, 'proxy_set_header')
    .replace(/(?:grpcs?_pass grpcs?|proxy_pass https?):\/\/upstream_balancer/g, 'proxy_pass http://upstream_balancer')
    .replace(/fastcgi_pass upstream_balancer/g, 'proxy_pass http://upstream_balancer')
    .replace(/^\s*(?:grpc|fastcgi|proxy_ssl)_(?!temp_path)\w+\b.*;$/gm, '')
    .replace(/include \/etc\/nginx\/fastcgi_params;/g, '');
}

/** The text without the braced blocks of these directives. */
function withoutBlocks(text: string, names: readonly string[]): string {
  const opening = new RegExp(`\\b(?:${names.join('|')})\\s*\\{`, 'g');
  let kept = '';
  let from = 0;
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    if (found.index < from) continue;
    kept += text.slice(from, found.index);
    from = endOfBlock(text, found.index + found[0].length);
  }
  return kept + text.slice(from);
}

function endOfBlock(text: string, start: number): number {
  let depth = 1;
  let at = start;
  for (; depth > 0 && at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') depth -= 1;
  }
  return at;
}
