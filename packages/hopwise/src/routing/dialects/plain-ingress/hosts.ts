import { idOf, objectId } from '../../../base/object-id.ts';
import type { Ingress, IngressBackend, IngressPath } from '../../../model/kinds/ingress.ts';
import type {
  EffectiveSettings,
  ListenerTls,
  PathMatch,
  RouteBackend,
  RouteClash,
  Rule,
  VirtualHost,
} from '../../route-table.ts';

/** What the controller sets for one path; nothing where no controller is known. */
export type SettingsOf = (ingress: Ingress, path: string, backend: IngressBackend) => EffectiveSettings;
const NOTHING_KNOWN: SettingsOf = () => ({});

interface Entry {
  readonly path: string;
  readonly exact: boolean;
  readonly rule: Rule;
}

/**
 * Hosts and rules by the letter of the Ingress specification (networking/v1 HTTPIngressPath): a named host before a
 * wildcard of one label, an exact path before the longest prefix, prefixes by whole path elements. Of two equal paths the
 * older Ingress counts, which is what most controllers do.
 */
export function ingressHosts(
  ingresses: readonly Ingress[],
  clashes: RouteClash[],
  settingsOf: SettingsOf = NOTHING_KNOWN,
): readonly VirtualHost[] {
  const hosts = new Map<string, { entries: Entry[]; objects: Ingress[] }>();
  for (const ingress of [...ingresses].sort(byAge)) {
    for (const [r, rule] of ingress.rules.entries()) {
      const name = (rule.host ?? '').toLowerCase();
      const host = hosts.get(name) ?? { entries: [], objects: [] };
      hosts.set(name, host);
      if (!host.objects.includes(ingress)) host.objects.push(ingress);
      for (const [p, path] of (rule.paths ?? []).entries()) {
        addEntry(host.entries, name, toEntry(ingress, path, `spec.rules[${r}].http.paths[${p}]`, settingsOf), clashes);
      }
    }
  }
  return [...hosts].map(([name, host]) => {
    const tls = tlsOf(name, host.objects);
    const fallback = host.objects.flatMap((ingress) => defaultRule(ingress, settingsOf)).slice(0, 1);
    return {
      host: name,
      wildcard: 'one-label' as const,
      rules: [...host.entries.sort(bySpecificity).map((entry) => entry.rule), ...fallback],
      ...(tls === undefined ? {} : { tls }),
      objects: host.objects.map(idOf),
    };
  });
}

function addEntry(entries: Entry[], host: string, entry: Entry, clashes: RouteClash[]): void {
  const same = entries.find((other) => other.exact === entry.exact && other.path === entry.path);
  if (same === undefined) {
    entries.push(entry);
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

function toEntry(ingress: Ingress, path: IngressPath, field: string, settingsOf: SettingsOf): Entry {
  const text = path.path === undefined || path.path === '' ? '/' : path.path;
  const exact = path.pathType === 'Exact';
  const match: PathMatch = exact ? { kind: 'exact', value: text } : { kind: 'elements', value: text };
  const bare = exact ? text : text.replace(/\/+$/, '');
  return { path: bare, exact, rule: toRule(ingress, match, path.backend, field, settingsOf) };
}

function toRule(
  ingress: Ingress,
  path: PathMatch,
  backend: IngressBackend,
  field: string,
  settingsOf: SettingsOf,
): Rule {
  return {
    object: idOf(ingress),
    field,
    match: { path },
    action: { kind: 'backends', backends: [toBackend(ingress, backend, field)], rewrite: {} },
    settings: settingsOf(ingress, path.value, backend),
    notUnderstood: [],
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
function defaultRule(ingress: Ingress, settingsOf: SettingsOf): readonly Rule[] {
  if (ingress.defaultBackend === undefined) return [];
  const rule = toRule(
    ingress,
    { kind: 'prefix', value: '/' },
    ingress.defaultBackend,
    'spec.defaultBackend',
    settingsOf,
  );
  return [rule];
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

function bySpecificity(left: Entry, right: Entry): number {
  if (left.exact !== right.exact) return left.exact ? -1 : 1;
  return right.path.length - left.path.length;
}

function byAge(left: Ingress, right: Ingress): number {
  const age = (left.created ?? 0) - (right.created ?? 0);
  if (age !== 0) return age;
  return `${left.namespace}/${left.name}` < `${right.namespace}/${right.name}` ? -1 : 1;
}
