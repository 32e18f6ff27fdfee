import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes the files into a new folder; false when the folder is there already. */
export function createFolder(folder: string, files: ReadonlyMap<string, string>): boolean {
  if (existsSync(folder)) return false;
  for (const [name, text] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return true;
}

export function isKebabCase(name: string): boolean {
  return /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name);
}

/** Ends the program with what is wrong and what to type. */
export function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
