import type { EventRule } from '../event-rule.ts';

/** What the process lacks or cannot take to run: variables, files, sockets. */
export const CONFIGURATION: readonly EventRule[] = [
  {
    event: 'config-missing',
    needles: ['environment variable', 'env var'],
    pattern:
      /(?:[Mm]issing|[Rr]equired|[Uu]nset|[Uu]ndefined) (?:required )?(?:environment |env )(?:variable|var)s?:? ["'`]?([A-Z][A-Z0-9_]{1,100})|(?:environment variable|env var(?:iable)?) ["'`]?([A-Z][A-Z0-9_]{1,100})["'`]? (?:is |was |must be |has )?(?:not (?:been )?(?:set|defined|found|provided)|required|missing|undefined|set\b)/,
  },
  {
    event: 'config-missing',
    needles: ['not set', 'is required', 'must be set', 'is missing', 'is undefined', 'missing value'],
    pattern:
      /\b([A-Z][A-Z0-9]{1,40}(?:_[A-Z0-9]{1,40}){1,8}) (?:environment variable )?(?:is not set|is required|must be set|is missing|not set|is undefined)|required key ([A-Z][A-Z0-9_]{1,100}) missing value/,
  },
  {
    event: 'config-missing',
    needles: ['keyerror: ', 'could not resolve placeholder'],
    pattern: /KeyError: '([A-Z][A-Z0-9_]{2,100})'|Could not resolve placeholder '([^']{1,200})'/,
  },
  {
    event: 'config-missing',
    needles: ['no such file', 'enoent', 'filenotfound', 'config file', 'configuration file'],
    pattern:
      /(?:open |No such file or directory: '?|no such file or directory, \w{2,10} '|FileNotFoundException: |[Cc]onfig(?:uration)? file (?:not found:? |does not exist:? )?)"?(\/[^\s:'"]{0,300}(?:conf|\.ya?ml|\.json|\.toml|\.ini|\.env|\.properties|\.pem|\.crt|\.key|secret|cert)[^\s:'"]{0,100})['"]?(?::| \(|$| is missing| not found| does not exist)/,
  },
  {
    event: 'config-invalid',
    needles: ['config', 'yaml: ', 'flag'],
    pattern:
      /(?:[Ii]nvalid|[Mm]alformed|[Cc]annot parse|[Ff]ailed to (?:parse|load|read)|[Ee]rror (?:parsing|loading|reading)|[Cc]ould not (?:parse|load)) (?:the )?config(?:uration)?\b|yaml: (?:unmarshal errors|line \d)|flag provided but not defined|unknown (?:shorthand )?flag|[Cc]onfig(?:uration)? (?:validation )?error:/,
  },
  {
    event: 'bind-failed',
    needles: [
      'eaddrinuse',
      'already in use',
      'address in use',
      'bind: ',
      'eacces',
      'bind() to ',
      'usage of each socket address',
    ],
    pattern:
      /listen (?:tcp\d? |unix )?(\S{0,64}:\d{1,5}): bind: |EADDRINUSE:? (?:address already in use )?(\S{0,64}:\d{1,5})|EACCES: permission denied (\S{1,64}:\d{1,5})|Port (\d{1,5}) (?:was |is )?already in use|\bbind\(\) to (\S{1,64}) failed|EADDRINUSE|[Aa]ddress already in use|[Aa]ddress in use\b|Only one usage of each socket address|bind: permission denied/,
  },
];
