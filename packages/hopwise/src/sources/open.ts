import { createReadStream, readdirSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { detectClusterInfoDump } from './bundle/cluster-info-dump.ts';
import { detectMustGather } from './bundle/must-gather.ts';
import { detectSupportBundle } from './bundle/support-bundle.ts';
import { detectCapture } from './capture/capture-layout.ts';
import type { Source } from './contract.ts';
import { openFolder } from './manifests/folder-tree.ts';
import { manifestsLayout } from './manifests/manifests-layout.ts';
import { openStream } from './manifests/stream-file.ts';
import { fileSource } from './reading/file-source.ts';
import { unzippedFile } from './reading/gzip.ts';
import { diskFile, type InputFile } from './reading/input-file.ts';
import { type InputTree, isHidden, type Layout } from './reading/input-tree.ts';
import { nearestName } from './reading/nearest-name.ts';
import { Retention } from './reading/retention.ts';
import { sniff } from './reading/sniff.ts';
import { treeSource } from './reading/tree-source.ts';
import { SourceError } from './source-error.ts';

export interface OpenOptions {
  /** What `-` reads. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/** In the order of how surely they are told apart; whatever is none of them is a folder of manifests. */
const DETECTORS: readonly ((paths: readonly string[]) => Layout | undefined)[] = [
  detectSupportBundle,
  detectMustGather,
  detectClusterInfoDump,
  detectCapture,
];

/**
 * The source behind a path: a capture, manifests, a dump or a bundle, as a folder, an archive, a file, or standard input
 * for `-`. What it was taken for shows in the summary of its read. Throws SourceError for what cannot be any of these.
 */
export async function openSource(path: string, options: OpenOptions = {}): Promise<Source> {
  const signal = options.signal ?? new AbortController().signal;
  const retention = new Retention();
  if (path === '-') {
    if (options.stdin === undefined) throw new SourceError('no-input', 'nothing is connected to standard input');
    return openFile('stdin', path, await openStream('stdin', options.stdin, retention, signal), retention, signal);
  }
  const found = inspect(path);
  if (found.isDirectory()) return layOut(readable(path, () => openFolder(path, path, retention)));
  if (found.isFIFO() || found.isCharacterDevice()) {
    // `--from <(kubectl get …)`: can be read once, like standard input.
    return openFile('file', path, await openStream(path, createReadStream(path), retention, signal), retention, signal);
  }
  if (!found.isFile()) {
    const hint = 'give it a file, a folder, or - for standard input';
    throw new SourceError('unsupported', `${path} is neither a file nor a folder`, hint);
  }
  return openFile('file', path, diskFile(path, path, found.size), retention, signal);
}

async function openFile(
  id: 'file' | 'stdin',
  path: string,
  file: InputFile,
  retention: Retention,
  signal: AbortSignal,
): Promise<Source> {
  const label = path === '-' ? 'standard input' : path;
  const { zipped, archive } = await readableAsync(label, () => sniff(file, label));
  if (archive) {
    // Loaded on demand: most inputs are no archives, and starting fast matters.
    const { openTar } = await import('./archive/tar-tree.ts');
    return layOut(await openTar(path, file, zipped, retention, signal));
  }
  return fileSource(id, path, zipped ? await readableAsync(label, () => unzippedFile(file, retention)) : file);
}

function layOut(tree: InputTree): Source {
  const paths = tree.entries.map((entry) => entry.path).filter((path) => !isHidden(path));
  for (const detect of DETECTORS) {
    const layout = detect(paths);
    if (layout !== undefined) return treeSource(tree, layout);
  }
  return treeSource(tree, manifestsLayout());
}

function inspect(path: string) {
  return readable(path, () => statSync(path));
}

function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw explain(path, error);
  }
}

async function readableAsync<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw explain(path, error);
  }
}

function explain(path: string, error: unknown): unknown {
  const code = error instanceof Error && !(error instanceof SourceError) && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new SourceError('not-found', `${path} does not exist`, suggest(path));
  if (typeof code === 'string' && code.startsWith('Z_')) {
    return new SourceError('broken-archive', `${path} is damaged or cut off`, 'check it with: gzip -t');
  }
  if (typeof code === 'string') return new SourceError('not-readable', `${path} cannot be read (${code})`);
  return error;
}

function suggest(path: string): string | undefined {
  const folder = dirname(path);
  try {
    const near = nearestName(basename(path), readdirSync(folder));
    return near === undefined
      ? undefined
      : `did you mean ${folder === '.' && !path.startsWith('.') ? near : `${folder}/${near}`}?`;
  } catch {
    return folder === '.' ? undefined : `the folder ${folder} does not exist either`;
  }
}
