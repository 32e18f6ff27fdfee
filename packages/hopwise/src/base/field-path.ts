/**
 * Field paths as evidence prints them: `spec.rules[0].host`, `metadata.annotations["nginx.ingress.kubernetes.io/rewrite-target"]`.
 * A key is written bare when it consists of letters, digits, `_`, `$` and `-`; anything else goes into brackets as a JSON string.
 */
export type FieldPath = readonly (string | number)[];

const BARE_KEY = /^[A-Za-z0-9_$-]+$/;

/** Writes a path in the one notation that `parsePath` reads back. */
export function formatPath(path: FieldPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (BARE_KEY.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** Reads a path; undefined when it is not one. */
export function parsePath(text: string): FieldPath | undefined {
  const steps: (string | number)[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === '[') {
      const close = text[at + 1] === '"' ? endOfQuoted(text, at + 1) : text.indexOf(']', at);
      if (close < 0 || text[close] !== ']') return undefined;
      const step = readBracket(text.slice(at + 1, close));
      if (step === undefined) return undefined;
      steps.push(step);
      at = close + 1;
      continue;
    }
    if (at > 0) {
      if (text[at] !== '.') return undefined;
      at++;
    }
    const start = at;
    while (at < text.length && text[at] !== '.' && text[at] !== '[') at++;
    const key = text.slice(start, at);
    if (!BARE_KEY.test(key)) return undefined;
    steps.push(key);
  }
  return steps;
}

/** Index just behind the closing quote of the JSON string that starts at `open`, or -1. */
function endOfQuoted(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return -1;
}

function readBracket(inner: string): string | number | undefined {
  if (/^[0-9]{1,9}$/.test(inner)) return Number(inner);
  if (!inner.startsWith('"')) return undefined;
  try {
    const key: unknown = JSON.parse(inner);
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}
