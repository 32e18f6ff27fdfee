import { execFile } from 'node:child_process';
import { get } from 'node:http';
import type { ApiClient } from '../contract.ts';

interface Container {
  readonly name: string;
  readonly command: readonly string[];
}
interface Created {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly Container[] };
}

export interface FakeCluster extends ApiClient {
  /** Manifests of every Pod that was created, and the names of those that are left. */
  readonly created: readonly Created[];
  readonly left: () => readonly string[];
  readonly calls: readonly string[];
}

export interface FakeOptions {
  /** Pods and Services that the API server's proxy reaches, by `name:port`: the port on this machine. */
  readonly reach?: Readonly<Record<string, number>>;
  /** A waiting reason in place of running the Pod. */
  readonly stuck?: string;
  /** Answers to a path, tried first. */
  readonly deny?: (method: string, path: string) => { readonly status: number; readonly message: string } | undefined;
}

/** An API server with one gateway Pod, whose node runs the commands of created Pods on this machine, as they stand. */
export function fakeCluster(options: FakeOptions = {}): FakeCluster {
  const pods = new Map<string, { manifest: Created; outputs: Map<string, string> }>();
  const created: Created[] = [];
  const calls: string[] = [];
  const answer = (status: number, value: unknown) => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  });
  const refusal = (status: number, message: string) =>
    answer(status, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: status });
  return {
    created,
    calls,
    left: () => [...pods.keys()],
    async request({ path, query = {}, method = 'GET', body, signal }) {
      signal.throwIfAborted();
      calls.push(`${method} ${path}`);
      const denied = options.deny?.(method, path);
      if (denied !== undefined) return refusal(denied.status, denied.message);
      const proxied = /\/(?:services|pods)\/([^/]+)\/proxy(\/.*)$/.exec(path);
      if (proxied !== null) {
        const port = options.reach?.[decodeURIComponent(proxied[1] ?? '')];
        if (port === undefined) return refusal(404, `"${proxied[1]}" not found`);
        return await passOn(port, proxied[2] ?? '/').catch(() =>
          refusal(503, `error trying to reach service: dial tcp 127.0.0.1:${port}: connect: connection refused`),
        );
      }
      if (method === 'POST') {
        const manifest = JSON.parse(body ?? '') as Created;
        created.push(manifest);
        const outputs = new Map<string, string>();
        pods.set(manifest.metadata.name, { manifest, outputs });
        if (options.stuck === undefined) for (const container of manifest.spec.containers) run(container, outputs);
        return answer(201, manifest);
      }
      const name = /\/pods\/([^/]+)/.exec(path)?.[1] ?? '';
      if (name === 'gateway-1')
        return answer(200, {
          metadata: { uid: 'u-1', labels: { app: 'gateway', 'pod-template-hash': 'abc' } },
          spec: { nodeName: 'node-1' },
        });
      const pod = pods.get(name);
      if (pod === undefined) return refusal(404, `pods "${name}" not found`);
      if (method === 'DELETE') return answer(pods.delete(name) ? 200 : 404, {});
      if (path.endsWith('/log')) return answer(200, pod.outputs.get(query.container ?? '') ?? '');
      return answer(200, {
        status: {
          phase: 'Pending',
          containerStatuses: pod.manifest.spec.containers.map((container) => ({
            state: pod.outputs.has(container.name)
              ? { terminated: { exitCode: 0 } }
              : { waiting: { reason: options.stuck ?? 'ContainerCreating', message: 'the image' } },
          })),
        },
      });
    },
  };
}

function run({ name, command }: Container, outputs: Map<string, string>): void {
  const [program = '', ...args] = command;
  // A container's log is both of its streams; curl writes its notes to the one and the numbers to the other.
  execFile(program, args, { timeout: 10_000 }, (_, out, err) => outputs.set(name, `${err}${out}`));
}

function passOn(port: number, path: string): ReturnType<ApiClient['request']> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Readonly<Record<string, string>>,
          body: Buffer.concat(pieces),
        }),
      );
    }).on('error', reject);
  });
}
