import { type Fields, fieldsOf, timeOf } from '../application/fields.ts';
import { readListenFields, readListenText } from '../application/listen.ts';
import type { Draft, LineOwner, LogFormat } from '../format.ts';
import type { LogLine } from '../line.ts';
import { readHeadTime } from '../timestamp.ts';

/** Whatever an application writes, structured or not: listen lines, requests it served, events about itself. */
export const application: LogFormat = {
  id: 'application',
  generic: true,
  sniff: () => true,
  parse(line, owner) {
    const fields = fieldsOf(line);
    return fields === undefined ? readText(line, owner) : readFields(line, fields, owner);
  },
};

function readFields(_line: LogLine, fields: Fields, owner: LineOwner): readonly Draft[] {
  const time = timeOf(fields);
  const listening = readListenFields(fields, owner.pod);
  if (listening !== undefined) return [time === undefined ? listening : { ...listening, time }];
  return [];
}

function readText(line: LogLine, owner: LineOwner): readonly Draft[] | undefined {
  const time = readHeadTime(line.text);
  const listening = readListenText(line.text, owner.pod, time);
  if (listening !== undefined) return [listening];
  return time === undefined ? undefined : [];
}
