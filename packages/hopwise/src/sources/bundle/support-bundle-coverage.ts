import type { JsonObject, KindCoverage, Sink } from '../contract.ts';
import { INSTALLED_KINDS, RESOURCES } from './support-bundle-resources.ts';

/** How completely a support bundle holds each kind, from the files that are there and the errors it recorded. */
export class BundleCoverage {
  /** Whether namespaces.json lists the whole cluster; a collector can be limited to some. */
  allNamespaces = false;
  private readonly namespaces = new Set<string>();
  private readonly files = new Map<string, Set<string>>();
  private readonly errors = new Map<string, Map<string, string>>();
  /** Kind of each CustomResourceDefinition, by its name. */
  private readonly definitions = new Map<string, string>();

  /** A file of the resource was read, for one namespace or for the cluster. */
  collected(resource: string, namespace: string | undefined): void {
    const found = this.files.get(resource) ?? new Set();
    this.files.set(resource, found.add(namespace ?? ''));
  }

  /** The bundle says that this could not be listed; `where` is a namespace, a CRD, or '' for the cluster. */
  failed(resource: string, where: string, message: string): void {
    const found = this.errors.get(resource) ?? new Map<string, string>();
    this.errors.set(resource, found.set(where, message));
  }

  /** Takes in what only the objects say. */
  saw(object: JsonObject): void {
    const metadata = object.metadata as JsonObject | undefined;
    if (object.kind === 'Namespace') this.namespaces.add(String(metadata?.name));
    if (object.kind !== 'CustomResourceDefinition') return;
    const names = (object.spec as JsonObject | undefined)?.names as JsonObject | undefined;
    if (typeof names?.kind === 'string') this.definitions.set(String(metadata?.name), names.kind);
  }

  report(sink: Sink): void {
    for (const [resource, { kind }] of RESOURCES) {
      const coverage = this.judge(kind, this.files.get(resource), this.errors.get(resource));
      if (coverage !== undefined) sink.coverage(coverage);
    }
    this.reportCustom(sink);
  }

  private judge(
    kind: string,
    files: ReadonlySet<string> | undefined,
    errors: ReadonlyMap<string, string> | undefined,
  ): KindCoverage | undefined {
    if (errors !== undefined && errors.size > 0) return { kind, ...judgeErrors(files, errors) };
    if (files === undefined) return undefined;
    if (files.has('') || this.coversCluster(files)) return { kind, state: 'complete' };
    const namespaces = [...files].sort();
    return { kind, state: 'partial', reason: 'collected in some namespaces', namespaces };
  }

  private coversCluster(files: ReadonlySet<string>): boolean {
    return this.allNamespaces && [...this.namespaces].every((namespace) => files.has(namespace));
  }

  private reportCustom(sink: Sink): void {
    if (!this.files.has('custom-resource-definitions') || this.errors.has('custom-resource-definitions')) return;
    const builtIn = new Set([...RESOURCES.values()].map(({ kind }) => kind));
    const errors = this.errors.get('custom-resources') ?? new Map<string, string>();
    const everyNamespace = this.allNamespaces;
    const done = new Set<string>();
    for (const [name, kind] of this.definitions) {
      if (builtIn.has(kind) || done.has(kind)) continue;
      done.add(kind);
      const own = new Map([...errors].filter(([where]) => where === name || where.startsWith(`${name}/`)));
      // Of a kind without objects the bundle has no file: only its definition says that somebody looked.
      if (own.size > 0) sink.coverage({ kind, ...judgeErrors(undefined, own) });
      else if (everyNamespace && !errors.has('crdList')) sink.coverage({ kind, state: 'complete' });
      else
        sink.coverage({
          kind,
          state: 'partial',
          reason: 'collected in some namespaces',
          namespaces: [...this.namespaces],
        });
    }
    for (const kind of INSTALLED_KINDS) {
      if (!done.has(kind)) sink.coverage({ kind, state: 'not-installed', reason: 'no such CustomResourceDefinition' });
    }
  }
}

function judgeErrors(
  files: ReadonlySet<string> | undefined,
  errors: ReadonlyMap<string, string>,
): Pick<KindCoverage, 'state' | 'reason' | 'namespaces'> {
  const messages = [...errors.values()];
  const reason = (messages[0] ?? '').slice(0, 300);
  if (files !== undefined && files.size > 0) return { state: 'partial', reason, namespaces: [...files].sort() };
  if (messages.every((text) => /could not find the requested resource|no matches for kind/i.test(text))) {
    return { state: 'not-installed', reason };
  }
  return messages.every((text) => /forbidden|unauthorized/i.test(text))
    ? { state: 'forbidden', reason }
    : { state: 'not-collected', reason };
}
