import { isMark, MARK, markOfLength } from './mark.ts';
import { redactCookies, redactHeaders } from './redact-headers.ts';
import { isHarmlessValue, judgeName } from './secret-names.ts';
import { maskShapes } from './secret-shapes.ts';

/**
 * What kind of text it is. `config` is written by people for programs (arguments, snippets, ConfigMaps): `token: x` sets a
 * token. `log` is written by programs for people (logs, events, a response): `invalid token: expected 200` does not.
 */
export type TextKind = 'config' | 'log';

/** Texts without any of these hold nothing to take out; nearly all strings of a cluster end here. */
const SUSPICIOUS =
  /pass|pwd|secret|token|key|auth|cookie|credential|bearer|basic|session|signature|sig=|code=|sid=|jwt|hmac|connection.?string|eyJ|AKIA|ASIA|gh[pousr]_|glpat-|xox|sk[-_]|rk_|npm_|SG\.|hv[sb]\.|AIza|ya29|LS0tLS1CRUdJTi|PRIVATE|@/i;

/** The text without credentials. In logs a mark is as long as what it replaces (see `markOfLength`). */
export function redactText(text: string, kind: TextKind): string {
  if (text.length < 4 || !SUSPICIOUS.test(text)) return text;
  const mark = markFor(kind);
  let masked = redactHeaders(text, kind, mark);
  if (/cookie/i.test(masked)) masked = redactCookies(masked, mark);
  masked = maskShapes(masked, mark);
  masked = redactQuery(masked, mark);
  masked = redactFlags(masked, kind, mark);
  return redactNamed(masked, kind, mark);
}

export function markFor(kind: TextKind): (secret: string) => string {
  return kind === 'log' ? (secret) => markOfLength(secret.length) : () => MARK;
}

const QUERY = /([?&])([A-Za-z0-9_.~%[\]-]{1,64})=([^&\s"'#<>\\`|]{1,8192})/g;
/** Parameters that carry credentials although their names do not say so (OAuth codes, signed URLs, sessions). */
const QUERY_CREDENTIALS =
  /^(?:code|sig|signature|sid|session|sessionid|session_id|jsessionid|phpsessid|auth|key|ticket|otp|jwt|hmac|x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential))$/i;

function redactQuery(text: string, mark: (secret: string) => string): string {
  if (!text.includes('=')) return text;
  return text.replace(QUERY, (whole, lead: string, name: string, value: string) => {
    const isCredential = QUERY_CREDENTIALS.test(name) || judgeName(name) === 'secret';
    return isCredential && !isMark(value) && !isHarmlessValue(value) ? `${lead}${name}=${mark(value)}` : whole;
  });
}

const FLAG =
  /(?<![A-Za-z0-9-])(--?[A-Za-z0-9-]{0,40}(?:password|passwd|passphrase|secret|token|api-?key|access-?key|bearer|credentials)[A-Za-z-]{0,20})([ \t]{1,8})(["']?)([^\s"'-][^\s"']{0,4095})/gi;
/** curl, wget and friends: `-u user:password`, `--user user:password`. */
const USER_FLAG = /((?:^|\s)(?:-u|--user|--proxy-user|-U)(?:[ \t]{1,8}|=)["']?)([^\s"':]{1,256}):([^\s"']{1,1024})/g;
const COOKIE_FLAG = /((?:^|\s)(?:-b|--cookie)(?:[ \t]{1,8}|=)["']?)([^\s"'=]{1,256}=[^"'\n]{1,8192})/g;

function redactFlags(text: string, kind: TextKind, mark: (secret: string) => string): string {
  if (!text.includes('-')) return text;
  let masked = text;
  if (kind === 'config' || masked.includes('curl')) {
    masked = masked.replace(FLAG, (whole, flag: string, gap: string, quote: string, value: string) =>
      judgeName(flag) === 'secret' && !isHarmlessValue(value) && !isMark(value) && !isSecretName(flag, value)
        ? `${flag}${gap}${quote}${mark(value)}`
        : whole,
    );
  }
  if (!/curl|wget|http/i.test(masked)) return masked;
  return masked
    .replace(USER_FLAG, (_, flag: string, user: string, password: string) => `${flag}${mark(user)}:${mark(password)}`)
    .replace(
      COOKIE_FLAG,
      (_, flag: string, cookies: string) =>
        flag + cookies.replace(/=[^;]{1,4096}/g, (pair) => `=${mark(pair.slice(1))}`),
    );
}

/** The start of `name: value`, `name=value`, `"name":"value"`, `name => value`, `<name>value`, as far as behind the separator. */
const NAMED =
  /(?<![A-Za-z0-9])([A-Za-z0-9_.-]{0,48}?)(password|passwd|passphrase|passcode|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|account[_-]?key|session[_-]?key|ticket[_-]?key|credentials?|connection[_-]?string|requirepass|masterauth|hmac)([A-Za-z0-9_.-]{0,32})(\\{0,3}["']?[ \t]{0,4}(?::|=>?)[ \t]{0,4}\\{0,3}["']?|>|[ \t]{1,4}(?=["']))/gi;
