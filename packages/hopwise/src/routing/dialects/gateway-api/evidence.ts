import { idOf } from '../../../base/object-id.ts';
import type { FieldEvidence } from '../../../model/evidence.ts';
import type { Meta } from '../../../model/meta.ts';

/** Points at a field of an object, with file and line where the input has them. */
export function fieldEvidence(object: Meta, path: string, text: string, value?: string): FieldEvidence {
  const line = object.origin.lineOf?.(path) ?? object.origin.line;
  return {
    type: 'field',
    text,
    object: idOf(object),
    path,
    file: object.origin.file,
    ...(value === undefined ? {} : { value }),
    ...(line === undefined ? {} : { line }),
  };
}
