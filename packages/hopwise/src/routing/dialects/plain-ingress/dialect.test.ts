import { join } from 'node:path';
import { runDialectCases } from '../../ingress/testing/run-cases.ts';
import { plainIngress } from './dialect.ts';

runDialectCases(plainIngress, join(import.meta.dirname, 'cases'));
