import { expect, test } from 'vitest';
import { interceptFailures } from './custom-errors.ts';

test('without a default backend NGINX answers 404 in place of every listed status', () => {
  const table = interceptFailures({ codes: [503, 413], answer: 404 });
  expect(table['no-endpoints']?.status).toBe(404);
  expect(table['request-refused']).toMatchObject({ status: 404, also: [400, 403, 414] });
  expect(table.overflow).toMatchObject({ status: 404, also: [502, 500] });
  expect(table.refused?.status).toBe(502);
});

test('a default backend Service keeps the status and shows its own page', () => {
  const table = interceptFailures({ codes: [503], answer: 'service' });
  expect(table['no-endpoints']?.status).toBe(503);
  expect(table['no-endpoints']).not.toHaveProperty('body');
  expect(table.refused).toHaveProperty('body');
});
