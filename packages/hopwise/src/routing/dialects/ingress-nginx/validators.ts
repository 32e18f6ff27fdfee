import type { Validator } from './annotation-reader.ts';

/**
 * The character sets of internal/ingress/annotations/parser/validators.go. Each expression is one character class under
 * one quantifier, so it runs in linear time on any input.
 */
const PLAIN = '\\-._~a-zA-Z0-9/:';
const REGEX_CHARACTERS = '\\^$\\[\\](){}*+?|&=\\\\';
const URL_CHARACTERS = ',:?&=';

const noNewline = (text: string): boolean => !/[\r\n]/.test(text);

function matching(pattern: RegExp, ignoreSpaces: boolean): Validator {
  return (text) => {
    const tested = ignoreSpaces ? text.replaceAll(' ', '') : text;
    return pattern.test(tested) && noNewline(tested);
  };
}

const REGEX_PATH_WITH_CAPTURE = new RegExp(`^/?[${PLAIN}/$]*$`);
const VALID_REGEX = new RegExp(`^[/${PLAIN}${REGEX_CHARACTERS}]*$`);

export const rewriteTarget: Validator = matching(REGEX_PATH_WITH_CAPTURE, false);
export const plainUrl: Validator = matching(new RegExp(`^[${PLAIN}${URL_CHARACTERS}]*$`), false);
export const plainUrlIgnoringSpaces: Validator = matching(new RegExp(`^[${PLAIN}${URL_CHARACTERS}]*$`), true);
export const urlWithVariables: Validator = matching(new RegExp(`^[${PLAIN}, ${URL_CHARACTERS}$]*$`), true);
export const basicCharacters: Validator = matching(new RegExp(`^[/${PLAIN}]*$`), true);
export const regexText: Validator = matching(VALID_REGEX, false);
export const size: Validator = matching(/^[0-9]+[bkmg]?$/i, true);
export const serverName: Validator = (text) => VALID_REGEX.test(text.trim());
export const serverNames: Validator = (text) => text.split(',').every(serverName);
export const anything: Validator = () => true;
export const httpErrors: Validator = matching(/^(?:[45][0-9]{2},?)*$/, true);
export const headerNames: Validator = matching(/^[A-Za-z0-9-_, ]*$/, true);
export const pathWithCapture: Validator = matching(REGEX_PATH_WITH_CAPTURE, true);
export const extendedCharacters: Validator = matching(new RegExp(`^[/${PLAIN}, ]*$`), false);
export const httpMethod: Validator = matching(/^(?:GET|HEAD|POST|PUT|PATCH|DELETE|CONNECT|OPTIONS|TRACE)$/, true);
export const addressRanges: Validator = (text) => text.split(',').every((range) => isAddressRange(range.trim()));
export const hashKey: Validator = matching(/^[A-Za-z0-9_${}-]*$/, true);

export const nextUpstream: Validator = (text) =>
  text.trim() !== '' &&
  noNewline(text) &&
  text
    .split(/\s/)
    .filter((word) => word !== '')
    .every((word) =>
      /^(?:error|timeout|invalid_header|http_500|http_502|http_503|http_504|http_403|http_404|http_429|non_idempotent|off)$/.test(
        word,
      ),
    );
export const serviceName: Validator = (text) => /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);

/** One of a few words. */
export function oneOf(words: readonly string[], options: { readonly ignoreCase?: boolean } = {}): Validator {
  return (text) => words.includes(options.ignoreCase === true ? text.trim().toLowerCase() : text.trim());
}

/** An IP address or a network in CIDR notation. */
export function isAddressRange(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  if (rest.length > 0) return false;
  const octets = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$/.exec(address);
  const four =
    octets?.slice(1).every((octet) => Number(octet) <= 255 && (octet === '0' || !octet.startsWith('0'))) === true;
  const six = /^[0-9A-Fa-f:.]+$/.test(address) && address.split(':').length >= 3 && address.split('::').length <= 2;
  if (!four && !six) return false;
  return length === undefined || (/^[0-9]{1,3}$/.test(length) && Number(length) <= (four ? 32 : 128));
}
