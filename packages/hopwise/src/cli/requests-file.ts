import type { RequestInput } from '../engine/contract.ts';
import { checkMethod, completeUrl } from './request-input.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** One request of a --requests file, or why its line is none. `line` counts from 1. */
export type RequestLine =
  | { readonly line: number; readonly text: string; readonly input: RequestInput }
  | { readonly line: number; readonly text: string; readonly error: UsageError };

const FIELDS = ['method', 'url', 'headers', 'protocol', 'as'];
const LINE_FORM = 'write METHOD URL, or a JSON request {"method","url","headers","protocol"}';

/** The requests of a text, in order; blank lines and # comments are skipped. Flags give what a line leaves out. */
export function* readRequests(text: string, defaults: Omit<RequestInput, 'url'>): Generator<RequestLine> {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  for (const [index, raw] of lines.entries()) {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const place = { line: index + 1, text: trimmed };
    try {
      const input = trimmed.startsWith('{') ? readJson(trimmed, defaults) : readPlain(trimmed, defaults);
      yield { ...place, input };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      yield { ...place, error };
    }
  }
}

function readPlain(text: string, defaults: Omit<RequestInput, 'url'>): RequestInput {
  const words = text.split(/\s+/);
  const [first = '', second] = words;
  if (words.length > 2) throw new UsageError(`${words.length} words in a line`, LINE_FORM);
  if (second === undefined) return { ...defaults, url: complete(first, defaults) };
  return { ...defaults, method: checkMethod(first), url: complete(second, defaults) };
}

function readJson(text: string, defaults: Omit<RequestInput, 'url'>): RequestInput {
  const value = parse(text);
  for (const key of Object.keys(value)) {
    if (!FIELDS.includes(key))
      throw new UsageError(`a request has no field '${key}'`, ...didYouMean(key, FIELDS), LINE_FORM);
  }
  const url = textField(value, 'url');
  if (url === undefined) throw new UsageError('the request has no url', LINE_FORM);
  const method = textField(value, 'method');
  const protocol = textField(value, 'protocol');
  const as = textField(value, 'as');
  const headers = headersField(value);
  return {
    ...defaults,
    url: complete(url, as === undefined ? defaults : { as }),
    ...(method === undefined ? {} : { method: checkMethod(method) }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(as === undefined ? {} : { as }),
    ...(headers === undefined ? {} : { headers: { ...defaults.headers, ...headers } }),
  };
}

function complete(url: string, { as }: { readonly as?: string }): string {
  return completeUrl(url, as !== undefined);
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new UsageError(`not JSON: ${error instanceof Error ? error.message : String(error)}`, LINE_FORM);
  }
}

function textField(value: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const field = Object.hasOwn(value, name) ? value[name] : undefined;
  if (field === undefined || field === null) return undefined;
  if (typeof field !== 'string') throw new UsageError(`${name} of a request is a string`, LINE_FORM);
  return field;
}

function headersField(value: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | undefined {
  const field = Object.hasOwn(value, 'headers') ? value.headers : undefined;
  if (field === undefined || field === null) return undefined;
  const entries = typeof field === 'object' && !Array.isArray(field) ? Object.entries(field) : undefined;
  if (entries === undefined || entries.some(([, each]) => typeof each !== 'string')) {
    throw new UsageError('headers of a request is an object of strings', 'for example: {"headers":{"x-team":"shop"}}');
  }
  return Object.fromEntries(entries.map(([name, each]) => [name.toLowerCase(), each]));
}
