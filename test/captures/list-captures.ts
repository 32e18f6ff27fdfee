import { join } from 'node:path';
import type { RequestInput } from '../../packages/hopwise/src/engine/contract.ts';
import { DEMO_CAPTURE, DEMO_URL } from '../../tools/demo.ts';
import { type Expected, findSharedCases } from '../../tools/incidents/case.ts';
import { REPOSITORY } from '../reading/source-code.ts';

export interface Capture {
  readonly name: string;
  readonly folder: string;
  readonly requests: readonly RequestInput[];
  /** What the first request is about. */
  readonly expected: Expected;
}

const DEMO = join(REPOSITORY, DEMO_CAPTURE);

/** The bundled capture, once per question: a blocked route, a wrong port, and a route with nothing wrong. */
export const BUNDLED_CAPTURES: readonly Capture[] = [
  {
    name: 'bookshop catalog',
    folder: DEMO,
    requests: [{ url: DEMO_URL }],
    expected: {
      kind: 'fault',
      causes: ['network-policy-denies-ingress'],
      object: 'NetworkPolicy/bookshop/backend-tier',
    },
  },
  {
    name: 'bookshop orders',
    folder: DEMO,
    requests: [{ url: 'https://books.example.net/api/orders', method: 'POST' }],
    expected: { kind: 'fault', causes: ['target-port-mismatch'], object: 'Service/bookshop/orders' },
  },
  {
    name: 'bookshop storefront',
    folder: DEMO,
    requests: [{ url: 'https://books.example.net/' }],
    expected: { kind: 'healthy', mustNotBlame: ['NetworkPolicy/bookshop/web-tier'] },
  },
];

/** The bundled captures and, where they are, the shared ones. */
export function listCaptures(): Capture[] {
  return [
    ...BUNDLED_CAPTURES,
    ...findSharedCases().map(({ id, folder, requests, expected }) => ({ name: id, folder, requests, expected })),
  ];
}
