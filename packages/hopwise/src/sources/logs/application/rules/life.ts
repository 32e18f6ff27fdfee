import type { EventRule } from '../event-rule.ts';

/** Crashes, starts and stops. */
export const LIFE: readonly EventRule[] = [
  // a panic the server recovered is a failed request, not the end of the process
  {
    event: 'unhandled-request-error',
    needles: [
      'http: panic serving ',
      'exception on /',
      'threw exception',
      'unhandled exception has occurred while executing the request',
      'error handling request',
      'panic recovered',
    ],
  },
  { event: 'unhandled-request-error', needles: ['internal server error: /'] },
  {
    event: 'crash',
    needles: ['panic', 'fatal error: '],
    pattern: /^panic: |^fatal error: |^thread '[^']{1,64}' panicked at/,
  },
  {
    event: 'crash',
    needles: [
      'segmentation fault',
      'sigsegv',
      'core dumped',
      'terminate called after throwing',
      'uncaughtexception',
      'unhandledpromiserejection',
      'unhandledrejection',
      'application failed to start',
      'application run failed',
      'application startup failed',
      'worker failed to boot',
      // glibc's last words before it aborts the process
      'double free or corruption',
      'malloc(): ',
      'free(): invalid',
      'corrupted size vs. prev_size',
      'stack smashing detected',
      'fatal python error: ',
      '[bug] segmentation fault',
      'npm err! code elifecycle',
      'exception in thread "main"',
    ],
  },
  {
    event: 'crash',
    needles: ['uncaught ', 'unhandled exception'],
    pattern: /\bUncaught \w{0,40}(?:Error|Exception)\b|\bUnhandled exception\b/,
  },
  {
    event: 'shutting-down',
    needles: ['sigterm', 'signal 15', 'handling signal', 'terminat', 'shut', 'graceful', 'draining'],
    pattern:
      /\bSIGTERM\b(?! handler)|\bsignal 15\b|Handling signal: (?:term|int)|received (?:the )?(?:terminate|shutdown|termination) signal|[Gg]raceful(?:ly)? (?:shutdown|shutting down|stopping)|\b[Ss]hutting down\b|\bdraining (?:connections|requests)\b/,
    unless: /waiting for|\bon SIGTERM\b|\btrap\b|timeout[=:]/i,
  },
  {
    event: 'not-ready',
    needles: ['ready', 'starting up', 'warming up'],
    pattern: /\bnot (?:yet )?ready\b(?! to be)|server is not ready yet|(?:is|still) (?:starting up|warming up)/i,
    unless: /probe|pod is not ready|was not ready/i,
  },
  {
    event: 'ready',
    needles: ['ready', 'now available', 'startup complete'],
    pattern:
      /\b(?:now |is )?ready to (?:serve|accept|handle)|\bis now available\b|Application startup complete|(?:^|[\s,])ready(?: in [\d.]{1,10} ?m?s)?[.!]?$/i,
    unless: /\bnot\b|pod|node/i,
  },
  { event: 'ready', needles: ['started '], pattern: /\bStarted \w{1,80} in [\d.]{1,12} seconds/ },
];
