import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The controller and its NGINX want /etc/nginx, /etc/ingress-controller and /tmp/nginx. They get an /etc and a /tmp of their
 * own, which only they see (a mount namespace); from outside these are folders like any others.
 */
export interface PrivateRoot {
  readonly etc: string;
  readonly tmp: string;
  /** Program and arguments that run a command with this /etc and /tmp. */
  command(env: Readonly<Record<string, string>>, program: string, args: readonly string[]): readonly [string, string[]];
}

const PROGRAM = '/etc/program';
// Bound while the old /tmp is still in sight: the program may lie there.
const ENTER = `
mount --bind "$2" "$0/etc/program" && mount --rbind "$0/etc" /etc && mount --bind "$0/tmp" /tmp || exit 71
shift 2
exec "$@"`;
/** Who the user is and how names resolve; the rest of the real /etc is nobody's business here. */
const KEPT = ['passwd', 'group', 'hosts', 'resolv.conf', 'nsswitch.conf', 'ld.so.cache'];

/** Lays both folders under `folder`, which must be one of the caller's own. */
export function layPrivateRoot(folder: string): PrivateRoot {
  const etc = join(folder, 'etc');
  const tmp = join(folder, 'tmp');
  for (const path of [
    'ingress-controller/ssl',
    'ingress-controller/auth',
    'ingress-controller/geoip',
    'nginx/template',
  ])
    mkdirSync(join(etc, path), { recursive: true, mode: 0o755 });
  mkdirSync(join(etc, 'ingress-controller', 'telemetry'), { recursive: true });
  mkdirSync(join(tmp, 'nginx'), { recursive: true, mode: 0o777 });
  writeFileSync(join(etc, 'program'), '', { mode: 0o755 });
  for (const name of KEPT)
    if (existsSync(`/etc/${name}`)) cpSync(`/etc/${name}`, join(etc, name), { dereference: true });
  return {
    etc,
    tmp,
    command: (env, program, args) => {
      const set = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      const inside = ['/usr/bin/env', ...set, PROGRAM, ...args];
      return ['unshare', [...namespaceFlags(), '--', 'sh', '-c', ENTER, folder, 'enter', program, ...inside]];
    },
  };
}

/** Why this machine cannot give a process mounts of its own; undefined when it can. */
export function whyNoPrivateRoot(): string | undefined {
  const tried = spawnSync('unshare', [...namespaceFlags(), '--', 'mount', '--bind', '/tmp', '/tmp'], {
    encoding: 'utf8',
  });
  if (tried.status === 0) return undefined;
  return `no mount namespace of one's own: ${tried.error?.message ?? tried.stderr.trim()}`;
}

function namespaceFlags(): readonly string[] {
  return process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user'];
}
