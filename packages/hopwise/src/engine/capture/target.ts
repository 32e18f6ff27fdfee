import { existsSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CaptureError } from './options.ts';

/** Where a capture is made, and where it goes when it is whole. */
export interface Target {
  readonly isFolder: boolean;
  /** A folder of our own, beside the target and so on the same disk. */
  readonly workshop: string;
  /** Where the finished capture is to be put before it is published. */
  readonly draft: string;
  /** Moves the draft to its place, all at once. */
  publish(): void;
  /** Removes everything unfinished; may be called at any time. */
  discard(): void;
}

/** Makes the workshop for a target; throws CaptureError for a place where nothing can be written. */
export function prepareTarget(path: string): Target {
  const goal = resolve(path);
  const parent = dirname(goal);
  const isFolder = /[/\\]$/.test(path) || isDirectory(goal);
  if (!isDirectory(parent)) throw new CaptureError(`the folder ${parent} does not exist`, 'make it first');
  if (isFolder && existsSync(goal) && (!isDirectory(goal) || readdirSync(goal).length > 0)) {
    throw new CaptureError(`${path} is not an empty folder`, 'give the name of a new folder, or of a .tgz file');
  }
  const workshop = makeWorkshop(parent, basename(goal), path);
  const draft = join(workshop, isFolder ? 'folder' : 'archive');
  return {
    isFolder,
    workshop,
    draft,
    publish() {
      if (isFolder && existsSync(goal)) rmdirSync(goal);
      renameSync(draft, goal);
    },
    discard: () => rmSync(workshop, { recursive: true, force: true }),
  };
}

function makeWorkshop(parent: string, name: string, path: string): string {
  try {
    return mkdtempSync(join(parent, `.${name.slice(0, 100)}-unfinished-`));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CaptureError(`${path} cannot be written (${code})`, 'choose another place with -o');
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
