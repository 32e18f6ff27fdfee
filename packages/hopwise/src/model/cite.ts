import { idOf } from '../base/object-id.ts';
import type { EventEvidence, FieldEvidence } from './evidence.ts';
import type { ClusterEvent } from './kinds/cluster.ts';
import type { Meta } from './meta.ts';

/** Evidence that quotes a field of an object, with the file and line where it stands when the source knows them. */
export function citeField(object: Meta, path: string, text: string, value?: string | number | boolean): FieldEvidence {
  const line = object.origin.lineOf?.(path) ?? object.origin.line;
  return {
    type: 'field',
    text,
    object: idOf(object),
    path,
    ...(value === undefined ? {} : { value: String(value) }),
    file: object.origin.file,
    ...(line === undefined ? {} : { line }),
  };
}

export function citeEvent(event: ClusterEvent): EventEvidence {
  return {
    type: 'event',
    text: event.message,
    object: event.about,
    reason: event.reason,
    ...(event.last === undefined ? {} : { time: event.last }),
    ...(event.count > 1 ? { count: event.count } : {}),
  };
}
