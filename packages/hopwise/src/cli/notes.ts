import type { Progress } from '../engine/contract.ts';
import { sanitize } from '../report/sanitize.ts';
import { clip } from '../report/width.ts';
import type { CliIo } from './io.ts';

/** What is said on stderr besides errors: notes that stay, and progress that goes. */
export interface Notes {
  note(text: string): Promise<void>;
  readonly progress: Progress;
  clear(): Promise<void>;
}

/** Quicker answers need no progress. */
const PATIENCE_MS = 400;
const ERASE_LINE = '\r\x1b[K';

export function createNotes(io: CliIo, quiet: boolean): Notes {
  let shown = false;
  const clear = async (): Promise<void> => {
    if (shown) await io.stderr.write(ERASE_LINE);
    shown = false;
  };
  return {
    clear,
    async note(text) {
      if (quiet) return;
      await clear();
      await io.stderr.write(`note: ${sanitize(text)}\n`);
    },
    progress({ stage, detail }) {
      if (quiet || !io.stderr.isTerminal || io.elapsed() < PATIENCE_MS) return;
      shown = true;
      void io.stderr.write(ERASE_LINE + clip(sanitize(`${stage}: ${detail}`), (io.stderr.columns ?? 80) - 1));
    },
  };
}
