import { expect, test } from 'vitest';
import { parseRequest } from './parse-request.ts';

test.each([
  ['https://shop.example.com/a?', '/a', '?'],
  ['https://shop.example.com?', '/', '?'],
  ['https://shop.example.com/a?x=1#top', '/a', '?x=1'],
  ['https://shop.example.com/a#top?', '/a', ''],
])('%s keeps path and query as typed', (url, path, query) => {
  const parsed = parseRequest({ url });
  expect(parsed.ok && [parsed.request.path, parsed.request.query]).toEqual([path, query]);
});
