import type { AppEvent } from '../../observations.ts';

export interface EventRule {
  readonly event: AppEvent;
  /** Lower-case words, one of which the line must hold: asked before the pattern, because asking is cheap. */
  readonly needles: readonly string[];
  /** What the line must really say; a rule without one is told by its needle alone. The first group that matches is the subject. */
  readonly pattern?: RegExp;
  readonly unless?: RegExp;
}
