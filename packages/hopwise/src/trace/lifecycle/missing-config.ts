import type { PodSpec } from '../../model/kinds/pod.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import { containerPath } from './container-place.ts';

/** What a container wants that is not there: an object, or a key of one. */
export interface MissingConfig {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly key?: string;
}

const NAME = `["']?([a-z0-9][a-z0-9.-]{0,252})["']?`;
/**
 * The kubelet's words (pkg/kubelet/kubelet_pods.go, pkg/volume/configmap, pkg/volume/secret). Keys first: their messages
 * name the object too.
 */
const KEY = /couldn't find key (\S{1,253}) in (ConfigMap|Secret) (?:[^\s/]{1,63}\/)?([a-z0-9][a-z0-9.-]{0,252})/;
const VOLUME_KEY = /references non-existent (config|secret) key: (\S{1,253})/;
const OBJECT = new RegExp(String.raw`\b(configmaps?|secrets?) ${NAME} (?:not found|is forbidden)`, 'i');
const REGISTERED = /object "[^"/]{1,63}"\/"([a-z0-9][a-z0-9.-]{0,252})" not registered/;

/** Reads the missing thing out of a kubelet message; volumes whose message names only the key are found in the Pod's spec. */
export function parseMissing(message: string, spec: PodSpec): MissingConfig | undefined {
  const key = KEY.exec(message);
  if (key !== null) return { kind: key[2] as MissingConfig['kind'], name: key[3] ?? '', key: key[1] ?? '' };
  const volumeKey = VOLUME_KEY.exec(message);
  if (volumeKey !== null) {
    const kind = volumeKey[1] === 'config' ? 'ConfigMap' : 'Secret';
    const volume = spec.volumes.find((entry) => entry.kind === kind && message.includes(`"${entry.name}"`));
    const only = volume ?? spec.volumes.find((entry) => entry.kind === kind);
    return only?.source === undefined ? undefined : { kind, name: only.source, key: volumeKey[2] ?? '' };
  }
  const object = OBJECT.exec(message);
  if (object !== null)
    return { kind: /^config/i.test(object[1] ?? '') ? 'ConfigMap' : 'Secret', name: object[2] ?? '' };
  const registered = REGISTERED.exec(message)?.[1];
  const source = spec.volumes.find((entry) => entry.source === registered && entry.kind !== 'PersistentVolumeClaim');
  return registered === undefined || source === undefined
    ? undefined
    : { kind: source.kind === 'Secret' ? 'Secret' : 'ConfigMap', name: registered };
}

/** One place of a Pod template that asks for a ConfigMap or Secret. */
export interface ConfigReference {
  readonly kind: MissingConfig['kind'];
  readonly name: string;
  readonly key?: string;
  /** Name of the environment variable it fills. */
  readonly variable?: string;
  /** Field that holds the object's name: `….env[0].valueFrom.configMapKeyRef.name`. */
  readonly nameField: string;
  readonly keyField?: string;
}

/** Every reference of a template that must be fulfilled before its containers start. */
export function requiredReferences(owner: Workload): readonly ConfigReference[] {
  const { spec } = owner.template;
  const references: ConfigReference[] = [];
  for (const container of spec.containers) {
    const at = containerPath(owner, spec, container);
    for (const [index, entry] of container.env.entries()) {
      const { from } = entry;
      if (from === undefined || from.optional || (from.kind !== 'ConfigMap' && from.kind !== 'Secret')) continue;
      const field = `${at}.env[${index}].valueFrom.${from.kind === 'ConfigMap' ? 'configMapKeyRef' : 'secretKeyRef'}`;
      references.push({
        kind: from.kind,
        name: from.name,
        key: from.key,
        variable: entry.name,
        nameField: `${field}.name`,
        keyField: `${field}.key`,
      });
    }
    for (const [index, source] of container.envFrom.entries()) {
      if (source.optional) continue;
      const field = `${at}.envFrom[${index}].${source.kind === 'ConfigMap' ? 'configMapRef' : 'secretRef'}.name`;
      references.push({ kind: source.kind, name: source.name, nameField: field });
    }
  }
  const prefix = owner.kind === 'CronJob' ? 'spec.jobTemplate.spec.template.spec' : 'spec.template.spec';
  for (const [index, volume] of spec.volumes.entries()) {
    if (volume.optional || volume.source === undefined || (volume.kind !== 'ConfigMap' && volume.kind !== 'Secret'))
      continue;
    const field = volume.kind === 'ConfigMap' ? 'configMap.name' : 'secret.secretName';
    references.push({
      kind: volume.kind,
      name: volume.source,
      nameField: `${prefix}.volumes[${index}].${field}`,
    });
  }
  return references;
}
