import { formatPath } from '../../../base/field-path.ts';
import { idOf, type ObjectId } from '../../../base/object-id.ts';
import type { ConfigMap } from '../../../model/kinds/cluster.ts';
import type { Setting } from '../../route-table.ts';

/** Where ConfigMap defaults are written down upstream. */
export const CONFIG_REFERENCE = 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/';

/**
 * The controller's ConfigMap (internal/ingress/controller/template/configmap.go: ReadConfig). Values are decoded weakly
 * (mapstructure): a bad value keeps the default, an empty number is 0 and an empty switch is off.
 */
export class ControllerConfig {
  readonly object: ObjectId | undefined;
  readonly data: Readonly<Record<string, string>>;

  constructor(map: ConfigMap | undefined) {
    this.object = map === undefined ? undefined : idOf(map);
    this.data = map?.data ?? {};
  }

  text(key: string, fallback: string): Setting<string> {
    return this.#setting(key, (raw) => raw, fallback);
  }

  int(key: string, fallback: number): Setting<number> {
    return this.#setting(key, decodeInt, fallback);
  }

  bool(key: string, fallback: boolean): Setting<boolean> {
    return this.#setting(key, decodeBool, fallback);
  }

  list(key: string): readonly string[] {
    return (this.#raw(key) ?? '')
      .split(',')
      .filter((item) => item !== '')
      .map((item) => item.trim());
  }

  #raw(key: string): string | undefined {
    return Object.hasOwn(this.data, key) ? this.data[key] : undefined;
  }

  #setting<T>(key: string, decode: (raw: string) => T | undefined, fallback: T): Setting<T> {
    const raw = this.#raw(key);
    const value = raw === undefined ? undefined : decode(raw);
    if (value === undefined || this.object === undefined) {
      return { value: fallback, from: { kind: 'default', reference: `${CONFIG_REFERENCE}#${key}` } };
    }
    return { value, from: { kind: 'field', object: this.object, path: formatPath(['data', key]) } };
  }
}

function decodeInt(raw: string): number | undefined {
  if (raw === '') return 0;
  const match = /^([+-]?)(0x[0-9a-f]+|0b[01]+|0o?[0-7]*|[1-9][0-9]*)$/i.exec(raw);
  if (match === null) return undefined;
  const digits = match[2] ?? '';
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (!Number.isSafeInteger(value)) return undefined;
  return match[1] === '-' ? -value : value;
}

function decodeBool(raw: string): boolean | undefined {
  if (raw === '') return false;
  if (/^(?:1|t|T|TRUE|true|True)$/.test(raw)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(raw) ? false : undefined;
}
