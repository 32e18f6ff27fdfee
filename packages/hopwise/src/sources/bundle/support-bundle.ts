import type { InputFile } from '../reading/input-file.ts';
import { type FileReader, isManifestPath, type Layout } from '../reading/input-tree.ts';
import { readLog, readText } from '../reading/read-log.ts';
import { readManifest } from '../reading/read-manifest.ts';
import { BundleCoverage } from './support-bundle-coverage.ts';
import { NO_OBJECTS, RESOURCES } from './support-bundle-resources.ts';

/*
 * Troubleshoot support bundles (replicatedhq/troubleshoot, pkg/collect/cluster_resources.go and logs.go): lists in
 * cluster-resources/<resource>/<namespace>.json or cluster-resources/<resource>.json, what went wrong in
 * <resource>-errors.json, logs in cluster-resources/pods/logs/<namespace>/<pod>/<container>.log.
 */

const INNER = /(?:^|\/)cluster-resources\/(.+)$/;
const LOG = /^pods\/logs\/([^/]+)\/([^/]+)\/([^/]+?)(-previous)?\.log$/;
/** `nodes.json`, `pods/shop.json`, `custom-resources/routes.example.com/shop.json`. */
const FILE = /^([^/.]+)(?:\/(?:[^/]+\/)?([^/]+?))?\.(?:json|ya?ml)$/;
const VERSION = /(?:^|\/)cluster-info\/cluster_version\.json$/;
const MAX_SMALL = 4 * 1024 * 1024;

/** The layout of a support bundle; undefined when the paths are none. */
export function detectSupportBundle(paths: readonly string[]): Layout | undefined {
  if (!paths.some((path) => /(?:^|\/)cluster-resources\/.+\.json$/.test(path))) return undefined;
  const coverage = new BundleCoverage();
  return {
    kind: 'support bundle',
    repeats: true,
    readerOf: (path) => (VERSION.test(path) ? readVersion : readerOf(INNER.exec(path)?.[1], coverage)),
    finish: ({ sink }) => coverage.report(sink),
  };
}

function readerOf(path: string | undefined, coverage: BundleCoverage): FileReader | undefined {
  if (path === undefined) return undefined;
  const log = LOG.exec(path);
  if (log !== null) {
    const [, namespace = '', pod = '', container = '', previous] = log;
    // `<container>-logs-errors.log` says why there is no log.
    if (container.endsWith('-logs-errors')) return undefined;
    return (file, context) => readLog(file, { namespace, pod, container, previous: previous !== undefined }, context);
  }
  const [, resource = '', namespace] = FILE.exec(path) ?? [];
  const errors = /^(.+)-errors\.json$/.exec(path)?.[1];
  if (errors !== undefined) return (file) => readErrors(errors, file, coverage);
  if (!isManifestPath(path) || NO_OBJECTS.has(resource)) return undefined;
  return async (file, context) => {
    if (path === 'namespaces.json') coverage.allNamespaces = isList(file);
    await readManifest(file, { ...context, observe: (object) => coverage.saw(object) }, RESOURCES.get(resource));
    coverage.collected(resource, namespace);
  };
}

/** A collector for the whole cluster writes the list the API gave; one for some namespaces an array of its own. */
function isList(file: InputFile): boolean {
  return /^\s*\{\s*"kind": ?"NamespaceList"/.test(file.range?.(0, 200).toString() ?? '');
}

/** A map of namespace to message, or a list of messages. */
async function readErrors(resource: string, file: InputFile, coverage: BundleCoverage): Promise<void> {
  let content: unknown;
  try {
    content = JSON.parse(await readText(file, MAX_SMALL));
  } catch {
    content = ['errors that cannot be read'];
  }
  const entries = Array.isArray(content) ? content.map((text) => ['', text]) : Object.entries(content ?? {});
  for (const [where, message] of entries) coverage.failed(resource, String(where), String(message));
}

const readVersion: FileReader = async (file, { sink }) => {
  try {
    const content: unknown = JSON.parse(await readText(file, MAX_SMALL));
    const version = (content as { string?: unknown } | null)?.string;
    if (typeof version === 'string' && version !== '') sink.snapshot({ serverVersion: version });
  } catch {
    // Without it the version is not known.
  }
};
