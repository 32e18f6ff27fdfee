import { type FieldPath, formatPath } from '../../base/field-path.ts';
import { idOf } from '../../base/object-id.ts';
import type { FieldEvidence } from '../../model/evidence.ts';
import type { Meta } from '../../model/meta.ts';

/** What one tier of policies says about one side of a flow. */
export type Ruling = NoRuling | Decided;
/** Nothing of this tier decides; the next one is asked. */
export interface NoRuling {
  readonly state: 'none';
}
export interface Decided {
  readonly state: 'allowed' | 'denied' | 'unknown';
  /** Deciding objects, the one to look at first in front. */
  readonly by: readonly Meta[];
  readonly why: string;
  readonly cites: readonly Cite[];
}

/** A field of an object that a ruling rests on; becomes evidence when somebody asks for it. */
export interface Cite {
  readonly object: Meta;
  readonly path: FieldPath;
  readonly text: string;
  readonly value?: string;
}

export const NONE: NoRuling = { state: 'none' };

export function undecided(why: string, by: readonly Meta[] = [], cites: readonly Cite[] = []): Decided {
  return { state: 'unknown', by, why, cites };
}

/** A value that is worked out when first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The line is looked up here, late: most rulings are never shown. */
export function toEvidence(cite: Cite): FieldEvidence {
  const path = formatPath(cite.path);
  const line = cite.object.origin.lineOf?.(path);
  return {
    type: 'field',
    text: cite.text,
    object: idOf(cite.object),
    path,
    ...(cite.value === undefined ? {} : { value: cite.value }),
    file: cite.object.origin.file,
    ...(line === undefined ? {} : { line }),
  };
}
