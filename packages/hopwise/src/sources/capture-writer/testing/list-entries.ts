import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';

/** The files of an archive, name and text. */
export async function listEntries(path: string): Promise<[string, string][]> {
  const entries = await unpackTar(gunzipSync(readFileSync(path)));
  return entries.map(({ header, data }) => [header.name, Buffer.from(data ?? []).toString()]);
}
