import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';
import type { EnvoyConfig } from './envoy-config.ts';

/** A running Envoy that takes its listeners and clusters from files, as it would take them from a control plane. */
export interface RunningEnvoy {
  /** Replaces the configuration; answers what Envoy said of the listeners that it refused. */
  readonly load: (config: EnvoyConfig) => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

const PATIENCE_MS = 60_000;

export async function startEnvoy(program: string, folder: string): Promise<RunningEnvoy> {
  const file = (name: string): string => join(folder, name);
  let version = 0;
  const write = (name: string, type: string, resources: readonly JsonObject[]): void => {
    const typed = resources.map((resource) => ({ '@type': `type.googleapis.com/${type}`, ...resource }));
    // Envoy sees that a file was moved in, never one that is half written.
    writeFileSync(file(`${name}.new`), JSON.stringify({ version_info: String(version), resources: typed }));
    renameSync(file(`${name}.new`), file(name));
  };
  write('clusters.json', CLUSTER, []);
  write('listeners.json', LISTENER, []);
  writeFileSync(file('bootstrap.json'), JSON.stringify(bootstrap(file('clusters.json'), file('listeners.json'))));
  const options = ['--concurrency', '1', '--drain-time-s', '1', '-l', 'error', '--use-dynamic-base-id'];
  const child = spawn(program, ['-c', file('bootstrap.json'), '--admin-address-path', file('admin'), ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const admin = (path: string): Promise<string> => askAdmin(child, file('admin'), path, () => complaints);
  await until(async () => (await admin('/ready')).startsWith('LIVE'));

  const updates = async (stat: string): Promise<number> => {
    const text = await admin(`/stats?filter=^${stat}.update_(success|rejected)`);
    return [...text.matchAll(/: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  await until(async () => (await updates('listener_manager.lds')) > 0);
  const replace = async (name: string, type: string, stat: string, resources: readonly JsonObject[]): Promise<void> => {
    const before = await updates(stat);
    write(name, type, resources);
    await until(async () => (await updates(stat)) > before);
  };
  return {
    load: async ({ listeners, clusters }) => {
      version += 1;
      await replace('clusters.json', CLUSTER, 'cluster_manager.cds', clusters);
      await replace('listeners.json', LISTENER, 'listener_manager.lds', listeners);
      return refusals(JSON.parse(await admin('/config_dump?resource=dynamic_listeners')) as JsonObject, listeners);
    },
    stop: () => stop(child),
  };
}

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const LISTENER = 'envoy.config.listener.v3.Listener';

function bootstrap(clusters: string, listeners: string): JsonObject {
  const source = (path: string): JsonObject => ({ path_config_source: { path }, resource_api_version: 'V3' });
  return {
    node: { id: 'hopwise', cluster: 'hopwise' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
    dynamic_resources: { cds_config: source(clusters), lds_config: source(listeners) },
    // As Envoy Gateway's own bootstrap has it.
    layered_runtime: {
      layers: [{ name: 'global', static_layer: { 're2.max_program_size.error_level': 4294967295 } }],
    },
  };
}

function refusals(dump: JsonObject, listeners: readonly JsonObject[]): readonly string[] {
  const names = new Set(listeners.map(({ name }) => name));
  return ((dump.configs ?? []) as readonly JsonObject[]).flatMap(({ name, error_state: error }) =>
    error === undefined || !names.has(name) ? [] : [`${(error as JsonObject).details}`],
  );
}

async function askAdmin(child: ChildProcess, file: string, path: string, why: () => string): Promise<string> {
  if (child.exitCode !== null) throw new Error(`Envoy ended: ${why()}`);
  if (!existsSync(file)) return '';
  try {
    return await (await fetch(`http://${readFileSync(file, 'utf8').trim()}${path}`)).text();
  } catch {
    return '';
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('Envoy did not take its configuration in time');
    await sleep(20);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
