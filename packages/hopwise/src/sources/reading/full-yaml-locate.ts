import { EVENT_ID, type Event, getScalarValue, parseEvents } from 'js-yaml';
import type { FieldPath } from '../../base/field-path.ts';

const MAX_DEPTH = 100;

/** Index at which the field of a path starts (its key, or its list item); undefined when it is not there. */
export function locateInFullYaml(text: string, path: FieldPath): number | undefined {
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch {
    return undefined;
  }
  const cursor = { at: events[0]?.type === EVENT_ID.DOCUMENT ? 1 : 0 };
  let found: number | undefined;
  for (const step of path) {
    const event = events[cursor.at];
    if (event?.type === EVENT_ID.SEQUENCE && typeof step === 'number') found = enterItem(text, events, cursor, step);
    else if (event?.type === EVENT_ID.MAPPING) found = enterKey(text, events, cursor, String(step));
    else return undefined;
    if (found === undefined) return undefined;
  }
  return found;
}

function enterItem(text: string, events: readonly Event[], cursor: { at: number }, wanted: number): number | undefined {
  cursor.at++;
  for (let index = 0; events[cursor.at]?.type !== EVENT_ID.POP; index++) {
    if (cursor.at >= events.length) return undefined;
    if (index === wanted) return startOf(text, events, cursor.at);
    skipNode(events, cursor);
  }
  return undefined;
}

function enterKey(text: string, events: readonly Event[], cursor: { at: number }, wanted: string): number | undefined {
  cursor.at++;
  while (cursor.at < events.length && events[cursor.at]?.type !== EVENT_ID.POP) {
    const key = events[cursor.at];
    const start = startOf(text, events, cursor.at);
    skipNode(events, cursor);
    if (key?.type === EVENT_ID.SCALAR && getScalarValue(text, key) === wanted) return start;
    skipNode(events, cursor);
  }
  return undefined;
}

function skipNode(events: readonly Event[], cursor: { at: number }): void {
  let depth = 0;
  do {
    const event = events[cursor.at++];
    if (event === undefined) return;
    if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.DOCUMENT)
      depth++;
    else if (event.type === EVENT_ID.POP) depth--;
  } while (depth > 0);
}

function startOf(text: string, events: readonly Event[], at: number): number | undefined {
  const event = events[at];
  switch (event?.type) {
    case EVENT_ID.SCALAR: {
      const start = event.valueStart;
      return event.anchorStart >= 0 ? Math.min(start, event.anchorStart) : start;
    }
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      // A block collection as a list item starts at its first entry, on the dash's own line.
      return event.start >= 0 ? event.start : undefined;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return text.length === 0 ? 0 : undefined;
  }
}
