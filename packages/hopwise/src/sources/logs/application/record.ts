import type { Draft, LineOwner } from '../format.ts';
import type { Stamp } from '../timestamp.ts';
import { readEvent } from './event.ts';
import { type Fields, levelOf, messageOf, timeOf } from './fields.ts';
import { readListenText } from './listen.ts';
import { readListenFields } from './listen-fields.ts';
import { readRequestText } from './request.ts';
import { readRequestFields } from './request-fields.ts';

/** What a structured record of an application says: a listener, a request it served (and why it failed), an event. */
export function readRecord(fields: Fields, owner: LineOwner): readonly Draft[] {
  const time = timeOf(fields);
  const message = messageOf(fields);
  const listening = readListenFields(fields, owner.pod);
  if (listening !== undefined) return [time === undefined ? listening : { ...listening, time }];
  const request = readRequestFields(fields, time) ?? readRequestText(message, time);
  const error = errorOf(fields);
  const event = readEvent(error === undefined ? message : `${message}: ${error}`, time, isTrouble(levelOf(fields)));
  const served = request?.status !== undefined && request.status < 400;
  return [...(request === undefined ? [] : [request]), ...(event === undefined || served ? [] : [event])];
}

function errorOf(fields: Fields): string | undefined {
  const nested = fields.object('error', 'err', 'exception')?.text('message', 'msg');
  return (
    nested ??
    fields.text('error', 'err', 'exception', 'error.message', 'exception.message', 'cause', 'reason', 'stack_trace')
  );
}

/** What a free-text line of an application says; undefined when it says nothing to keep. */
export function readPlain(text: string, time: Stamp | undefined, owner: LineOwner): readonly Draft[] | undefined {
  const request = readRequestText(text, time);
  if (request === undefined) {
    const listening = readListenText(text, owner.pod, time);
    if (listening !== undefined) return [listening];
    const event = readEvent(text, time, isTrouble(text.slice(0, 120)));
    return event === undefined ? undefined : [event];
  }
  if (request.status !== undefined && request.status < 400) return [request];
  // A path may hold any words; only what stands around it can say why the request failed.
  const event = readEvent(text.replace(request.path ?? '', '/'), time, true);
  return event === undefined ? [request] : [request, { ...event, ...pathOf(request.path) }];
}

function pathOf(path: string | undefined): { path?: string } {
  return path === undefined ? {} : { path };
}

function isTrouble(head: string): boolean {
  return /\b(?:err|error|warn|warning|wrn|fatal|crit|critical|alert|emerg|severe|panic|e|f)\b/i.test(head);
}
