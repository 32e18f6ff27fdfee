import { parsePath } from '../base/field-path.ts';
import { pointerOf } from '../base/json-pointer.ts';
import { idOf, type ObjectId, splitId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Container, Pod } from '../model/kinds/pod.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import { workloadOf } from './path-queries.ts';

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
 * command and args. The text must stand alone: `cart` is not found in `cartridge` or `cart.shop`. Values that come from
 * Secrets cannot be seen.
 */
export function findConfigSource(model: ClusterModel, pod: Pod, text: string): ConfigSource | undefined {
  if (text.length < 3) return undefined;
  for (const name of configMapsOf(pod)) {
    const map = model.get('ConfigMap', pod.namespace, name);
    if (map.state !== 'found') continue;
    for (const [key, value] of Object.entries(map.value.data)) {
      const at = indexOfWord(value, text);
      if (at === -1) continue;
      const line = lineAt(value, at);
      const path = `data["${key}"]`;
      return {
        object: idOf(map.value),
        path,
        value: line,
        evidence: citeField(map.value, path, `${key}: ${line.slice(0, 160)}`, line.slice(0, 160)),
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

/** RFC 6902: the field of a source with one text put in place of another. Undefined when the object is not kept whole. */
export function replaceInSource(
  model: ClusterModel,
  source: ConfigSource,
  from: string,
  to: string,
): { readonly object: ObjectId; readonly type: 'json'; readonly patch: readonly JsonObject[] } | undefined {
  const raw = model.raw(source.object);
  const pointer = pointerOf(source.path);
  const steps = parsePath(source.path);
  if (raw === undefined || pointer === undefined || steps === undefined) return undefined;
  let value: Json | undefined = raw;
  for (const step of steps) value = childOf(value, step);
  if (typeof value !== 'string' || indexOfWord(value, from) === -1) return undefined;
  return {
    object: source.object,
    type: 'json',
    patch: [{ op: 'replace', path: pointer, value: replaceWords(value, from, to) }],
  };
}

function childOf(value: Json | undefined, step: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof step === 'number' ? (value as readonly Json[])[step] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, step) ? (value as JsonObject)[String(step)] : undefined;
}

/** Where pod templates lie in the kinds that make Pods. */
const TEMPLATES: Readonly<Record<string, string>> = {
  Pod: 'spec',
  CronJob: 'spec.jobTemplate.spec.template.spec',
};

function fromContainers(model: ClusterModel, pod: Pod, text: string): ConfigSource | undefined {
  const workload = workloadOf(model, pod);
  const owner = workload ?? pod;
  const prefix = TEMPLATES[splitId(idOf(owner)).kind] ?? 'spec.template.spec';
  // The template rather than the Pod: what admission added to the Pod is not in it, and positions differ.
  const spec = workload?.template.spec ?? pod.spec;
  const mains = spec.containers.filter((container) => container.role === 'main');
  for (const [index, container] of mains.entries()) {
    const at = findInContainer(container, text);
    if (at === undefined) continue;
    const path = `${prefix}.containers[${index}].${at.path}`;
    return {
      object: idOf(owner),
      path,
      value: at.value,
      evidence: citeField(owner, path, `${at.path}: ${at.value.slice(0, 160)}`, at.value.slice(0, 160)),
    };
  }
  return undefined;
}

function findInContainer(container: Container, text: string): { path: string; value: string } | undefined {
  const holds = (value: string | undefined): boolean => value !== undefined && indexOfWord(value, text) !== -1;
  const env = container.env.findIndex((entry) => holds(entry.value));
  if (env !== -1)
    return { path: `env[${env}].value`, value: `${container.env[env]?.name}=${container.env[env]?.value}` };
  const arg = container.args.findIndex(holds);
  if (arg !== -1) return { path: `args[${arg}]`, value: container.args[arg] ?? '' };
  const word = container.command.findIndex(holds);
  return word === -1 ? undefined : { path: `command[${word}]`, value: container.command[word] ?? '' };
}

function lineAt(value: string, at: number): string {
  const start = value.lastIndexOf('\n', at) + 1;
  const end = value.indexOf('\n', at);
  return value.slice(start, end === -1 ? undefined : end).trim();
}

/** Position of the text where it is not a part of a longer name or address; -1 when it is nowhere. */
function indexOfWord(value: string, text: string, from = 0): number {
  for (let at = value.indexOf(text, from); at !== -1; at = value.indexOf(text, at + 1)) {
    const before = value.charCodeAt(at - 1);
    const end = at + text.length;
    const dotted = value[end] === '.' && isNameChar(value.charCodeAt(end + 1));
    if (!(at > 0 && (isNameChar(before) || before === 0x2e)) && !isNameChar(value.charCodeAt(end)) && !dotted)
      return at;
  }
  return -1;
}

function replaceWords(value: string, from: string, to: string): string {
  let out = '';
  let done = 0;
  for (let at = indexOfWord(value, from); at !== -1; at = indexOfWord(value, from, done)) {
    out += value.slice(done, at) + to;
    done = at + from.length;
  }
  return out + value.slice(done);
}

/** Letters, digits, `-` and `_`: what names consist of besides dots. */
function isNameChar(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2d ||
    code === 0x5f
  );
}
