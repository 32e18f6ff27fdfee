import { idOf, type ObjectId, objectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Container, Pod } from '../model/kinds/pod.ts';

/** Where a Pod got a piece of text (a host name, a URL, an address) from. */
export interface ConfigSource {
  /** The object to change: a ConfigMap, or the workload whose env or args hold it. */
  readonly object: ObjectId;
  readonly path: string;
  readonly value: string;
  readonly evidence: Evidence;
}

/**
 * Finds what configures a Pod with this text: the ConfigMaps it mounts or reads into its environment, then its own env,
 * command and args. Values that come from Secrets cannot be seen.
 */
export function findConfigSource(model: ClusterModel, pod: Pod, text: string): ConfigSource | undefined {
  if (text.length < 3) return undefined;
  for (const name of configMapsOf(pod)) {
    const map = model.get('ConfigMap', pod.namespace, name);
    if (map.state !== 'found') continue;
    for (const [key, value] of Object.entries(map.value.data)) {
      if (!value.includes(text)) continue;
      const line = value.split('\n').find((entry) => entry.includes(text)) ?? value;
      const path = `data["${key}"]`;
      return {
        object: idOf(map.value),
        path,
        value: line.trim(),
        evidence: citeField(map.value, path, `${key}: ${line.trim().slice(0, 160)}`, line.trim().slice(0, 160)),
      };
    }
  }
  return fromContainers(model, pod, text);
}

/** Names of the ConfigMaps a Pod mounts or reads into its environment. */
export function configMapsOf(pod: Pod): readonly string[] {
  const names = new Set<string>();
  for (const volume of pod.spec.volumes)
    if (volume.kind === 'ConfigMap' && volume.source !== undefined) names.add(volume.source);
  for (const container of pod.spec.containers) {
    for (const source of container.envFrom) if (source.kind === 'ConfigMap') names.add(source.name);
    for (const entry of container.env) if (entry.from?.kind === 'ConfigMap') names.add(entry.from.name);
  }
  return [...names].sort();
}

function fromContainers(model: ClusterModel, pod: Pod, text: string): ConfigSource | undefined {
  const workload = model.controllerOf(pod);
  const owner = model.object(workload) ?? pod;
  const prefix = owner === pod ? 'spec' : 'spec.template.spec';
  const mains = pod.spec.containers.filter((container) => container.role === 'main');
  for (const [index, container] of mains.entries()) {
    const at = findInContainer(container, text);
    if (at === undefined) continue;
    const path = `${prefix}.containers[${index}].${at.path}`;
    return {
      object: owner === pod ? objectId('Pod', pod.namespace, pod.name) : workload,
      path,
      value: at.value,
      evidence: citeField(owner, path, `${at.path}: ${at.value.slice(0, 160)}`, at.value.slice(0, 160)),
    };
  }
  return undefined;
}

function findInContainer(container: Container, text: string): { path: string; value: string } | undefined {
  const env = container.env.findIndex((entry) => entry.value?.includes(text) === true);
  if (env !== -1)
    return { path: `env[${env}].value`, value: `${container.env[env]?.name}=${container.env[env]?.value}` };
  const arg = container.args.findIndex((entry) => entry.includes(text));
  if (arg !== -1) return { path: `args[${arg}]`, value: container.args[arg] ?? '' };
  const word = container.command.findIndex((entry) => entry.includes(text));
  return word === -1 ? undefined : { path: `command[${word}]`, value: container.command[word] ?? '' };
}
