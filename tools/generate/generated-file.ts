import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Files that a generator owns: path from the repository's root → whole text. */
export type GeneratedFiles = ReadonlyMap<string, string>;

export interface Generator {
  readonly name: string;
  generate(): Promise<GeneratedFiles> | GeneratedFiles;
  /** Folders in which every file is generated, so that a page whose source is gone is removed. */
  readonly owns: readonly string[];
}

/** What differs between the tree and what the generators would write, one line per file; empty when all is fresh. */
export async function findStale(generators: readonly Generator[]): Promise<string[]> {
  const stale: string[] = [];
  for (const generator of generators) {
    const files = await generator.generate();
    for (const [path, text] of files) {
      if (readIfThere(path) !== text) stale.push(`${path} (${generator.name})`);
    }
    stale.push(...listLeftovers(generator, files).map((path) => `${path} (${generator.name}: no longer generated)`));
  }
  return stale;
}

/** Writes what differs and says which files changed. */
export async function writeGenerated(generators: readonly Generator[]): Promise<string[]> {
  const changed: string[] = [];
  for (const generator of generators) {
    const files = await generator.generate();
    for (const [path, text] of files) {
      if (readIfThere(path) === text) continue;
      mkdirSync(dirname(join(REPOSITORY, path)), { recursive: true });
      writeFileSync(join(REPOSITORY, path), text);
      changed.push(path);
    }
    for (const path of listLeftovers(generator, files)) {
      rmSync(join(REPOSITORY, path));
      changed.push(`${path} (removed)`);
    }
  }
  return changed;
}

function readIfThere(path: string): string | undefined {
  const file = join(REPOSITORY, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function listLeftovers(generator: Generator, files: GeneratedFiles): string[] {
  return generator.owns.flatMap((folder) => {
    if (!existsSync(join(REPOSITORY, folder))) return [];
    return readdirSync(join(REPOSITORY, folder))
      .map((name) => `${folder}/${name}`)
      .filter((path) => !files.has(path));
  });
}
