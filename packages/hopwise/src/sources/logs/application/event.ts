import type { FailureMode } from '../../failure.ts';
import type { AppEvent } from '../../observations.ts';
import { compact } from '../compact.ts';
import type { DraftOf } from '../format.ts';
import { readNetworkFailure } from '../network-failure.ts';
import { maskSecrets } from '../quote.ts';
import type { Stamp } from '../timestamp.ts';
import type { EventRule } from './event-rule.ts';
import { EVENT_RULES } from './event-rules.ts';
import { LATE_RULES } from './rules/dependencies.ts';

type Event = DraftOf<'app-event'>;

/**
 * What a line says about the application or what it depends on; undefined when it is routine. `trouble` is whether the
 * line's level calls it a warning or worse: a failure that names nobody counts only then.
 */
export function readEvent(text: string, time?: Stamp, trouble = false): Event | undefined {
  const shortened = text.length > 4000 ? text.slice(0, 4000) : text;
  const lower = shortened.toLowerCase();
  return (
    byRule(EVENT_RULES, shortened, lower, time) ??
    inbound(shortened, time) ??
    dependency(shortened, time, trouble) ??
    byRule(LATE_RULES, shortened, lower, time)
  );
}

function byRule(rules: readonly EventRule[], text: string, lower: string, time: Stamp | undefined): Event | undefined {
  for (const { event: name, needles, pattern, unless } of rules) {
    if (!needles.some((needle) => lower.includes(needle))) continue;
    const match = pattern?.exec(text);
    if (match === null || unless?.test(text) === true) continue;
    return event(
      name,
      match?.slice(1).find((group) => group !== undefined),
      text,
      time,
    );
  }
  return undefined;
}

const REQUEST = /\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)[\]:]? "?(\/[^\s"'\])]{0,8000})/;
const BRACKETED = /(\/[^\s"']{0,8000}) \[(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\]/;

function event(name: AppEvent, subject: string | undefined, text: string, time: Stamp | undefined): Event {
  const request = REQUEST.exec(text);
  const bracketed = request === null ? BRACKETED.exec(text) : null;
  const path = request?.[2] ?? bracketed?.[1];
  return compact<Event>({
    type: 'app-event',
    event: name,
    subject: subject === undefined ? undefined : maskSecrets(subject),
    method: request?.[1] ?? bracketed?.[2],
    path: path?.replace(/[:,.]{1,3}$/, ''),
    time,
  });
}

/** Go names both ends of a broken connection; an ephemeral port on the far side is a client's. */
const BOTH_ENDS = /\b(?:read|write) tcp \S{2,60}:(\d{1,5})->\S{2,60}:(\d{1,5}): /;
const EPHEMERAL = 32_768;

function inbound(text: string, time: Stamp | undefined): Event | undefined {
  const ends = BOTH_ENDS.exec(text);
  if (ends === null || Number(ends[1]) >= EPHEMERAL || Number(ends[2]) < EPHEMERAL) return undefined;
  return event('client-gone', undefined, text, time);
}

const EVENT_OF = new Map<FailureMode, AppEvent>([
  ['dns-failure', 'dependency-dns-failure'],
  ['refused', 'dependency-refused'],
  ['no-route-to-host', 'dependency-unreachable'],
  ['connect-timeout', 'dependency-timeout'],
  ['read-timeout', 'dependency-timeout'],
]);

function dependency(text: string, time: Stamp | undefined, trouble: boolean): Event | undefined {
  if (SETTING.test(text) && !/\btimed out\b/i.test(text)) return undefined;
  const failure = readNetworkFailure(text);
  if (failure === undefined) return undefined;
  const name = EVENT_OF.get(failure.mode) ?? 'dependency-error';
  // A failure that names nobody may be about anything, unless the line itself calls it an error.
  if (failure.address === undefined && (name === 'dependency-error' || !(trouble || COMPLAINT.test(text))))
    return undefined;
  return event(name, failure.address, text, time);
}

const COMPLAINT =
  /\b(?:error|errno|fail(?:ed|ure)?|exception|cannot|can't|could ?n[o']t|could not|unable|caused by)\b|(?:Error|Exception):/i;
/** A line that names a failure only as a setting, a count or a client's doing. */
const SETTING =
  /\b(?:on connection reset|timeout(?:s|_ms)?[=:]|retry[_ -]?on|retries? (?:on|for)|TLS handshake error from|security handshake from)\b|(?:refused|timeouts?|resets?)[=:] ?0\b/i;
