const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** strconv.ParseBool; undefined where Go reports an error. */
export function parseGoBool(text: string): boolean | undefined {
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : undefined;
}

/** strconv.Atoi; undefined where Go reports an error. */
export function parseGoInt(text: string): number | undefined {
  if (!/^[+-]?[0-9]{1,18}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** An NGINX size (`4k`, `1m`, `512`; `g` for offsets) in bytes; undefined when NGINX would not accept it. */
export function parseNginxSize(text: string): number | undefined {
  const match = /^([0-9]{1,12})([kKmMgG]?)$/.exec(text.trim());
  if (match === null) return undefined;
  const unit = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[(match[2] ?? '').toLowerCase()] ?? 1;
  return Number(match[1]) * unit;
}
