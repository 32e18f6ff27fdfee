import { CAUSE_IDS, type CauseId, isCauseId } from '../checks/causes.ts';
import type { ScanDocument } from '../report/diagnosis.ts';
import { CERTAINTIES, type CertaintyWord } from '../report/severity.ts';
import { FINE, WRONG } from './exit-codes.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** What makes a scan exit with 1. */
export type FailOn =
  | { readonly kind: 'verdict' }
  | { readonly kind: 'never' }
  /** Any cause at or above the confidence, or with one of the ids. */
  | { readonly kind: 'causes'; readonly confidence: number; readonly ids: ReadonlySet<CauseId> };

const NONE = Number.POSITIVE_INFINITY;
const WORDS = ['any', ...Object.keys(CERTAINTIES), 'never'];

/** Reads --fail-on; without it the verdict decides. */
export function readFailOn(text: string | undefined): FailOn {
  if (text === undefined) return { kind: 'verdict' };
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) throw new UsageError('--fail-on names nothing', `words: ${WORDS.join(', ')}; or cause ids`);
  if (words.includes('never')) {
    if (words.length > 1) throw new UsageError("--fail-on: 'never' stands alone");
    return { kind: 'never' };
  }
  const ids = new Set<CauseId>();
  let confidence = NONE;
  for (const word of words) {
    if (word === 'any') confidence = 0;
    else if (isCertainty(word)) confidence = Math.min(confidence, CERTAINTIES[word]);
    else if (isCauseId(word)) ids.add(word);
    else {
      const hints = didYouMean(word, [...WORDS, ...CAUSE_IDS]);
      throw new UsageError(`--fail-on: '${word}' is neither a cause nor one of ${WORDS.join(', ')}`, ...hints);
    }
  }
  return { kind: 'causes', confidence, ids };
}

function isCertainty(word: string): word is CertaintyWord {
  return Object.hasOwn(CERTAINTIES, word);
}

export function exitCodeOfScan(document: ScanDocument, failOn: FailOn): number {
  if (failOn.kind === 'never') return FINE;
  if (failOn.kind === 'verdict') return document.verdict.status === 'failing' ? WRONG : FINE;
  const found = document.causes.some((cause) => cause.confidence >= failOn.confidence || failOn.ids.has(cause.id));
  return found ? WRONG : FINE;
}
