import { runCases } from '../../../../../../test/kit/cases.ts';

runCases(import.meta.dirname);
