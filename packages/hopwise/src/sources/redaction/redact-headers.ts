import { isMark } from './mark.ts';
import type { TextKind } from './redact-text.ts';
import { isHarmlessValue } from './secret-names.ts';

/*
 * Header fields that carry credentials, in whatever prints them: curl (`> authorization: …`, `[HTTP/2] [1] [cookie: …]`),
 * JSON (`"Cookie":["…"]`), logfmt, nginx directives.
 */

const HEADER =
  /\b(authorization|proxy-authorization|set-cookie2?|cookie|x-api-key|api-key|apikey|x-auth-token|x-access-token|x-csrf-token|x-xsrf-token|x-amz-security-token|x-vault-token|x-goog-iap-jwt-assertion|cf-access-jwt-assertion|cf-access-client-secret|x-forwarded-access-token|x-functions-key|ocp-apim-subscription-key|x-gitlab-token|x-session-token|x-id-token)(\\{0,3}["']?[ \t]{0,2}[:=][ \t]{0,2}\[?\\{0,3}["']?|[ \t]{1,4}["'])/gi;

/** Masks the values of credential headers: cookie by cookie, of an authorization all but the scheme. */
export function redactHeaders(text: string, kind: TextKind, mark: (secret: string) => string): string {
  let out = '';
  let done = 0;
  HEADER.lastIndex = 0;
  for (let match = HEADER.exec(text); match !== null; match = HEADER.exec(text)) {
    const [whole, name = '', separator = ''] = match;
    // `cookie "x"` is a directive in a configuration and prose in a log.
    if (kind === 'log' && !/[:=]/.test(separator)) continue;
    const from = match.index + whole.length;
    const to = endOfHeader(text, from, separator, text[match.index - 1]);
    const value = text.slice(from, to);
    out += text.slice(done, from) + maskHeader(name.toLowerCase(), value, mark);
    done = to;
    HEADER.lastIndex = to;
  }
  return done === 0 ? text : out + text.slice(done);
}

/** The value of one header field by its name, for headers that an object lists as name and value; undefined for others. */
export function redactHeaderValue(name: string, value: string, mark: (secret: string) => string): string | undefined {
  HEADER.lastIndex = 0;
  const [found, header] = HEADER.exec(`${name}: `) ?? [];
  return found === undefined || header?.length !== name.length
    ? undefined
    : maskHeader(name.toLowerCase(), value, mark);
}

function endOfHeader(text: string, from: number, separator: string, before: string | undefined): number {
  const limit = Math.min(text.length, from + 65_536);
  const last = separator.at(-1) ?? '';
  const quote = last === '"' || last === "'" ? last : undefined;
  // `[cookie: a=b]` of curl's HTTP/2 lines, `-H 'cookie: a=b'` of a command.
  const closing = quote ?? (before === '[' ? ']' : before === '"' || before === "'" ? before : undefined);
  // logfmt: `authorization=abc status=502`.
  const spaceEnds = quote === undefined && separator.includes('=');
  for (let at = from; at < limit; at++) {
    const character = text[at];
    if (character === '\n' || character === '\r') return at;
    if (closing !== undefined && character === closing) {
      let start = at;
      while (start > from && text[start - 1] === '\\') start--;
      return start;
    }
    if (spaceEnds && character === ' ') return at;
  }
  return limit;
}

const ATTRIBUTE =
  /^\s*(?:path|domain|expires|max-age|samesite|secure|httponly|priority|partitioned|version|comment)\b/i;
const SCHEME = /^(?:Bearer|Basic|Digest|Token|Negotiate|NTLM|AWS4-HMAC-SHA256|ApiKey|Key)(?=\s|$)\s*/i;

function maskHeader(name: string, value: string, mark: (secret: string) => string): string {
  const bare = value.trim();
  if (isHarmlessValue(bare) || isMark(bare)) return value;
  if (name.includes('cookie')) return maskCookies(value, name.startsWith('set-'), mark);
  const scheme = SCHEME.exec(value)?.[0] ?? '';
  const secret = value.slice(scheme.length);
  return secret === '' || isMark(secret.trim()) || isHarmlessValue(secret.trim()) ? value : scheme + mark(secret);
}

/** Names and attributes stay: affinity cookies and their Path decide where requests go. */
function maskCookies(value: string, isSet: boolean, mark: (secret: string) => string): string {
  return value
    .split(';')
    .map((part, index) => {
      if (isSet && index > 0 && ATTRIBUTE.test(part)) return part;
      const equals = part.indexOf('=');
      if (equals < 0) return part.trim() === '' ? part : mark(part);
      const secret = part.slice(equals + 1);
      return secret === '' || isMark(secret) || secret.startsWith('$')
        ? part
        : `${part.slice(0, equals + 1)}${mark(secret)}`;
    })
    .join(';');
}

/** curl -v: `* Added cookie session="abc" for domain …`. */
export function redactCookies(text: string, mark: (secret: string) => string): string {
  return text.replace(
    /((?:Added|Replaced) cookie [^=\s]{1,256}=")([^"\n]{1,8192})"/g,
    (_, lead: string, value: string) => `${lead}${mark(value)}"`,
  );
}
