import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessKeeper } from '../../controlplane/processes.ts';
import { adaptConf, type NginxPorts, type Posted } from './nginx-conf.ts';
import type { PrivateRoot } from './private-root.ts';

export type StartedNginx =
  | { readonly state: 'running'; stop(): Promise<void> }
  /** NGINX refuses the configuration, as it would in the controller's `nginx -t`. */
  | { readonly state: 'refused'; readonly why: string };

const PATIENCE_MS = 20_000;

/** Runs Debian's NGINX on a rendered configuration until it answers on `port` or has given up. */
export async function startNginx(
  root: PrivateRoot,
  keeper: ProcessKeeper,
  rendered: { readonly conf: string; readonly posted: Posted },
  ports: NginxPorts,
  httpPort: number,
): Promise<StartedNginx> {
  const nginx = join(root.etc, 'nginx');
  writeFileSync(join(nginx, 'missing-libraries.lua'), readFileSync(join(import.meta.dirname, 'missing-libraries.lua')));
  writeFileSync(join(nginx, 'backends.json'), rendered.posted.backends);
  writeFileSync(join(nginx, 'servers.json'), rendered.posted.servers);
  writeFileSync(join(nginx, 'run.conf'), adaptConf(rendered.conf, ports));
  const errors = join(root.tmp, 'nginx', 'errors.log');
  rmSync(errors, { force: true });
  const [file, args] = root.command({}, '/usr/sbin/nginx', [
    '-e',
    '/tmp/nginx/errors.log',
    '-c',
    '/etc/nginx/run.conf',
  ]);
  const program = keeper.start('nginx', file, args);
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await answers(httpPort))) {
    if (program.ended() !== undefined) {
      const why = /\[emerg\].*/.exec(program.readLog())?.[0];
      if (why === undefined || Date.now() > deadline) throw new Error(`NGINX did not start\n${program.readLog()}`);
      return { state: 'refused', why };
    }
    if (Date.now() > deadline) throw new Error(`NGINX does not answer\n${program.readLog()}`);
    await sleep(10);
  }
  return { state: 'running', stop: () => program.kill() };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
