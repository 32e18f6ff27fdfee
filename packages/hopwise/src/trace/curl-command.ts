import { shellQuote } from '../base/shell-quote.ts';
import type { Request } from '../routing/request.ts';

/** What curl adds by itself, and credentials, which do not belong into a report. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'user-agent',
  'accept',
  'accept-encoding',
  'authorization',
  'proxy-authorization',
  'cookie',
]);

/** The request as a curl command; without options it prints headers and body. */
export function curlCommand(request: Request, ...options: readonly string[]): string {
  const words = ['curl', ...(options.length === 0 ? ['-si'] : options)];
  if (request.method !== 'GET') words.push('-X', shellQuote(request.method));
  if (request.host !== request.urlHost) words.push('-H', shellQuote(`Host: ${request.host}`));
  for (const [name, value] of Object.entries(request.headers))
    if (!LEFT_OUT.has(name)) words.push('-H', shellQuote(`${name}: ${value}`));
  words.push(shellQuote(request.url.replace(/^ws/, 'http')));
  return words.join(' ');
}
