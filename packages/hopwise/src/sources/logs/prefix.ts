import { readIsoTime, type Stamp } from './timestamp.ts';

/** A line without what the transport put before it. */
export interface Unwrapped {
  readonly text: string;
  readonly time?: Stamp;
  /** The runtime cut a long line here; the next one goes on. */
  readonly partial?: boolean;
}

/** CRI: `2026-05-12T10:14:40.123456789Z stdout F text` (kubelet's log format; F is full, P partial). */
const CRI = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:\d\d)) (?:stdout|stderr) ([FP])(?::\S{0,20})? ?/;
/** `kubectl logs --timestamps` and `docker logs -t`: nanoseconds and a blank, then the line. Fewer digits are an app's own. */
const NANOS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7,9}Z) /;
/** `kubectl logs --prefix`: `[pod/name/container] text`. */
const KUBECTL = /^\[pod\/[a-z0-9.-]{1,253}\/[a-z0-9.-]{1,63}\] /;
/** stern: `pod-name container-name › text` (`+`/`-` lines, which announce pods, have no such mark and stay as they are). */
const STERN = /^[a-z0-9.-]{1,253} [a-z0-9-]{1,63} [›>] /;
/** docker compose: `service-1  | text`. */
const COMPOSE = /^[a-z0-9][\w.-]{0,62}-\d{1,3} {1,24}\| /;

/** Takes transport prefixes off: CRI, `kubectl logs --timestamps/--prefix`, docker's JSON file, stern, compose. */
export function unwrap(raw: string): Unwrapped {
  const first = raw.charCodeAt(0);
  if (first === 0x7b) return unwrapDocker(raw) ?? { text: raw };
  if (first === 0x5b) return raw.startsWith('[pod/') ? unwrapTimed(raw.replace(KUBECTL, '')) : { text: raw };
  if (first >= 0x30 && first <= 0x39) return unwrapTimed(raw);
  if (raw.includes(' › ') || raw.includes(' > ')) return unwrapTimed(raw.replace(STERN, ''));
  return raw.includes(' | ') ? unwrapTimed(raw.replace(COMPOSE, '')) : { text: raw };
}

function unwrapTimed(raw: string): Unwrapped {
  const cri = CRI.exec(raw);
  if (cri !== null) {
    const text = raw.slice(cri[0].length);
    return { text, ...timeOf(cri[1]), ...(cri[2] === 'P' ? { partial: true } : {}) };
  }
  const stamped = NANOS.exec(raw);
  if (stamped === null) return { text: raw };
  return { text: raw.slice(stamped[0].length), ...timeOf(stamped[1]) };
}

function timeOf(text: string | undefined): { time?: Stamp } {
  const time = readIsoTime(text ?? '');
  return time === undefined ? {} : { time };
}

/** docker's json-file driver: `{"log":"text\n","stream":"stderr","time":"…"}`. */
function unwrapDocker(raw: string): Unwrapped | undefined {
  if (!raw.startsWith('{"log":"') || !raw.includes('"stream":"std')) return undefined;
  try {
    const parsed = JSON.parse(raw) as { log?: unknown; time?: unknown };
    if (typeof parsed.log !== 'string') return undefined;
    const full = parsed.log.endsWith('\n');
    const text = full ? parsed.log.slice(0, -1) : parsed.log;
    const time = typeof parsed.time === 'string' ? timeOf(parsed.time) : {};
    return { text, ...time, ...(full ? {} : { partial: true }) };
  } catch {
    return undefined;
  }
}
