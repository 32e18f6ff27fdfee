/**
 * Lines that are recognised and say nothing to keep: continuations of the record before (stack frames, indented text,
 * banners, box drawing) and records whose level or logger shows that an application wrote them on purpose.
 */
const CONTINUATION =
  /^(?:\s{2,}\S|\t|\s{0,8}at [\w$.<>]{1,300}[(\s]|Caused by: |\s{0,8}\.\.\. \d{1,6} more|Traceback \(most recent call last\)|\s{0,8}File "|During handling of the above|The above exception|goroutine \d|created by |main\.|[\w./-]{1,200}\.go:\d|-{3,}|={3,}|\*{3,}|[>$#|│┌└├╭╰✓✔▲○●•⚡]|exit status \d)/u;
const LEVELLED =
  /(?:^|[\s[(|"'=:])(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|INF|WRN|DBG|FATAL|CRITICAL|CRIT|SEVERE|LOG|trace|debug|info|notice|warn|warning|error|fatal|crit|dbug|fail)(?=[\s\]):|"',/]|$)/;

export function isContinuation(text: string): boolean {
  return CONTINUATION.test(text.slice(0, 400));
}

export function hasLevel(text: string): boolean {
  return LEVELLED.test(text.slice(0, 120));
}
