import type { Mapping } from '../../sources/anonymize/anonymizer.ts';
import type { Source } from '../../sources/contract.ts';
import type { Progress, RequestInput } from '../contract.ts';

export interface CaptureOptions {
  readonly source: Source;
  /** Where it is written; a folder when it ends in a slash or is an empty folder, otherwise a `.tgz` file. */
  readonly target: string;
  readonly hopwiseVersion: string;
  /** Only these namespaces and what belongs to none. */
  readonly namespaces?: readonly string[];
  /** Only the namespaces on the path of this request. */
  readonly request?: RequestInput;
  /** What capture.yaml says it is of, when the source was narrowed before. */
  readonly scope?: string;
  /** `path` needs a request and is the default with one; otherwise all. */
  readonly logs?: 'none' | 'path' | 'all';
  /** Pseudonyms for names and addresses; with a key they are the same in every capture that has it. */
  readonly anonymize?: { readonly key?: string };
  /** Bytes of the archive (of a folder: of its files). */
  readonly maxSize?: number;
  readonly signal: AbortSignal;
  readonly progress?: Progress;
  /** Called with what undoes the half-written; calls off when it is done. For drivers that end on Ctrl-C. */
  readonly onInterrupt?: (undo: () => void) => () => void;
}

/** What a capture holds and what it lacks. */
export interface CaptureReport {
  readonly target: string;
  readonly bytes: number;
  readonly source: string;
  readonly scope: string | undefined;
  readonly objects: number;
  readonly kinds: readonly { readonly kind: string; readonly count: number }[];
  readonly logs: number;
  readonly logBytes: number;
  readonly responses: number;
  /** In the order of their kinds: what could not be read, or only in part. */
  readonly gaps: readonly { readonly kind: string; readonly state: string; readonly reason: string }[];
  readonly problems: readonly { readonly file: string; readonly message: string }[];
  /** What was replaced by what, when pseudonyms were asked for. */
  readonly mapping?: Mapping;
}

/** The capture cannot be written as asked; `hint` says what to do. */
export class CaptureError extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.name = 'CaptureError';
    this.hint = hint;
  }
}
