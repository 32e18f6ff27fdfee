import type { Source } from '../contract.ts';
import type { ReadContext } from './delivery.ts';
import type { InputFile } from './input-file.ts';
import { takeLogSections } from './log-sections.ts';
import { readManifest } from './read-manifest.ts';
import { conclude, newTotals } from './tree-source.ts';

/**
 * A source that is one stream of objects: a file of YAML or JSON, or standard input. The stream `kubectl cluster-info dump`
 * prints has logs between its objects, which are taken out on the way.
 */
export function fileSource(id: 'file' | 'stdin', label: string, file: InputFile): Source {
  return {
    id,
    async read(sink, signal) {
      const context: ReadContext = { sink, signal, totals: newTotals() };
      await readManifest({ ...file, chunks: () => takeLogSections(file.chunks(), file.name, context) }, context);
      return conclude(id === 'file' ? 'file' : 'standard input', label, context.totals, sink, false);
    },
  };
}
