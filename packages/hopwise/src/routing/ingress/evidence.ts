import { idOf } from '../../base/object-id.ts';
import type { FieldEvidence } from '../../model/evidence.ts';
import type { Meta } from '../../model/meta.ts';

/** A field of an object as evidence, with its place in the input where that is known. */
export function fieldEvidence(object: Meta, path: string, value: string | undefined, text: string): FieldEvidence {
  const line = object.origin.lineOf?.(path) ?? object.origin.line;
  return {
    type: 'field',
    text,
    object: idOf(object),
    path,
    ...(value === undefined ? {} : { value }),
    file: object.origin.file,
    ...(line === undefined ? {} : { line }),
  };
}
