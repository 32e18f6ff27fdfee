/** The user asked for something that cannot be; `hints` say what to type instead. */
export class UsageError extends Error {
  readonly hints: readonly string[];

  constructor(message: string, ...hints: readonly string[]) {
    super(message);
    this.name = 'UsageError';
    this.hints = hints;
  }
}
