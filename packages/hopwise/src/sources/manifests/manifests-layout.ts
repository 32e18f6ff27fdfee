import { posix } from 'node:path';
import { reportProblem } from '../reading/delivery.ts';
import { isManifestPath, type Layout } from '../reading/input-tree.ts';
import { parseYaml } from '../reading/parse-yaml.ts';
import { readText } from '../reading/read-log.ts';
import { readManifest } from '../reading/read-manifest.ts';

const KUSTOMIZATION = /^kustomization(?:\.ya?ml)?$/i;
/** Files of Helm that are YAML with an apiVersion of their own. */
const CHART = /^(?:Chart|requirements)\.ya?ml$/;
const MAX_KUSTOMIZATION = 1024 * 1024;

/** Any folder of manifests. Files that only change other manifests (kustomize patches) are no objects and left out. */
export function manifestsLayout(): Layout {
  const patches = new Set<string>();
  return {
    kind: 'manifests',
    readerOf: (path) => {
      const name = posix.basename(path);
      if (!isManifestPath(path) || KUSTOMIZATION.test(name) || CHART.test(name) || patches.has(path)) return undefined;
      return readManifest;
    },
    async prepare(tree, context) {
      if (!tree.entries.some((entry) => KUSTOMIZATION.test(posix.basename(entry.path)))) return;
      const isKustomization = (path: string) => KUSTOMIZATION.test(posix.basename(path));
      const note = async (file: { name: string; chunks(): AsyncIterable<Uint8Array> }) => {
        const changes = await readPatches(await readText(file, MAX_KUSTOMIZATION));
        if (changes === undefined) return;
        const folder = posix.dirname(file.name);
        for (const path of changes) patches.add(posix.join(folder, path));
        const message = `changes the manifests beside it; for the real objects: kustomize build ${folder} | hopwise … --from -`;
        reportProblem({ file: file.name, message }, context);
      };
      await tree.visit((path) => (isKustomization(path) ? note : undefined), context);
    },
  };
}

/** The files a kustomization applies as patches; undefined when it changes nothing. */
async function readPatches(text: string): Promise<readonly string[] | undefined> {
  const parsed = await parseYaml(text.replaceAll('\r\n', '\n').replace(/^---[^\n]*\n/, ''));
  if ('fault' in parsed || typeof parsed.value !== 'object' || parsed.value === null) return undefined;
  const fields = parsed.value as Record<string, unknown>;
  const changes = CHANGING.filter((key) => hasContent(fields[key]));
  if (changes.length === 0) return undefined;
  return ['patches', 'patchesStrategicMerge', 'patchesJson6902', 'transformers', 'replacements']
    .flatMap((key) => (Array.isArray(fields[key]) ? (fields[key] as unknown[]) : []))
    .map((entry) => (typeof entry === 'string' ? entry : pathOf(entry)))
    .filter((path) => path !== undefined && isManifestPath(path)) as string[];
}

const CHANGING: readonly string[] = [
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'transformers',
  'replacements',
  'namePrefix',
  'nameSuffix',
  'namespace',
  'commonLabels',
  'labels',
  'images',
  'configMapGenerator',
  'secretGenerator',
  'helmCharts',
];

function hasContent(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== '';
}

function pathOf(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('path' in entry)) return undefined;
  return typeof entry.path === 'string' ? entry.path : undefined;
}
