import type { Json, JsonObject } from '../../contract.ts';
import type { LogLine } from '../line.ts';
import { readTimeField, type Stamp } from '../timestamp.ts';

/** Structured fields of an application's line, from JSON or `key=value`, looked up by any of several usual names. */
export interface Fields {
  text(...names: readonly string[]): string | undefined;
  number(...names: readonly string[]): number | undefined;
  flag(...names: readonly string[]): boolean | undefined;
  object(...names: readonly string[]): Fields | undefined;
}

/** The fields of a line; undefined for free text. `key=value` needs a level or message key to count as structured. */
export function fieldsOf(line: LogLine): Fields | undefined {
  const { json } = line;
  if (json !== undefined) return jsonFields(json);
  if (!line.text.includes('=')) return undefined;
  const pairs = line.logfmt;
  return isRecord(pairs) ? pairFields(pairs) : undefined;
}

function isRecord(pairs: ReadonlyMap<string, string>): boolean {
  if (pairs.has('msg') || pairs.has('message') || pairs.has('level') || pairs.has('lvl')) return true;
  return pairs.has('method') && pairs.has('path') && pairs.has('status');
}

export function jsonFields(object: JsonObject): Fields {
  const pick = (names: readonly string[]): Json | undefined => {
    for (const name of names) {
      const value = Object.hasOwn(object, name) ? object[name] : undefined;
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  };
  return {
    text: (...names) => textOf(pick(names)),
    number: (...names) => numberOf(pick(names)),
    flag: (...names) => flagOf(pick(names)),
    object: (...names) => {
      const value = pick(names);
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? jsonFields(value as JsonObject)
        : undefined;
    },
  };
}

function pairFields(pairs: ReadonlyMap<string, string>): Fields {
  const pick = (names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = pairs.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  return {
    text: (...names) => pick(names),
    number: (...names) => numberOf(pick(names)),
    flag: (...names) => flagOf(pick(names)),
    object: () => undefined,
  };
}

function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : undefined;
}

function flagOf(value: Json | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

export function messageOf(fields: Fields): string {
  return (
    fields.text(
      'msg',
      'message',
      'event',
      'Message',
      'MESSAGE',
      'RenderedMessage',
      'text',
      '@m',
      '@mt',
      'log',
      'short_message',
    ) ?? ''
  );
}

export function levelOf(fields: Fields): string {
  return (
    fields.text('level', 'lvl', 'severity', 'Level', 'LogLevel', 'levelname', 'log.level', 'loglevel', '@l', 's') ?? ''
  ).toLowerCase();
}

export function timeOf(fields: Fields): Stamp | undefined {
  const value = fields.text(
    'time',
    'ts',
    't',
    'timestamp',
    '@timestamp',
    '@t',
    'date',
    'datetime',
    'Timestamp',
    'eventTime',
    'asctime',
  );
  if (value !== undefined) {
    const number = /^\d{9,19}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
    return readTimeField(number);
  }
  const nested = fields.object('t');
  return nested === undefined ? undefined : readTimeField(nested.text('$date'));
}
