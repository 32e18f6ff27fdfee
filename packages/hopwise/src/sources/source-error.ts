export type SourceErrorCode =
  | 'not-found'
  | 'not-readable'
  | 'empty'
  | 'unsupported'
  | 'too-large'
  | 'unsafe-archive'
  | 'broken-archive'
  | 'no-input';

/** The input as a whole cannot be used. What is wrong with a part of it is a `ReadProblem` instead. */
export class SourceError extends Error {
  readonly code: SourceErrorCode;
  /** What to do next, when there is something to say. */
  readonly hint: string | undefined;

  constructor(code: SourceErrorCode, message: string, hint?: string) {
    super(message);
    this.name = 'SourceError';
    this.code = code;
    this.hint = hint;
  }
}
