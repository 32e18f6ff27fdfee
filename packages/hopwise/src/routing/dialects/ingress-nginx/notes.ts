import { editDistance } from '../../../base/edit-distance.ts';
import { formatPath } from '../../../base/field-path.ts';
import { annotationOwner } from '../../ingress/annotation-owners.ts';
import { parseVersion } from '../../ingress/image.ts';
import type { NotUnderstood } from '../../route-table.ts';
import type { AnnotationReader } from './annotation-reader.ts';
import { CONFIG_SETTINGS } from './config-settings.ts';
import type { NginxInstance } from './instance.ts';
import { annotationPath, ingressId } from './parsed-ingress.ts';
import { ANNOTATION_SETTINGS, type AnnotationSetting } from './settings.ts';
import { type ControllerVersion, since } from './version.ts';

const SETTINGS = new Map(ANNOTATION_SETTINGS.map((setting) => [setting.key, setting]));
const CONFIG = new Map(CONFIG_SETTINGS.map((setting) => [setting.key, setting]));

/** What the annotations of an Ingress say that is not in the route table: typos, foreign keys, unusable values, noted effects. */
export function ingressNotes(instance: NginxInstance, reader: AnnotationReader): readonly NotUnderstood[] {
  const { ingress } = reader;
  const object = ingressId(ingress);
  const notes: NotUnderstood[] = [];
  const note = (key: string, rest: Omit<NotUnderstood, 'object' | 'path'>): void => {
    notes.push({ object, path: annotationPath(key), ...rest });
  };
  for (const value of reader.unusable()) {
    const shown = value.text.length > 60 ? `${value.text.slice(0, 60)}…` : value.text;
    note(value.key, {
      why: `the value ${JSON.stringify(shown)} cannot be used, so ${value.name} keeps its default`,
      effect: 'ignored',
    });
  }
  const own = `${instance.annotationsPrefix}/`;
  for (const key of Object.keys(ingress.annotations)) {
    if (key.startsWith(own)) {
      const found = describeOwn(instance, key.slice(own.length), ingress.annotations[key] ?? '');
      if (found !== undefined) note(key, found);
      continue;
    }
    const owner = annotationOwner(key);
    // With a prefix of its own the usual prefix means nothing to this controller either.
    if (owner !== undefined)
      note(key, {
        why: `${key} is an annotation of ${owner.name}; this controller does not read it`,
        effect: 'ignored',
      });
  }
  notes.push(...proxyTlsWithoutSecret(reader));
  return notes;
}

/** proxy-ssl-* without proxy-ssl-secret is never read (internal/ingress/annotations/proxyssl: Parse). */
function proxyTlsWithoutSecret(reader: AnnotationReader): readonly NotUnderstood[] {
  if (reader.own.size === 0) return [];
  if (reader.text('proxy-ssl-secret', () => true).state === 'set') return [];
  const object = ingressId(reader.ingress);
  return [
    'proxy-ssl-name',
    'proxy-ssl-server-name',
    'proxy-ssl-verify',
    'proxy-ssl-verify-depth',
    'proxy-ssl-ciphers',
    'proxy-ssl-protocols',
  ].flatMap((name) => {
    const key = reader.key(name);
    if (!Object.hasOwn(reader.ingress.annotations, key)) return [];
    return [
      {
        object,
        path: annotationPath(key),
        why: `${name} is ignored without proxy-ssl-secret`,
        effect: 'ignored' as const,
      },
    ];
  });
}

function describeOwn(
  instance: NginxInstance,
  name: string,
  value: string,
): Omit<NotUnderstood, 'object' | 'path'> | undefined {
  const setting = SETTINGS.get(name);
  if (setting === undefined) {
    const near = nearest(name, [...SETTINGS.keys()]);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    return { why: `ingress-nginx has no annotation ${name}${hint}`, effect: 'ignored' };
  }
  const gone = outdated(setting, instance.version);
  if (gone !== undefined) return { why: gone, effect: 'ignored' };
  if (name.endsWith('-snippet')) return describeSnippet(instance, name);
  if (setting.effect !== 'noted' || isOff(value)) return undefined;
  return {
    why: `${name}: ${setting.why ?? 'its effect is not modelled'}`,
    ...(setting.mayAnswer === undefined ? {} : { effect: 'adds-status' as const, mayAnswer: setting.mayAnswer }),
  };
}

/** Snippets are off unless the administrator allows them (allow-snippet-annotations, off by default since 1.9). */
function describeSnippet(instance: NginxInstance, name: string): Omit<NotUnderstood, 'object' | 'path'> {
  const allowed = instance.config.bool('allow-snippet-annotations', !since(instance.version, 1, 9)).value;
  if (allowed) return { why: `${name}: NGINX directives are not interpreted` };
  return { why: `${name} has no effect: allow-snippet-annotations is off`, effect: 'ignored' };
}

function outdated(setting: AnnotationSetting, version: ControllerVersion | undefined): string | undefined {
  const until = parseVersion(setting.until);
  if (until !== undefined && since(version, ...until)) {
    return `${setting.key} has no effect since ingress-nginx ${setting.until}`;
  }
  const from = parseVersion(setting.since);
  if (from === undefined || since(version, ...from)) return undefined;
  return `${setting.key} came with ingress-nginx ${setting.since}; this controller is older`;
}

function isOff(value: string): boolean {
  return /^(?:false|0|off|)$/i.test(value.trim());
}

/** The known name that differs least; undefined when nothing is near. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of names) {
    const distance = editDistance(name, candidate, 3);
    if (distance <= 3 && distance < candidate.length / 2 && (best === undefined || distance < best.distance))
      best = { name: candidate, distance };
  }
  return best?.name;
}

/** What the controller's flags and ConfigMap hold that is not in the route table. */
export function instanceNotes(instance: NginxInstance): readonly NotUnderstood[] {
  const { config, controller } = instance;
  const notes: NotUnderstood[] = [];
  if (instance.configUnknown !== undefined && controller.workload !== undefined) {
    notes.push({
      object: controller.workload,
      path: 'spec.template.spec.containers[0].args',
      why: instance.configUnknown,
    });
  }
  if (config.object === undefined) return notes;
  for (const [key, value] of Object.entries(config.data)) {
    const path = formatPath(['data', key]);
    const setting = CONFIG.get(key);
    if (setting === undefined) {
      const near = nearest(key, [...CONFIG.keys()]);
      const hint = near === undefined ? '' : `; did you mean ${near}?`;
      notes.push({
        object: config.object,
        path,
        why: `ingress-nginx has no ConfigMap key ${key}${hint}`,
        effect: 'ignored',
      });
    } else if (setting.effect === 'noted' && !isOff(value)) {
      notes.push({
        object: config.object,
        path,
        why: `${key}: ${setting.why ?? 'its effect is not modelled'}`,
        ...(setting.mayAnswer === undefined ? {} : { effect: 'adds-status', mayAnswer: setting.mayAnswer }),
      });
    }
  }
  return notes;
}
