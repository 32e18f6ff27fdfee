import type { DiagnosisDocument, DiffDocument, ScanDocument, TraceDocument } from '../diagnosis.ts';
import { DIFF } from './diff.ts';
import { FAILING } from './failing.ts';
import { HEALTHY, RECOVERED } from './healthy.ts';
import { HOSTILE, HOSTILE_DIFF, HOSTILE_SCAN } from './hostile.ts';
import { SCAN, SCAN_HEALTHY } from './scan.ts';
import { SEVERAL_CAUSES } from './several-causes.ts';
import { TRACE, TRACE_NONE } from './trace.ts';
import { UNSURE } from './unsure.ts';

/* The sample documents that every renderer is tested on, drawn from real incidents. */

export const DIAGNOSES: Readonly<Record<string, DiagnosisDocument>> = {
  failing: FAILING,
  'several-causes': SEVERAL_CAUSES,
  unsure: UNSURE,
  healthy: HEALTHY,
  recovered: RECOVERED,
  hostile: HOSTILE,
};
export const TRACES: Readonly<Record<string, TraceDocument>> = { trace: TRACE, 'trace-none': TRACE_NONE };
export const SCANS: Readonly<Record<string, ScanDocument>> = {
  scan: SCAN,
  'scan-healthy': SCAN_HEALTHY,
  'scan-hostile': HOSTILE_SCAN,
};
export const DIFFS: Readonly<Record<string, DiffDocument>> = { diff: DIFF, 'diff-hostile': HOSTILE_DIFF };
