const LONGEST_QUOTE = 300;

/** Bytes a terminal or a page could take as orders: C0/C1 controls, and the characters that reorder or hide text. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Words that stand before a secret; without one of these a line is not searched for secrets at all. */
const SECRET_HINT =
  /authorization|bearer|basic |cookie|token|secret|passw|pwd|api[-_]?key|code=|sig=|signature|assertion|session|:\/\//i;

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // scheme://user:password@host
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"']{0,80}):[^\s/@"']{1,200}@/gi, '$1:***@'],
  [/\b(bearer|basic)\s+[\w~+/.=-]{6,}/gi, '$1 ***'],
  [
    /\b((?:set-)?cookie|(?:proxy-)?authorization|x-api-key)("?\s*[:=]\s*"?)(?!(?:bearer|basic) \*)[^"\r\n]{1,4000}/gi,
    '$1$2***',
  ],
  [
    /([?&;,{\s"'](?:[a-z_-]{0,20}(?:token|secret|passw(?:or)?d|passwd|pwd|api[-_]?key|signature|assertion)|code|sig|session_state|sessionid)"?)(=|":\s?"|: ?")(?!true\b|false\b)[^\s&"',;}]{1,4000}/gi,
    '$1$2***',
  ],
];

/** Masks what authenticates somebody: credentials in URLs and headers, tokens and passwords in queries and fields. */
export function maskSecrets(text: string): string {
  if (!SECRET_HINT.test(text)) return text;
  let masked = text;
  for (const [pattern, replacement] of SECRETS) masked = masked.replace(pattern, replacement);
  return masked;
}

/** A log line fit for a report: no control characters, no secrets, at most about 300 characters. */
export function quoteOf(text: string): string {
  const start = text.length > 4 * LONGEST_QUOTE ? text.slice(0, 4 * LONGEST_QUOTE) : text;
  const masked = maskSecrets(start.replace(UNSAFE, ' ').trim());
  return masked.length > LONGEST_QUOTE ? `${masked.slice(0, LONGEST_QUOTE - 1)}…` : masked;
}
