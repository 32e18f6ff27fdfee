import { join } from 'node:path';
import { runDialectCases } from '../../ingress/testing/run-cases.ts';
import { ingressNginx } from './dialect.ts';

runDialectCases(ingressNginx, join(import.meta.dirname, 'cases'));
