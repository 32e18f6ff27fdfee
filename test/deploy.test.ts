import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../packages/hopwise/src/cli/invocation.ts';
import { readObjectArgument } from '../packages/hopwise/src/cli/object-argument.ts';
import { fillManifest } from '../tools/krew.ts';
import { REPOSITORY } from './reading/source-code.ts';

// What people copy out of deploy/ has to fit the program as it is today.

const read = (path: string): string => readFileSync(join(REPOSITORY, 'deploy', path), 'utf8');

describe('the k9s plugins', () => {
  interface Plugin {
    readonly shortCut: string;
    readonly scopes: readonly string[];
    readonly command: string;
    readonly args: readonly string[];
  }
  const { plugins } = load(read('k9s/plugins.yaml')) as { readonly plugins: Readonly<Record<string, Plugin>> };
  // derailed/k9s internal/config/json/schemas/plugins.json and internal/view/env.go.
  const FIELDS = ['shortCut', 'description', 'scopes', 'command', 'background', 'args'];
  const VALUES: Readonly<Record<string, string>> = { CONTEXT: 'prod', NAMESPACE: 'shop', NAME: 'web' };
  const SCOPES: Readonly<Record<string, string>> = {
    ingresses: 'Ingress',
    httproutes: 'HTTPRoute',
    services: 'Service',
    pods: 'Pod',
  };

  it.each(Object.entries(plugins))('%s runs a command that exists, on the selected object', (_, plugin) => {
    expect(Object.keys(plugin).sort()).toEqual([...FIELDS].sort());
    const args = plugin.args.map((arg) => arg.replace(/\$([A-Z]+)/g, (all, name: string) => VALUES[name] ?? all));
    expect(args.filter((arg) => /\$\w/.test(arg))).toEqual([]);
    const [flag, script, program, ...rest] = args;
    expect([plugin.command, flag, program]).toEqual(['sh', '-c', 'hopwise']);
    const added = /^hopwise "\$@" (.*) 2>&1 \| less -R$/.exec(script ?? '')?.[1]?.split(' ') ?? [];
    const { argument = '', command, flags } = parseCommandLine([...rest, ...added]);
    expect(readObjectArgument(argument, undefined)).toEqual({
      kind: SCOPES[plugin.scopes.join()],
      namespace: 'shop',
      name: 'web',
    });
    expect([command.name, flags.get('context')]).toEqual([expect.stringMatching(/^(?:diagnose|trace)$/), 'prod']);
  });

  it('take a key once per view', () => {
    const keys = Object.values(plugins).map(({ scopes, shortCut }) => `${scopes} ${shortCut}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('the container', () => {
  const lines = read('container/Dockerfile').replaceAll('\\\n', ' ').split('\n');
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const instructions = (name: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));

  it('runs as a user by number and needs no shell', () => {
    expect(last.filter((line) => line.startsWith('USER '))).toEqual([
      expect.stringMatching(/^USER [1-9]\d*:[1-9]\d*$/),
    ]);
    for (const name of ['RUN', 'CMD', 'ENTRYPOINT'])
      for (const instruction of instructions(name)) expect(JSON.parse(instruction)).toEqual(expect.any(Array));
  });

  it('copies what the package has, and starts it', () => {
    const sources = last
      .filter((line) => line.startsWith('COPY --from=build '))
      .flatMap((line) => line.split(' ').slice(2, -1))
      .map((path) => path.replace(/^\/src\//, ''))
      .filter((path) => !path.includes('/dist/'));
    expect(sources).toContain('packages/hopwise/bin');
    expect(sources.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
    const [entrypoint = '[]'] = instructions('ENTRYPOINT');
    expect(JSON.parse(entrypoint).at(-1)).toBe('/app/bin/hopwise.cjs');
  });

  it('runs in a cluster with the generated role, unprivileged, with arguments that exist', () => {
    const objects = loadAll(read('container/cronjob.yaml')) as readonly Record<string, Record<string, unknown>>[];
    const role = load(read('rbac/clusterrole.yaml')) as { readonly metadata: { readonly name: string } };
    const find = (kind: string) => objects.find((object) => String(object.kind) === kind);
    expect(find('ClusterRoleBinding')).toMatchObject({ roleRef: { name: role.metadata.name } });
    const job = find('CronJob') as unknown as {
      readonly spec: { readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: PodSpec } } } };
    };
    const { spec } = job.spec.jobTemplate.spec.template;
    expect(spec.securityContext.runAsNonRoot).toBe(true);
    const [container] = spec.containers;
    expect(container?.securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
    expect(parseCommandLine(container?.args ?? []).command.name).toBe('scan');
  });

  interface PodSpec {
    readonly securityContext: { readonly runAsNonRoot: boolean };
    readonly containers: readonly { readonly args: readonly string[]; readonly securityContext: object }[];
  }
});

describe('the krew manifest', () => {
  it('is whole once it is filled in', () => {
    const text = fillManifest(join(REPOSITORY, 'LICENSE'), 'https://example.com/hopwise-1.tgz', 'https://example.com/');
    expect(text).not.toContain('{{');
    const manifest = load(text) as {
      readonly metadata: object;
      readonly spec: { readonly platforms: readonly object[] };
    };
    expect(manifest.metadata).toEqual({ name: 'hopwise' });
    expect(manifest.spec).toMatchObject({
      version: expect.stringMatching(/^v\d+\.\d+\.\d+/),
      homepage: 'https://example.com/',
    });
    expect(manifest.spec.platforms).toEqual([
      expect.objectContaining({
        uri: 'https://example.com/hopwise-1.tgz',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        bin: 'bin/hopwise.cjs',
      }),
    ]);
  });
});
