import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { ReadProblem } from '../contract.ts';
import { reportProblem } from '../reading/delivery.ts';
import { unzippedFile } from '../reading/gzip.ts';
import { diskFile } from '../reading/input-file.ts';
import type { InputTree, TreeEntry } from '../reading/input-tree.ts';
import type { Retention } from '../reading/retention.ts';
import { SourceError } from '../source-error.ts';

const MAX_DEPTH = 24;
const MAX_FILES = 200_000;
/** Folders that hold no manifests of ours and may be huge. */
const SKIPPED = new Set(['node_modules', '__MACOSX']);

/** A folder on disk, walked in the order of its names. Links that lead out of it are not followed. */
export function openFolder(label: string, path: string, retention: Retention): InputTree {
  const walk = new FolderWalk(path);
  walk.run();
  return {
    kind: 'folder',
    label,
    entries: walk.entries,
    problems: walk.problems,
    async visit(readerOf, context) {
      for (const entry of walk.entries) {
        const read = readerOf(entry.path);
        if (read === undefined) continue;
        context.signal.throwIfAborted();
        const file = diskFile(entry.path, join(path, ...entry.path.split('/')), entry.size);
        try {
          await read(entry.path.endsWith('.gz') ? await unzippedFile(file, retention) : file, context);
        } catch (error) {
          if (!isReadFailure(error)) throw error;
          reportProblem({ file: entry.path, message: `cannot be read: ${reasonOf(error)}` }, context);
        }
      }
    },
  };
}

/** A failure of the disk or of a gzipped file, as opposed to a fault of whoever takes what is read. */
function isReadFailure(error: unknown): error is Error {
  if (error instanceof SourceError) return true;
  return error instanceof Error && ('syscall' in error || ('code' in error && String(error.code).startsWith('Z_')));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return !(error instanceof SourceError) && 'code' in error ? String(error.code) : error.message.slice(0, 200);
}

class FolderWalk {
  readonly entries: TreeEntry[] = [];
  readonly problems: ReadProblem[] = [];
  private readonly root: string;
  private readonly realRoot: string;
  private readonly links: string[] = [];

  constructor(root: string) {
    this.root = root;
    this.realRoot = realpathSync(root);
  }

  run(): void {
    this.folder('', 0);
    const walked = new Set(this.entries.map((entry) => entry.path));
    for (const link of this.links) this.link(link, walked);
    this.entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private folder(path: string, depth: number): void {
    if (depth > MAX_DEPTH) {
      this.problems.push({ file: path, message: `is more than ${MAX_DEPTH} folders deep and is not read` });
      return;
    }
    for (const entry of this.list(path)) {
      const child = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isSymbolicLink()) this.links.push(child);
      else if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && !SKIPPED.has(entry.name)) this.folder(child, depth + 1);
      } else if (entry.isFile() && !this.add(child)) return;
    }
  }

  private list(path: string): Dirent[] {
    try {
      return readdirSync(join(this.root, path), { withFileTypes: true });
    } catch (error) {
      this.problems.push({ file: path, message: `cannot be listed: ${reasonOf(error)}` });
      return [];
    }
  }

  private add(path: string): boolean {
    if (this.entries.length >= MAX_FILES) {
      const message = `only the first ${MAX_FILES} files of the folder are looked at`;
      if (this.problems.at(-1)?.message !== message) this.problems.push({ file: path, message });
      return false;
    }
    try {
      this.entries.push({ path, size: statSync(join(this.root, path)).size });
    } catch (error) {
      this.problems.push({ file: path, message: `cannot be read: ${reasonOf(error)}` });
    }
    return true;
  }

  /** A link to a file inside the folder counts when the file is not walked under its own name (mounted ConfigMaps). */
  private link(path: string, walked: Set<string>): void {
    try {
      const target = realpathSync(join(this.root, path));
      if (target === this.realRoot) return;
      if (!target.startsWith(this.realRoot + sep)) {
        this.problems.push({ file: path, message: 'is a link out of the folder and is not followed' });
        return;
      }
      const real = target
        .slice(this.realRoot.length + 1)
        .split(sep)
        .join('/');
      const { size } = statSync(target);
      if (walked.has(real) || !statSync(target).isFile()) return;
      walked.add(real);
      this.entries.push({ path, size });
    } catch {
      // A link that leads nowhere is nothing to read.
    }
  }
}
