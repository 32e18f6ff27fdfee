/** The words for how sure an answer is, with the least confidence each stands for. */
export const CERTAINTIES = { certain: 0.8, likely: 0.5, possible: 0.25 } as const satisfies Record<string, number>;
export type CertaintyWord = keyof typeof CERTAINTIES;

/** How loud a cause is in formats that know three levels. */
export function levelOf(confidence: number): 'error' | 'warning' | 'note' {
  if (confidence >= CERTAINTIES.certain) return 'error';
  return confidence >= CERTAINTIES.likely ? 'warning' : 'note';
}
