import type { ReadProblem } from '../contract.ts';
import type { ReadContext } from './delivery.ts';
import type { InputFile } from './input-file.ts';

export interface TreeEntry {
  /** `/`-separated, relative to the root of the input. */
  readonly path: string;
  readonly size: number;
}

/** A folder or an archive: the same files either way. */
export interface InputTree {
  readonly kind: 'folder' | 'archive';
  /** As the user named it. */
  readonly label: string;
  readonly entries: readonly TreeEntry[];
  /** What was left out, and why. */
  readonly problems: readonly ReadProblem[];
  /** Opens every file that `reader` wants, one after the other. */
  visit(reader: (path: string) => FileReader | undefined, context: ReadContext): Promise<void>;
}

export type FileReader = (file: InputFile, context: ReadContext) => Promise<void>;

/** How the files of a tree are to be read: what each of them is, and what their presence says. */
export interface Layout {
  /** `capture`, `support bundle`… */
  readonly kind: string;
  /** The reader for one file; undefined for a file that says nothing about the cluster. */
  readerOf(path: string): FileReader | undefined;
  /** Called before the files are read, for layouts in which some files say what others are. */
  prepare?(tree: InputTree, context: ReadContext): Promise<void>;
  /** Called when all files were read: coverage and facts that show only then. */
  finish?(context: ReadContext): void;
  /** The same object lies in several files of this layout. */
  readonly repeats?: boolean;
}

/** A file whose objects may be read whatever their file is called: `.yaml`, `.yml`, `.json`, line-wise JSON, and gzipped ones. */
export function isManifestPath(path: string): boolean {
  return /\.(?:ya?ml|json|jsonl|ndjson)(?:\.gz)?$/i.test(path);
}

/** The folder that everything in the tree lies in (`incident/`), '' when there is none: archives often have one. */
export function commonRoot(paths: readonly string[]): string {
  const first = paths[0] ?? '';
  let root = '';
  for (;;) {
    const next = first.indexOf('/', root.length);
    if (next < 0) return root;
    const candidate = first.slice(0, next + 1);
    if (!paths.every((path) => path.startsWith(candidate))) return root;
    root = candidate;
  }
}

/** `.git/config`, `._cluster.yaml` (macOS puts these into archives): nothing anybody means when they name an input. */
export function isHidden(path: string): boolean {
  return /(?:^|\/)\./.test(path);
}
