import { pointerOf } from '../base/json-pointer.ts';
import { idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Container, Pod } from '../model/kinds/pod.ts';
import type { Meta } from '../model/meta.ts';
import type { JsonObject } from '../sources/contract.ts';
import { configMapsOf } from './config-source.ts';

/** One text that a Pod is configured with: a ConfigMap's value, or a variable or argument of its template. */
export interface ConfiguredText {
  /** What is quoted: the object to change, or the Pod when that is not in the input. */
  readonly object: Meta;
  /** The object to change. */
  readonly owner: ObjectId;
  readonly path: string;
  /** Variable or key, '' for arguments. */
  readonly name: string;
  readonly text: string;
}

/** Everything a Pod is configured with that can be read: values from Secrets cannot. */
export function configuredTexts(model: ClusterModel, pod: Pod): readonly ConfiguredText[] {
  const texts: ConfiguredText[] = [];
  for (const name of configMapsOf(pod)) {
    const map = model.get('ConfigMap', pod.namespace, name);
    if (map.state !== 'found') continue;
    for (const [key, text] of Object.entries(map.value.data))
      texts.push({ object: map.value, owner: idOf(map.value), path: `data["${key}"]`, name: key, text });
  }
  const owner = model.controllerOf(pod);
  const workload = model.object(owner);
  const template = workload !== undefined && workload.kind !== 'Pod';
  const object = template ? workload : pod;
  const mains = pod.spec.containers.filter((container) => container.role === 'main');
  for (const [index, container] of mains.entries()) {
    const prefix = `${template ? 'spec.template.spec' : 'spec'}.containers[${index}]`;
    for (const { path, name, text } of ofContainer(container))
      texts.push({ object, owner, path: `${prefix}.${path}`, name, text });
  }
  return texts;
}

function ofContainer(container: Container): readonly { path: string; name: string; text: string }[] {
  return [
    ...container.env.flatMap(({ name, value }, index) =>
      value === undefined ? [] : [{ path: `env[${index}].value`, name, text: value }],
    ),
    ...container.args.map((text, index) => ({ path: `args[${index}]`, name: '', text })),
    ...container.command.map((text, index) => ({ path: `command[${index}]`, name: '', text })),
  ];
}

/** The line of a text that holds a word, quoted as evidence. */
export function citeText({ object, path, name, text }: ConfiguredText, word: string): Evidence {
  const line = (text.split('\n').find((entry) => entry.includes(word)) ?? text).trim().slice(0, 160);
  const shown = name === '' || line.startsWith(name) ? line : `${name}: ${line}`;
  return citeField(object, path, shown, line);
}

/** A host name as a whole word of a text; not the scheme of a URL, nor a part of a longer name. */
export function hostPattern(host: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9_.-])${escape(host)}(?![A-Za-z0-9_-]|\\.[A-Za-z0-9]|://)`, 'i');
}

export function hostPortPattern(host: string, port: number): RegExp {
  return new RegExp(`((?<![A-Za-z0-9_.-])${escape(host)}\\.?(?::|[;,]\\s{0,2}port=))${port}(?![0-9])`, 'i');
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

export interface TextPatch {
  readonly object: ObjectId;
  readonly type: 'merge' | 'json';
  readonly patch: JsonObject | readonly JsonObject[];
}

/**
 * The patch that puts another text in its place. A ConfigMap's readers are restarted with it: variables are only read at
 * their start, and few programs watch their files.
 */
export function rewriteText(
  model: ClusterModel,
  pod: Pod,
  { object, owner, path, name }: ConfiguredText,
  text: string,
): readonly TextPatch[] {
  if (object.kind !== 'ConfigMap') {
    const pointer = pointerOf(path);
    return pointer === undefined
      ? []
      : [{ object: owner, type: 'json', patch: [{ op: 'replace', path: pointer, value: text }] }];
  }
  const patches: TextPatch[] = [{ object: owner, type: 'merge', patch: { data: { [name]: text } } }];
  const workload = model.controllerOf(pod);
  if (!/^(?:Deployment|StatefulSet|DaemonSet)\//.test(workload)) return patches;
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date(model.now).toISOString() };
  return [
    ...patches,
    { object: workload, type: 'merge', patch: { spec: { template: { metadata: { annotations } } } } },
  ];
}
