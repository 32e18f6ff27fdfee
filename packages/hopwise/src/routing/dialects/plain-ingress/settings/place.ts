import { idOf } from '../../../../base/object-id.ts';
import type { ClusterModel } from '../../../../model/cluster-model.ts';
import type { Ingress } from '../../../../model/kinds/ingress.ts';
import type { Service, ServicePort } from '../../../../model/kinds/service.ts';
import type { Meta } from '../../../../model/meta.ts';
import type { IngressController } from '../../../ingress/controllers.ts';
import type { EffectiveSettings, Setting, SettingOrigin } from '../../../route-table.ts';

/** One path of an Ingress, with everything a controller reads its settings from. */
export interface Place {
  readonly model: ClusterModel;
  readonly controller: IngressController;
  readonly ingress: Ingress;
  /** Path as the Ingress writes it. */
  readonly path: string;
  /** The backend's Service and port, when they are in the input. */
  readonly service?: Service;
  readonly port?: ServicePort;
}

/** What a controller makes of annotations, flags and its ConfigMap; only settings it is known to have. */
export type SettingsReader = (place: Place) => EffectiveSettings;

export interface Read {
  readonly value: string;
  readonly from: SettingOrigin;
}

/** The first of these objects that carries the annotation under any of its prefixes. */
export function readAnnotation(
  key: string,
  prefixes: readonly string[],
  ...objects: readonly (Meta | undefined)[]
): Read | undefined {
  for (const object of objects) {
    if (object === undefined) continue;
    for (const prefix of prefixes) {
      const name = `${prefix}/${key}`;
      const value = object.annotations[name];
      if (value !== undefined)
        return { value, from: { kind: 'field', object: idOf(object), path: `metadata.annotations["${name}"]` } };
    }
  }
  return undefined;
}

/** A key of the ConfigMap that a flag names as `namespace/name`. */
export function readConfigMap({ model, controller }: Place, flag: string, key: string): Read | undefined {
  const named = controller.flags.get(flag) ?? '';
  const [namespace, name] = named.includes('/') ? named.split('/', 2) : [controller.namespace, named];
  if (namespace === undefined || name === undefined || name === '') return undefined;
  const map = model.get('ConfigMap', namespace.replace('$(POD_NAMESPACE)', controller.namespace), name);
  const value = map.state === 'found' && Object.hasOwn(map.value.data, key) ? map.value.data[key] : undefined;
  return map.state !== 'found' || value === undefined
    ? undefined
    : { value, from: { kind: 'field', object: idOf(map.value), path: `data["${key}"]` } };
}

export function byDefault<T>(value: T, reference: string): Setting<T> {
  return { value, from: { kind: 'default', reference } };
}

/** A read text turned into a setting; what cannot be read counts as not set, as controllers treat it. */
export function asSetting<T>(read: Read | undefined, parse: (text: string) => T | undefined): Setting<T> | undefined {
  if (read === undefined) return undefined;
  const value = parse(read.value.trim());
  return value === undefined ? undefined : { value, from: read.from };
}

const FACTORS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `50s`, `1m30s`, `300000` in the unit a controller takes bare numbers for; undefined for anything else. */
export function parseTime(text: string, bare: 'ms' | 's'): number | undefined {
  if (/^\d{1,12}$/.test(text)) return Number(text) * (FACTORS[bare] ?? 1);
  if (text === '' || text.length > 32) return undefined;
  const part = /(\d{1,12}(?:\.\d{1,9})?)(us|ms|s|m|h|d)/y;
  let total = 0;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (found === null) return undefined;
    total += Number(found[1]) * (FACTORS[found[2] ?? ''] ?? 0);
  }
  return total;
}

const TRUE = new Set(['true', 't', '1', 'yes', 'on', 'y']);

export function parseFlag(text: string): boolean {
  return TRUE.has(text.toLowerCase());
}

export function parseCount(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** A comma-separated list of names. */
export function parseList(text: string): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
