import { fieldsOf } from '../application/fields.ts';
import { hasLevel, isContinuation } from '../application/framing.ts';
import { readPlain, readRecord } from '../application/record.ts';
import type { LogFormat } from '../format.ts';
import { readHeadTime } from '../timestamp.ts';

/** Whatever an application writes, structured or not: addresses it listens on, requests it served, events of its life. */
export const application: LogFormat = {
  id: 'application',
  generality: 2,
  sniff: () => true,
  parse(line, owner) {
    const fields = fieldsOf(line);
    if (fields !== undefined) return readRecord(fields, owner);
    const { text } = line;
    const time = readHeadTime(text);
    return (
      readPlain(text, time, owner) ?? (time !== undefined || isContinuation(text) || hasLevel(text) ? [] : undefined)
    );
  },
};
