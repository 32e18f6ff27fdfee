import { readEvent } from '../application/event.ts';
import { type Fields, fieldsOf, messageOf, timeOf } from '../application/fields.ts';
import { hasLevel, isContinuation } from '../application/framing.ts';
import { readListenFields, readListenText } from '../application/listen.ts';
import { readRequestFields, readRequestText } from '../application/request.ts';
import type { Draft, LineOwner, LogFormat } from '../format.ts';
import type { LogLine } from '../line.ts';
import { readHeadTime, type Stamp } from '../timestamp.ts';

/** Whatever an application writes, structured or not: addresses it listens on, requests it served, events of its life. */
export const application: LogFormat = {
  id: 'application',
  generality: 2,
  sniff: () => true,
  parse(line, owner) {
    const fields = fieldsOf(line);
    return fields === undefined ? readText(line, owner) : readFields(fields, owner);
  },
};

function readFields(fields: Fields, owner: LineOwner): readonly Draft[] {
  const time = timeOf(fields);
  const message = messageOf(fields);
  const error =
    fields.text('error', 'err', 'exception', 'error.message', 'cause') ??
    fields.object('error', 'err')?.text('message');
  const draft =
    withTime(readListenFields(fields, owner.pod), time) ??
    readRequestFields(fields, time) ??
    (error === undefined ? undefined : readEvent(`${message}: ${error}`, time)) ??
    readRequestText(message, time) ??
    readEvent(message, time);
  return draft === undefined ? [] : [draft];
}

function withTime<T extends Draft>(draft: T | undefined, time: Stamp | undefined): T | undefined {
  return draft === undefined || time === undefined ? draft : { ...draft, time };
}

function readText(line: LogLine, owner: LineOwner): readonly Draft[] | undefined {
  const { text } = line;
  const time = readHeadTime(text);
  const draft = readListenText(text, owner.pod, time) ?? readRequestText(text, time) ?? readEvent(text, time);
  if (draft !== undefined) return [draft];
  return time !== undefined || isContinuation(text) || hasLevel(text) ? [] : undefined;
}
