import type { EventRule } from '../event-rule.ts';

/** The caller left before the answer was written. */
export const CLIENTS: readonly EventRule[] = [
  {
    event: 'client-gone',
    needles: [
      'clientabortexception',
      'clientdisconnected',
      'jetty.io.eofexception',
      'asyncrequestnotusableexception',
      'cannot write to closing transport',
      'probably the client disconnected',
      'client reset the request stream',
    ],
  },
  { event: 'client-gone', needles: ['broken pipe', 'epipe', 'sigpipe'], unless: /\bdial |\bupstream/i },
  {
    event: 'client-gone',
    needles: ['client', 'peer', 'downstream'],
    pattern:
      /\b(?:client|peer|downstream) (?:has |was )?(?:closed|disconnected|hung up|gone|went away|aborted|reset|cancell?ed)|request (?:was )?(?:aborted|cancell?ed) by (?:the )?client/i,
    unless: /\b(?:redis|db|database|kafka|mongo|sql|amqp|pool) client\b/i,
  },
];

/** Requests it does not serve, or serves slowly. */
export const PATHS: readonly EventRule[] = [
  {
    event: 'not-found',
    needles: ['no route', 'no mapping for', 'no static resource', 'cannot ', 'not found: /'],
    pattern:
      /No route matches \[[A-Z]{3,8}\] "(\/[^"]{0,2000})"|No route found for "[A-Z]{3,8} ([^"]{1,2000})"|No mapping for [A-Z]{3,8} (\/\S{0,2000})|No static resource (\S{1,2000})|Cannot (?:GET|POST|PUT|DELETE|PATCH) (\/\S{0,2000})|Not Found: (\/\S{0,2000})/,
  },
  {
    event: 'not-found',
    needles: ['no such file'],
    pattern:
      /no such file or directory, (?:open|stat) '([^']{1,2000})'|No such file or directory: '([^']{1,2000})'|\bopen (\/[^\s:]{1,2000}): no such file or directory/,
  },
  {
    event: 'slow-request',
    needles: ['took', ' in ', 'elapsed', 'duration:', 'slow '],
    pattern:
      /\b(?:took|rendered in|completed in|finished in|processed in|answered in|responded in|elapsed|duration:|slow (?:query|request)\S{0,10})\s{0,3}[=:]?\s{0,3}(\d{5,9}(?:\.\d{1,6})? ?ms|(?:[5-9]|\d{2,5})(?:\.\d{1,6})? ?s(?:ec(?:onds)?)?)\b/i,
  },
];
