import { idOf, objectId } from '../../../base/object-id.ts';
import type { Ingress, IngressBackend, IngressPath } from '../../../model/kinds/ingress.ts';
import type { IngressController } from '../../ingress/controllers.ts';
import type {
  EffectiveSettings,
  ListenerTls,
  PathMatch,
  RouteBackend,
  RouteClash,
  Rule,
  VirtualHost,
} from '../../route-table.ts';
import { annotationNotes } from './notes.ts';
import { readRewrite } from './rewrite.ts';
import { PATH_TRAITS, type PathTraits } from './traits.ts';

/** What the controller sets for one path. */
export type SettingsOf = (ingress: Ingress, path: string, backend: IngressBackend) => EffectiveSettings;

/** The controller whose routes these are; none for Ingresses that nobody takes. */
export interface Reader {
  readonly controller: IngressController;
  readonly settingsOf: SettingsOf;
}

interface Entry {
  readonly path: string;
  readonly exact: boolean;
  readonly rule: Rule;
}

/**
 * Hosts and rules by the letter of the Ingress specification (networking/v1 HTTPIngressPath): a named host before a
 * wildcard of one label, an exact path before the longest prefix, prefixes by whole path elements. Of two equal paths the
 * older Ingress counts, which is what most controllers do. What is known of the controller refines that.
 */
export function ingressHosts(
  ingresses: readonly Ingress[],
  clashes: RouteClash[],
  reader?: Reader,
): readonly VirtualHost[] {
  const traits = traitsOf(reader);
  const hosts = new Map<string, { entries: Map<string, Entry>; objects: Set<Ingress> }>();
  for (const ingress of [...ingresses].sort(byAge)) {
    for (const [r, rule] of ingress.rules.entries()) {
      const name = (rule.host ?? '').toLowerCase();
      const host = hosts.get(name) ?? { entries: new Map(), objects: new Set() };
      hosts.set(name, host);
      host.objects.add(ingress);
      for (const [p, path] of (rule.paths ?? []).entries()) {
        addEntry(host.entries, name, toEntry(ingress, path, `spec.rules[${r}].http.paths[${p}]`, reader), clashes);
      }
    }
  }
  const everyHost = traits.hostFallsThrough === true ? sortRules(hosts.get('')?.entries) : [];
  return [...hosts].map(([name, host]) => {
    const objects = [...host.objects];
    const tls = tlsOf(name, objects);
    const fallback = objects.flatMap((ingress) => defaultRule(ingress, reader)).slice(0, 1);
    return {
      host: name,
      wildcard: 'one-label' as const,
      rules: [...sortRules(host.entries), ...(name === '' ? [] : everyHost), ...fallback],
      ...(tls === undefined ? {} : { tls }),
      objects: objects.map(idOf),
    };
  });
}

function traitsOf(reader: Reader | undefined): PathTraits {
  return PATH_TRAITS[reader?.controller.known?.id ?? ''] ?? {};
}

function addEntry(entries: Map<string, Entry>, host: string, entry: Entry, clashes: RouteClash[]): void {
  const key = `${entry.exact ? '=' : '^'}${entry.path}`;
  const same = entries.get(key);
  if (same === undefined) {
    entries.set(key, entry);
    return;
  }
  clashes.push({
    host,
    path: entry.path,
    winner: { object: same.rule.object, field: same.rule.field },
    loser: { object: entry.rule.object, field: entry.rule.field },
    why: 'the older Ingress is taken to keep the path',
  });
}

function toEntry(ingress: Ingress, path: IngressPath, field: string, reader: Reader | undefined): Entry {
  const text = path.path === undefined || path.path === '' ? '/' : path.path;
  const match = matchOf(ingress, path.pathType, text, reader);
  const exact = match.kind === 'exact';
  const bare = exact ? text : text.replace(/\/+$/, '');
  return { path: bare, exact, rule: toRule(ingress, match, text, path.backend, field, reader) };
}

function matchOf(ingress: Ingress, type: IngressPath['pathType'], path: string, reader: Reader | undefined): PathMatch {
  if (type === 'Exact') return { kind: 'exact', value: path };
  const traits = traitsOf(reader);
  const read = type === 'Prefix' ? traits.prefix : traits.implementationSpecific;
  if (read === undefined || reader === undefined) return { kind: 'elements', value: path };
  return read(path, { controller: reader.controller, ingress });
}

function toRule(
  ingress: Ingress,
  match: PathMatch,
  path: string,
  backend: IngressBackend,
  field: string,
  reader: Reader | undefined,
): Rule {
  const id = reader?.controller.known?.id;
  return {
    object: idOf(ingress),
    field,
    match: { path: match },
    action: {
      kind: 'backends',
      backends: [toBackend(ingress, backend, field)],
      rewrite: readRewrite(id, ingress, path, backend.service?.name) ?? {},
    },
    settings: reader?.settingsOf(ingress, path, backend) ?? {},
    notUnderstood: annotationNotes(ingress, id),
    ...(ingress.created === undefined ? {} : { created: ingress.created }),
  };
}

function toBackend(ingress: Ingress, backend: IngressBackend, field: string): RouteBackend {
  const { service, resource } = backend;
  if (service !== undefined) {
    const port = service.port.number ?? service.port.name;
    return {
      object: objectId('Service', ingress.namespace, service.name),
      ...(port === undefined ? {} : { port }),
      weight: 1,
      field,
    };
  }
  return { object: objectId(resource?.kind ?? 'Service', ingress.namespace, resource?.name ?? ''), weight: 1, field };
}

/** spec.defaultBackend beside rules answers for the rules' hosts. */
function defaultRule(ingress: Ingress, reader: Reader | undefined): readonly Rule[] {
  if (ingress.defaultBackend === undefined) return [];
  const everything: PathMatch = { kind: 'prefix', value: '/' };
  return [toRule(ingress, everything, '/', ingress.defaultBackend, 'spec.defaultBackend', reader)];
}

function tlsOf(host: string, ingresses: readonly Ingress[]): ListenerTls | undefined {
  for (const ingress of ingresses) {
    for (const tls of ingress.tls) {
      const covers = tls.hosts.length === 0 || tls.hosts.some((name) => name.toLowerCase() === host);
      if (!covers) continue;
      const secrets = tls.secretName === undefined ? [] : [objectId('Secret', ingress.namespace, tls.secretName)];
      return { mode: 'terminate', secrets };
    }
  }
  return undefined;
}

function sortRules(entries: ReadonlyMap<string, Entry> | undefined): readonly Rule[] {
  return [...(entries?.values() ?? [])].sort(bySpecificity).map((entry) => entry.rule);
}

function bySpecificity(left: Entry, right: Entry): number {
  if (left.exact !== right.exact) return left.exact ? -1 : 1;
  return right.path.length - left.path.length;
}

function byAge(left: Ingress, right: Ingress): number {
  const age = (left.created ?? 0) - (right.created ?? 0);
  if (age !== 0) return age;
  return `${left.namespace}/${left.name}` < `${right.namespace}/${right.name}` ? -1 : 1;
}
