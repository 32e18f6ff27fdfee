/*
 * Credentials told by their looks, wherever they stand. Every expression is linear: a fixed beginning that only
 * matches where a word starts, and bounded runs.
 */

/** Tokens whose issuer gives them a fixed beginning, documented by the issuer for secret scanners. */
const TOKENS: readonly RegExp[] = [
  // JSON Web Token: base64url of `{"`.
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{6,4096}\.[A-Za-z0-9_-]{6,16384}(?:\.[A-Za-z0-9_-]{0,4096}){0,3}/g,
  // AWS key ids: AKIA long-term, ASIA temporary.
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  // GitHub, GitLab.
  /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}|glpat-[A-Za-z0-9_-]{16,255})/g,
  // Slack, Stripe, OpenAI and those that copied the form, npm, SendGrid, Vault.
  /(?<![A-Za-z0-9])(?:xox[abeoprs]-[A-Za-z0-9-]{10,255}|[srp]k_(?:live|test)_[A-Za-z0-9]{10,255}|sk-[A-Za-z0-9_-]{20,255})/g,
  /(?<![A-Za-z0-9_.-])(?:npm_[A-Za-z0-9]{30,64}|SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}|hv[sb]\.[A-Za-z0-9_-]{20,255})/g,
  // Google API keys and OAuth tokens.
  /(?<![A-Za-z0-9_.-])(?:AIza[A-Za-z0-9_-]{30,64}|ya29\.[A-Za-z0-9_-]{20,1024})/g,
];

const PRIVATE_KEY =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{0,65536}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g;
/** base64 of a text that begins with `-----BEGIN …`. */
const BASE64_PEM = /LS0tLS1CRUdJTi[A-Za-z0-9+/]{16,131072}={0,2}/g;

/** `scheme://user:password@` and Go's MySQL form `user:password@tcp(`. */
const URL_CREDENTIALS = /(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{0,20}:\/\/)([^\s/?#"'<>\\,]{1,512})@/g;
const MYSQL_CREDENTIALS = /(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]{1,64}):([^\s@:/]{1,128})@(tcp|unix)\(/g;

const SCHEMES = /\b(Bearer|Basic|Digest|Token|Negotiate)( +|%20)([A-Za-z0-9._~+/=-]{6,16384})/gi;

/** Replaces every credential that is told by its looks; `mark` makes what stands in its place. */
export function maskShapes(text: string, mark: (secret: string) => string): string {
  let masked = text;
  if (masked.includes('PRIVATE KEY')) masked = masked.replace(PRIVATE_KEY, mark);
  if (masked.includes('LS0tLS1CRUdJTi'))
    masked = masked.replace(BASE64_PEM, (pem) => (isPublicPem(pem) ? pem : mark(pem)));
  for (const token of TOKENS) masked = masked.replace(token, mark);
  if (masked.includes('@')) {
    masked = masked
      .replace(URL_CREDENTIALS, (_, scheme: string, who: string) => `${scheme}${who === 'git' ? who : mark(who)}@`)
      .replace(
        MYSQL_CREDENTIALS,
        (_, user: string, password: string, net: string) => `${mark(user)}:${mark(password)}@${net}(`,
      );
  }
  return masked.replace(SCHEMES, (whole, scheme: string, gap: string, value: string) =>
    isCredentialOf(scheme, value) ? `${scheme}${gap}${mark(value)}` : whole,
  );
}

/** Certificates, requests and public keys may stay: they are public. */
function isPublicPem(base64: string): boolean {
  const text = Buffer.from(base64, 'base64').toString('latin1');
  return !text.includes('PRIVATE KEY');
}

/** "Basic authentication failed" and "Bearer token missing" are prose. */
function isCredentialOf(scheme: string, value: string): boolean {
  if (value.startsWith('REDACTED')) return false;
  if (scheme.toLowerCase() === 'basic') return Buffer.from(value, 'base64').toString('latin1').includes(':');
  return value.length >= 20 || /\d/.test(value);
}

/** Names under which long random values are no credentials. */
const IDENTIFIER_NAME = /(?:sha|hash|digest|checksum|commit|revision|version|build|image|uid|uuid|guid|trace|request)/i;

/**
 * Is a whole value one long random string, as generated keys are? Identifiers that look random too (UUIDs, image digests,
 * hashes under a name that says so) are not. Entropy alone does not tell: names of Pods have as much as weak passwords.
 */
export function isRandom(name: string, value: string): boolean {
  if (value.length < 24 || value.length > 8192 || IDENTIFIER_NAME.test(name)) return false;
  if (/^[0-9a-f]+$/i.test(value)) return value.length >= 32 && /\d/.test(value) && /[a-f]/i.test(value);
  if (!/^[A-Za-z0-9+/_=.~-]+$/.test(value)) return false;
  if (/[./]/.test(value) && /^[a-z0-9./_-]+$/i.test(value) && !/\d[A-Z]|[A-Z]\d/.test(value)) return false;
  const classes = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(value)).length;
  return classes === 3 && entropyOf(value) >= 3.7;
}

/** Shannon entropy of the characters, bits per character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
