import type { Dialect } from '../dialect.ts';
import { gatewayApi } from './gateway-api/dialect.ts';
import { gloo } from './gloo/dialect.ts';
import { ingressNginx } from './ingress-nginx/dialect.ts';
import { istio } from './istio/dialect.ts';
import { plainIngress } from './plain-ingress/dialect.ts';

/** One line per dialect, sorted. The plain Ingress dialect takes what no other dialect claims. */
export const DIALECTS: readonly Dialect[] = [gatewayApi, gloo, ingressNginx, istio, plainIngress];
