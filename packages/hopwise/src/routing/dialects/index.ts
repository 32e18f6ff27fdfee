import type { Dialect } from '../dialect.ts';
import { gatewayApi } from './gateway-api/dialect.ts';
import { ingressNginx } from './ingress-nginx/dialect.ts';

/** One line per dialect, sorted. The plain Ingress dialect takes what no other dialect claims. */
export const DIALECTS: readonly Dialect[] = [gatewayApi, ingressNginx];
