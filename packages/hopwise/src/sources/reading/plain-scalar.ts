/*
 * How kubectl reads an unquoted YAML scalar. It goes through sigs.k8s.io/yaml, which is go.yaml.in/yaml/v2 decoding into
 * an untyped value (resolve.go of that version): YAML 1.1 words for booleans, numbers with `_` and any base, timestamps
 * as the text they are, no base-60 numbers.
 */

const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
]);

const DECIMAL = /^[-+]?(?:0|[1-9][0-9]*)$/;
const OCTAL = /^([-+]?)0o?([0-7]+)$/;
const HEXADECIMAL = /^([-+]?)0x([0-9a-fA-F]+)$/i;
const BINARY = /^([-+]?)0b([01]+)$/i;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/**
 * The value of an unquoted scalar. `.inf` and `.nan` have no JSON form (kubectl refuses them) and stay text here, so that
 * a document is not lost for one.
 */
export function resolvePlainScalar(text: string): string | number | boolean | null {
  const first = text.charCodeAt(0);
  if (first >= 0x30 && first <= 0x39) return resolveNumber(text);
  if (first === 0x2b || first === 0x2d || first === 0x2e) return resolveNumber(text);
  if (text.length > 5) return text;
  const word = WORDS.get(text);
  return word === undefined ? text : word;
}

function resolveNumber(text: string): string | number {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  if (DECIMAL.test(plain)) return withoutMinusZero(Number(plain));
  const octal = OCTAL.exec(plain);
  if (octal !== null) return signed(octal, 8);
  const hexadecimal = HEXADECIMAL.exec(plain);
  if (hexadecimal !== null) return signed(hexadecimal, 16);
  const binary = BINARY.exec(plain);
  if (binary !== null) return signed(binary, 2);
  if (!FLOAT.test(plain)) return text;
  const value = Number(plain);
  return Number.isFinite(value) ? value : text;
}

function signed(match: RegExpExecArray, base: number): number {
  const value = Number.parseInt(match[2] ?? '0', base);
  return match[1] === '-' ? withoutMinusZero(-value) : value;
}

function withoutMinusZero(value: number): number {
  return value === 0 ? 0 : value;
}
