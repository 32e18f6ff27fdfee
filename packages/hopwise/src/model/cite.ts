import { idOf } from '../base/object-id.ts';
import type { EventEvidence, FieldEvidence } from './evidence.ts';
import type { ClusterEvent } from './kinds/cluster.ts';
import type { Meta } from './meta.ts';

/**
 * Evidence that quotes a field of an object, with the file and line where it stands when the source knows them. The line
 * is worked out when somebody reads it: most evidence of a scan is weighed and dropped, and finding a line reads the file.
 */
export function citeField(object: Meta, path: string, text: string, value?: string | number | boolean): FieldEvidence {
  return new CitedField(object, path, text, value) as FieldEvidence;
}

class CitedField {
  readonly type = 'field';
  readonly text: string;
  readonly object: string;
  readonly path: string;
  readonly value?: string;
  readonly file: string;
  declare readonly line?: number;

  constructor(object: Meta, path: string, text: string, value: string | number | boolean | undefined) {
    this.text = text;
    this.object = idOf(object);
    this.path = path;
    if (value !== undefined) this.value = String(value);
    const { origin } = object;
    this.file = origin.file;
    if (origin.lineOf === undefined) {
      // A cluster has no lines, and its objects are cited by the hundred thousand.
      if (origin.line !== undefined) this.line = origin.line;
      return;
    }
    let line: number | undefined;
    let known = false;
    Object.defineProperty(this, 'line', {
      enumerable: true,
      get: () => {
        if (!known) line = origin.lineOf?.(path) ?? origin.line;
        known = true;
        return line;
      },
    });
  }
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
