/**
 * Why the rest of a kind is missing, where the source knows: more was not needed for the question, the reader lacks the right,
 * or the API did not answer.
 */
export type MissingBecause = 'not-needed' | 'refused' | 'failed';

/**
 * How much of a kind the snapshot holds.
 * - complete: absence may be concluded
 * - partial: some were read, some could not be
 * - forbidden / not-installed: the API said so
 * - not-collected: nobody looked; nothing follows from absence
 * - assumed-none: a kind that only restricts (NetworkPolicy, quota…) and is taken to have no objects, said in the report
 */
export type CoverageState = 'complete' | 'partial' | 'forbidden' | 'not-installed' | 'not-collected' | 'assumed-none';
