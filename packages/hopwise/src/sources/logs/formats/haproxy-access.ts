import type { FailureMode } from '../../failure.ts';
import { present } from '../clf.ts';
import { compact } from '../compact.ts';
import type { DraftOf, LogFormat } from '../format.ts';
import { readClfTime } from '../timestamp.ts';

/**
 * HAProxy's HTTP log (`option httplog`; doc/configuration.txt 8.2.3): client, [date], frontend, backend/server,
 * TR/Tw/Tc/Tr/Ta, status, bytes, cookies, termination state, five connection counters, two queues, {captures}, "request".
 */
const LINE =
  /(?:^|\s)(\[[0-9a-fA-F:.]{2,45}\]|[0-9a-fA-F:.]{2,45}):(\d{1,5}) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3})\] (\S{1,255}) (\S{1,512})\/(\S{1,255}) (-?\d{1,9})\/(-?\d{1,9})\/(-?\d{1,9})\/(-?\d{1,9})\/\+?(-?\d{1,9}) (-?\d{1,3}) \+?(\d{1,18}) (\S{1,255}) (\S{1,255}) ([A-Za-z-]{4}) [\d/+-]{1,60} \d{1,9}\/\d{1,9} /;
const REQUEST = /"([A-Z][A-Z_-]{0,31}) (\S{1,16000}?)(?: (HTTP\/\d(?:\.\d)?))?"\s{0,4}$/;

export const haproxyAccess: LogFormat = {
  id: 'haproxy-access',
  sniff: ({ text }) => text.includes('] ') && (text.endsWith('"') || text.includes('<BADREQ>')) && text.includes('/'),
  parse({ text }) {
    const match = LINE.exec(text);
    if (match === null) return undefined;
    return [draft(match, REQUEST.exec(text))];
  },
};

function draft(match: RegExpExecArray, request: RegExpExecArray | null): DraftOf<'access'> {
  const [, client, , date, frontend, backend, server, , queued, connect, response, total, status] = match;
  const state = match[16] ?? '----';
  const noServer = server === '<NOSRV>';
  const code = Number(status);
  const answered = Number(response) >= 0;
  const target = splitTarget(request?.[2]);
  const meaning = endOf({ state, noServer, routed: backend !== frontend?.replace('~', ''), status: code });
  return compact<DraftOf<'access'>>({
    type: 'access',
    format: 'haproxy-access',
    time: readClfTime(date ?? ''),
    method: request?.[1],
    host: target.host,
    path: target.path,
    protocol: request?.[3],
    status: code > 0 ? code : undefined,
    durationMs: Number(total) >= 0 ? Number(total) : undefined,
    client,
    backendName: noServer ? backend : `${backend}/${server}`,
    routeName: frontend,
    attempts: [],
    flags: state,
    details: `queue ${queued} ms, connect ${connect} ms, response ${response} ms`,
    ...meaning,
    ...(meaning.generated === undefined && answered && state.startsWith('--') ? { generated: false } : {}),
  });
}

/** With HTTP/2 or absolute URIs HAProxy logs `host/path` or `https://host/path` as the target. */
function splitTarget(target: string | undefined): { host?: string; path?: string } {
  if (present(target) === undefined || target === undefined) return {};
  const absolute = /^(?:https?:\/\/)?([A-Za-z0-9.:_-]{1,255})(\/.{0,16000})?$/.exec(target);
  if (target.startsWith('/') || target === '*' || absolute === null) return { path: target };
  return { host: absolute[1] ?? '', path: absolute[2] ?? '/' };
}

interface End {
  readonly state: string;
  readonly noServer: boolean;
  readonly routed: boolean;
  readonly status: number;
}

/**
 * What the first two characters of the termination state mean (doc/configuration.txt 8.5): who or what ended the session,
 * and in which phase. `----` is a normal end: a status then is the server's, unless no server was asked.
 */
const STATES: readonly (readonly [state: string, mode: FailureMode | undefined, generated: boolean | undefined])[] = [
  ['SC', 'refused', true],
  ['sC', 'connect-timeout', true],
  ['SH', 'reset', true],
  ['sH', 'read-timeout', true],
  ['sQ', 'overflow', true],
  ['SQ', 'overflow', true],
  ['RC', 'overflow', true],
  ['RH', 'overflow', true],
  ['RR', 'overflow', true],
  ['RQ', 'overflow', true],
  ['PC', 'overflow', true],
  ['PH', 'invalid-response', true],
  ['PR', 'request-refused', true],
  ['PT', 'request-refused', true],
  ['PD', 'invalid-response', false],
  ['SD', 'reset', false],
  ['sD', 'read-timeout', false],
  ['SL', 'reset', false],
  ['DH', 'reset', true],
  ['DD', 'reset', false],
  ['IH', undefined, true],
  ['cR', 'request-refused', true],
  ['CR', undefined, true],
  ['LR', undefined, true],
  ['LC', undefined, true],
  ['LH', undefined, true],
];

function endOf(end: End): { mode?: FailureMode; generated?: boolean } {
  const code = end.state.slice(0, 2);
  if (end.noServer && end.status === 503) return { mode: end.routed ? 'no-endpoints' : 'no-route', generated: true };
  if (end.noServer && end.status === 404) return { mode: 'no-route', generated: true };
  const row = STATES.find(([state]) => state === code);
  if (row === undefined) return end.noServer ? { generated: true } : {};
  return {
    ...(row[1] === undefined ? {} : { mode: row[1] }),
    ...(row[2] === undefined ? {} : { generated: row[2] }),
  };
}
