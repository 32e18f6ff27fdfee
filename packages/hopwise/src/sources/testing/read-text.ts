import type { ReadContext, ReadTotals } from '../reading/delivery.ts';
import type { InputFile } from '../reading/input-file.ts';
import { readManifest } from '../reading/read-manifest.ts';
import { newTotals } from '../reading/tree-source.ts';
import { type Recorded, recordRead } from './record-read.ts';

/** Reads one text (or bytes) as the file `a.yaml`, in pieces of the given size. */
export async function readText(
  content: string | Buffer,
  pieceSize = 65_536,
): Promise<Recorded & { totals: ReadTotals }> {
  const bytes = Buffer.from(content);
  const file: InputFile = {
    name: 'a.yaml',
    async *chunks() {
      // One buffer for all pieces, as reading from disk does it.
      const piece = Buffer.alloc(pieceSize);
      for (let at = 0; at < bytes.length; at += pieceSize)
        yield piece.subarray(0, bytes.copy(piece, 0, at, at + pieceSize));
    },
    range: (start, end) => bytes.subarray(start, end),
  };
  const totals = newTotals();
  const recorded = await recordRead({
    id: 'test',
    async read(sink, signal) {
      const context: ReadContext = { sink, signal, totals };
      await readManifest(file, context);
      return { kind: 'test', path: 'a.yaml', description: '' };
    },
  });
  return { ...recorded, totals };
}
