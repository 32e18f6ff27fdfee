import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort, type ProcessKeeper, type Program } from '../../controlplane/processes.ts';
import { type ControllerBuild, copyFolder } from './build-controller.ts';
import type { Posted } from './nginx-conf.ts';
import type { PrivateRoot } from './private-root.ts';

/** A running controller: what it last rendered and posted. */
export interface Controller {
  /** Stands in nginx.conf for NGINX's own status server. */
  readonly statusPort: number;
  /** The rendered nginx.conf, as soon as it contains `marker`. */
  rendered(marker: string): Promise<string>;
  /** The rendered nginx.conf and all that was posted beside it, as soon as they know this host and this backend. */
  settled(host: string, backend: string): Promise<{ readonly conf: string; readonly posted: Posted }>;
  /** It panicked: a regular expression of an Ingress can do that. */
  crashed(): boolean;
  stop(): Promise<void>;
}

export interface ControllerPlace {
  readonly build: ControllerBuild;
  readonly root: PrivateRoot;
  readonly keeper: ProcessKeeper;
  readonly kubeconfig: string;
  /** namespace/name of the Pod object that the controller takes itself for. */
  readonly pod: { readonly namespace: string; readonly name: string };
}

const PATIENCE_MS = 60_000;
const POLL_MS = 10;

/**
 * Starts the real controller with its own template against an API server. It writes /etc/nginx/nginx.conf; its NGINX is
 * `true`, which accepts every `-t` and `-s`, and what it would post to that NGINX is kept.
 */
export async function startController(place: ControllerPlace, flags: readonly string[]): Promise<Controller> {
  const { root, build } = place;
  layFiles(place);
  const [status = 0, stream = 0, health, fallback] = await freePorts(4);
  const own = [
    '--kubeconfig=/etc/kubeconfig',
    `--status-port=${status}`,
    `--stream-port=${stream}`,
    `--healthz-port=${health}`,
    `--default-server-port=${fallback}`,
    '--healthz-host=127.0.0.1',
    '--enable-metrics=false',
    '--profiling=false',
    '--update-status=false',
    '--disable-leader-election',
    '--disable-sync-events',
    '--sync-rate-limit=1000',
  ];
  const env = { POD_NAME: place.pod.name, POD_NAMESPACE: place.pod.namespace, NGINX_BINARY: '/bin/true' };
  const [file, command] = root.command({ PATH: process.env.PATH ?? '', ...env }, build.program, [...own, ...flags]);
  const program = place.keeper.start(`ingress-nginx-${status}`, file, command);
  // A log of its own, whose lines are of this start only. It first checks that its ports are free, and only then may the other side of them be there.
  await until(() => program.readLog().includes('Creating API client'), program);
  const posted = await listen(status, stream);
  const confPath = join(root.etc, 'nginx', 'nginx.conf');
  const conf = (): string => readFileSync(confPath, 'utf8');
  return {
    statusPort: status,
    rendered: async (marker) => {
      await until(() => conf().includes(marker), program);
      return conf();
    },
    settled: async (host, backend) => {
      // Posted one after the other, the servers last (nginx.go: configureDynamically).
      const known = (): boolean =>
        conf().includes(host) && posted.backends().includes(backend) && posted.servers().includes(host);
      await until(known, program);
      return { conf: conf(), posted: { backends: posted.backends(), servers: posted.servers() } };
    },
    crashed: () => program.ended() !== undefined && /^(?:panic:|goroutine )/m.test(program.readLog()),
    stop: async () => {
      // Asked politely it waits for every process named nginx on the machine to end.
      await program.kill();
      await posted.stop();
    },
  };
}

function layFiles({ root, build, kubeconfig }: ControllerPlace): void {
  const nginx = join(root.etc, 'nginx');
  if (!existsSync(join(nginx, 'lua'))) {
    copyFolder(build.files, nginx);
    writeFileSync(join(nginx, 'mime.types'), '');
    symlinkSync('/usr/lib/nginx/modules', join(nginx, 'modules'));
  }
  writeFileSync(join(nginx, 'nginx.conf'), '');
  cpSync(kubeconfig, join(root.etc, 'kubeconfig'));
}

async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await findFreePort());
  return [...ports];
}

interface PostedSoFar {
  backends(): string;
  servers(): string;
  stop(): Promise<void>;
}

/** Stands where NGINX's Lua takes the dynamic part of the configuration. */
async function listen(statusPort: number, streamPort: number): Promise<PostedSoFar> {
  const posts = new Map<string, string>();
  const http = createHttpServer((request, response) => {
    void readBody(request).then((body) => {
      if (request.method === 'POST') posts.set(request.url ?? '', body);
      response.writeHead(201).end();
    });
  });
  const stream = createTcpServer((socket) => socket.on('error', () => socket.destroy()).resume());
  await Promise.all([started(http, statusPort), started(stream, streamPort)]);
  return {
    backends: () => posts.get('/configuration/backends') ?? '',
    servers: () => posts.get('/configuration/servers') ?? '',
    stop: async () => {
      http.closeAllConnections();
      await Promise.all([closed(http), closed(stream)]);
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function started(server: Server | ReturnType<typeof createTcpServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function closed(server: Server | ReturnType<typeof createTcpServer>): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

async function until(reached: () => boolean, program: Program): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!reached()) {
    const ended = program.ended();
    if (ended !== undefined) throw new Error(`${ended}\n${program.readLog()}`);
    if (Date.now() > deadline) throw new Error(`ingress-nginx did not get there in time\n${program.readLog()}`);
    await sleep(POLL_MS);
  }
}
