import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';

/** A temporary folder with these files; removed by `removeFolders`. */
export function writeFolder(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'hopwise-source-'));
  FOLDERS.push(folder);
  for (const [path, content] of Object.entries(files)) {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
  }
  return folder;
}

const FOLDERS: string[] = [];

/** Removes what `writeFolder` made; for `afterAll`. */
export function removeFolders(): void {
  for (const folder of FOLDERS.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The files as a gzipped tar archive. */
export async function packFiles(files: Readonly<Record<string, string | Buffer>>, root = ''): Promise<Buffer> {
  const entries = Object.entries(files).map(([path, content]) => {
    const body = typeof content === 'string' ? Buffer.from(content) : content;
    return { header: { name: root + path, size: body.length }, body: new Uint8Array(body) };
  });
  return gzipSync(await packTar(entries));
}

/** A stream of the bytes in pieces of a size, as standard input comes. */
export async function* inPieces(content: string | Buffer, size = 65_536): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