/** In a log these are set by a colon too; "token: expected" and "secret: not found" are prose. */
const SET_IN_LOGS = /^(?:password|passwd|passphrase|passcode|pwd|api[_-]?key|access[_-]?key|private[_-]?key)$/i;

function redactNamed(text: string, kind: TextKind, mark: (secret: string) => string): string {
  let out = '';
  let done = 0;
  NAMED.lastIndex = 0;
  for (let match = NAMED.exec(text); match !== null; match = NAMED.exec(text)) {
    const [whole, before = '', word = '', after = '', separator = ''] = match;
    const from = match.index + whole.length;
    const name = before + word + after;
    if (judgeName(name) !== 'secret' || !isSetBy(separator, word, kind)) continue;
    const to = endOfSecret(text, from, separator);
    const value = text.slice(from, to);
    if (value === '' || isHarmlessValue(value) || isMark(value) || isSecretName(name, value)) continue;
    out += text.slice(done, from) + mark(value);
    done = to;
    NAMED.lastIndex = to;
  }
  return done === 0 ? text : out + text.slice(done);
}

function isSetBy(separator: string, word: string, kind: TextKind): boolean {
  const quoted = /["']/.test(separator);
  if (separator === '>') return true;
  if (/[=:]/.test(separator)) return kind === 'config' || separator.includes('=') || quoted || SET_IN_LOGS.test(word);
  return kind === 'config';
}

function endOfSecret(text: string, from: number, separator: string): number {
  const limit = Math.min(text.length, from + 8192);
  const last = separator.at(-1) ?? '';
  const quote = last === '"' || last === "'" ? last : undefined;
  if (quote === undefined) {
    if (text[from] === '"' || text[from] === "'") return endOfSecret(text, from + 1, text[from] ?? '') + 1;
    let at = from;
    const stops = separator === '>' ? '<' : ' \t\r\n,;&"\')}]`';
    while (at < limit && !stops.includes(text[at] ?? '')) at++;
    return at;
  }
  for (let at = from; at < limit; at++) {
    const character = text[at];
    if (character === '\n') return at;
    if (character === quote) return text[at - 1] === '\\' ? startOfEscapes(text, at) : at;
  }
  return limit;
}

/** A quote behind backslashes ends a string inside a string: the backslashes belong to it. */
function startOfEscapes(text: string, quote: number): number {
  let at = quote;
  while (text[at - 1] === '\\') at--;
  return at;
}

/** `--default-secret=shop/tls`, `secret=shop/tls`: names an object. */
export function isSecretName(name: string, value: string): boolean {
  return /secrets?$/i.test(name) && /^[a-z0-9]([a-z0-9.-]{0,62})\/[a-z0-9][a-z0-9.-]{0,252}$/.test(value);
}
