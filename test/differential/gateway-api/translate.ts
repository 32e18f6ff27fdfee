import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Json, JsonObject } from '../../../packages/hopwise/src/sources/contract.ts';

const run = promisify(execFile);

/** What Envoy Gateway makes of a cluster's objects. */
export interface Translation {
  /** By `namespace/name` of the Gateway. */
  readonly xds: ReadonlyMap<string, XdsResources>;
  /** `Kind/namespace/name` of the routes that stand in Envoy's configuration. */
  readonly served: ReadonlySet<string>;
  /** `Kind/namespace/name` of routes with the Accepted condition of each parent it wrote about. */
  readonly accepted: ReadonlyMap<string, readonly boolean[]>;
}
export interface XdsResources {
  readonly listeners: readonly JsonObject[];
  readonly routes: ReadonlyMap<string, JsonObject>;
  readonly clusters: readonly JsonObject[];
  readonly endpoints: ReadonlyMap<string, JsonObject>;
}

export interface Translator {
  readonly egctl: string;
  /** For its input file. */
  readonly folder: string;
  /** Takes the place of the redacted certificates in Secrets. */
  readonly certificate: { readonly cert: string; readonly key: string };
}

/**
 * Runs `egctl x translate` over several clusters at once, because starting it costs more than a cluster does: the namespaces
 * of each get a prefix of their own. An Error stands for objects that the API would not take.
 */
export async function translate(
  translator: Translator,
  clusters: readonly (readonly JsonObject[])[],
): Promise<readonly (Translation | Error)[]> {
  try {
    const output = await runEgctl(
      translator,
      clusters.flatMap((objects, index) => toInput(translator, objects, prefixOf(index))),
    );
    return clusters.map((_, index) => readOutput(output, prefixOf(index)));
  } catch (error) {
    if (clusters.length <= 1) return clusters.map(() => asError(error));
    const each: (Translation | Error)[] = [];
    for (const objects of clusters) each.push(...(await translate(translator, [objects])));
    return each;
  }
}

function asError(error: unknown): Error {
  const text = (error as { readonly stderr?: unknown }).stderr;
  return new Error(typeof text === 'string' && text !== '' ? text : String(error));
}

/** Of one length, so that the order of names stays what it was. */
function prefixOf(index: number): string {
  return `t${String(index).padStart(3, '0')}-`;
}

function toInput({ certificate }: Translator, objects: readonly JsonObject[], prefix: string): readonly JsonObject[] {
  return objects.flatMap((object) => {
    // Services are reached at their cluster addresses: egctl never looks at endpoints (EndpointRoutingDisabled).
    if (object.kind === 'EndpointSlice') return [];
    if (object.kind === 'GatewayClass') return prefix === prefixOf(0) ? [object] : [];
    const named = addPrefix(object, prefix) as JsonObject;
    if (object.kind === 'Namespace') {
      return [{ ...named, metadata: { name: `${prefix}${(object.metadata as JsonObject).name}` } }];
    }
    return [object.kind === 'Secret' ? fill(named, certificate) : named];
  });
}

function addPrefix(value: Json | undefined, prefix: string): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map((entry) => addPrefix(entry, prefix) as Json);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, entry]) => [
      key,
      key === 'namespace' && typeof entry === 'string' ? prefix + entry : addPrefix(entry, prefix),
    ]),
  );
}

function fill(secret: JsonObject, { cert, key }: Translator['certificate']): JsonObject {
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  return { ...secret, data: { 'tls.crt': encode(cert), 'tls.key': encode(key) } };
}

let inputs = 0;

async function runEgctl({ egctl, folder }: Translator, objects: readonly JsonObject[]): Promise<JsonObject> {
  inputs += 1;
  const file = join(folder, `input-${inputs}.yaml`);
  writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  const options = ['--from', 'gateway-api', '--to', 'gateway-api,xds', '-t', 'all', '-o', 'json', '-f', file];
  try {
    const { stdout } = await run(egctl, ['x', 'translate', ...options], { maxBuffer: 1 << 29 });
    return JSON.parse(stdout) as JsonObject;
  } finally {
    rmSync(file);
  }
}

function readOutput(output: JsonObject, prefix: string): Translation {
  const xds = Object.entries((output.xds ?? {}) as JsonObject).filter(([gateway]) => gateway.startsWith(prefix));
  const gateways = new Map(xds.map(([gateway, dump]) => [gateway.slice(prefix.length), readDump(dump as JsonObject)]));
  return {
    xds: gateways,
    served: new Set([...gateways.values()].flatMap(({ routes }) => routesIn([...routes.values()], prefix))),
    accepted: new Map([...statuses(output.httpRoutes, prefix), ...statuses(output.grpcRoutes, prefix)]),
  };
}

function readDump(dump: JsonObject): XdsResources {
  const configs = (dump.configs ?? []) as readonly JsonObject[];
  const all = (type: string, list: string, path: readonly string[]): readonly JsonObject[] =>
    configs
      .filter((config) => (config['@type'] as string).endsWith(`.${type}`))
      .flatMap((config) => (config[list] ?? []) as readonly JsonObject[])
      .map((entry) => path.reduce((object, key) => object[key] as JsonObject, entry));
  return {
    listeners: all('ListenersConfigDump', 'dynamicListeners', ['activeState', 'listener']),
    routes: byName(all('RoutesConfigDump', 'dynamicRouteConfigs', ['routeConfig']), 'name'),
    clusters: all('ClustersConfigDump', 'dynamicActiveClusters', ['cluster']),
    endpoints: byName(all('EndpointsConfigDump', 'dynamicEndpointConfigs', ['endpointConfig']), 'clusterName'),
  };
}

function byName(list: readonly JsonObject[], key: string): ReadonlyMap<string, JsonObject> {
  return new Map(list.map((entry) => [entry[key] as string, entry]));
}

function statuses(routes: Json | undefined, prefix: string): (readonly [string, readonly boolean[]])[] {
  return ((routes ?? []) as readonly JsonObject[]).flatMap((route) => {
    const { namespace, name } = route.metadata as { readonly namespace: string; readonly name: string };
    if (!namespace.startsWith(prefix)) return [];
    const parents = ((route.status as JsonObject | undefined)?.parents ?? []) as readonly JsonObject[];
    const accepted = parents.map((parent) =>
      (parent.conditions as readonly JsonObject[]).some(({ type, status }) => type === 'Accepted' && status === 'True'),
    );
    return [[`${route.kind}/${namespace.slice(prefix.length)}/${name}`, accepted] as const];
  });
}

/** Envoy Gateway writes into every Envoy route which object it was made of. */
function routesIn(configurations: readonly JsonObject[], prefix: string): readonly string[] {
  const list = (object: JsonObject, key: string): readonly JsonObject[] => (object[key] ?? []) as readonly JsonObject[];
  return configurations
    .flatMap((configuration) => list(configuration, 'virtualHosts'))
    .flatMap((host) => list(host, 'routes'))
    .flatMap(({ metadata }) => {
      const filters = (metadata as JsonObject | undefined)?.filterMetadata as JsonObject | undefined;
      return list((filters?.['envoy-gateway'] ?? {}) as JsonObject, 'resources');
    })
    .map(({ kind, namespace, name }) => `${kind}/${(namespace as string).slice(prefix.length)}/${name}`);
}
