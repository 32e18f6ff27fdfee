import type { EventRule } from '../event-rule.ts';

/** What a dependency refuses although it can be reached. */
export const DEPENDENCIES: readonly EventRule[] = [
  {
    event: 'dependency-auth-failed',
    needles: ['authentication failed for user', 'access denied for user', 'login failed for user'],
    pattern: /for user "?'?([^"'\s@]{1,100})/,
  },
  {
    event: 'dependency-auth-failed',
    needles: [
      'noauth authentication required',
      'wrongpass',
      'invalid username-password pair',
      'access_refused',
      'sasl authentication failed',
      'scram authentication failed',
      'mongoservererror: authentication failed',
      'no pg_hba.conf entry for host',
      'ora-01017',
    ],
  },
  {
    event: 'dependency-error',
    needles: ['does not exist', 'unknown database'],
    pattern: /\b(?:database|role|relation) "([^"]{1,100})" does not exist|Unknown database '([^']{1,100})'/,
  },
  {
    event: 'dependency-error',
    needles: ['circuit'],
    pattern: /[Cc]ircuit ?[Bb]reaker '?([\w.-]{1,100})?'? is (?:OPEN|open)/,
  },
];

/** Rules asked last, when nothing named the address or the way a dependency failed. */
export const LATE_RULES: readonly EventRule[] = [
  {
    event: 'dependency-error',
    needles: [
      'upstream connect error or disconnect/reset before headers',
      'loading redis is loading the dataset',
      'clusterdown ',
      'code = unavailable',
      'statusruntimeexception: unavailable',
      '14 unavailable',
    ],
  },
  {
    event: 'dependency-error',
    needles: ['upstream', 'backend', 'dependency'],
    pattern:
      /\b(?:upstream|backend|dependency)\b.{0,60}? (?:returned|responded with|answered) (?:an? )?(?:HTTP )?(?:status )?(?:code )?5\d\d\b/i,
  },
];
