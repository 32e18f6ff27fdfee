import { type Fields, jsonFields } from '../application/fields.ts';
import { compact } from '../compact.ts';
import type { Draft, DraftOf, LogFormat } from '../format.ts';
import { readNetworkFailure } from '../network-failure.ts';
import { quoteOf } from '../quote.ts';
import { readTimeField } from '../timestamp.ts';

/** Caddy's JSON: `http.log.access` ("handled request") and `http.log.error` (reverse_proxy failures name the address). */
export const caddy: LogFormat = {
  id: 'caddy',
  sniff: ({ text }) => text.charCodeAt(0) === 0x7b && text.includes('"logger":"http.log.'),
  parse({ json }) {
    if (json === undefined) return undefined;
    const fields = jsonFields(json);
    const request = fields.object('request');
    if (request === undefined) return undefined;
    const access = (fields.text('logger') ?? '').startsWith('http.log.access');
    return access ? [accessEntry(fields, request)] : errorEntry(fields, request);
  },
};

function accessEntry(fields: Fields, request: Fields): DraftOf<'access'> {
  const seconds = fields.number('duration');
  return compact<DraftOf<'access'>>({
    type: 'access',
    format: 'caddy',
    time: readTimeField(fields.text('ts')),
    method: request.text('method'),
    host: request.text('host'),
    path: request.text('uri'),
    protocol: request.text('proto'),
    status: fields.number('status'),
    durationMs: seconds === undefined ? undefined : Math.round(seconds * 1000),
    client: request.text('client_ip', 'remote_ip'),
    attempts: [],
  });
}

function errorEntry(fields: Fields, request: Fields): readonly Draft[] {
  const message = fields.text('msg') ?? '';
  const failure = readNetworkFailure(message);
  if (failure === undefined) return [];
  return [
    compact<DraftOf<'backend-error'>>({
      type: 'backend-error',
      format: 'caddy',
      time: readTimeField(fields.text('ts')),
      mode: failure.mode,
      address: failure.address,
      host: request.text('host'),
      method: request.text('method'),
      path: request.text('uri'),
      phrase: quoteOf(message),
      client: request.text('client_ip', 'remote_ip'),
    }),
  ];
}
