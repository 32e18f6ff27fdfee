import { isCauseId } from '../checks/causes.ts';
import type { ScanOptions } from '../engine/contract.ts';
import { API_VERSION, type ScanDocument } from '../report/diagnosis.ts';
import { UsageError } from './usage-error.ts';

/* A baseline lists findings that are known and accepted: {apiVersion, kind: Baseline, findings: [{id, object}]}. */

type Finding = NonNullable<ScanOptions['baseline']>[number];

const FORM = 'write one with --write-baseline FILE; a scan saved with -o json serves as well';

/** The findings of a baseline file or of a saved scan. */
export function readBaseline(text: string, file: string): readonly Finding[] {
  const document = parse(text, file);
  const list =
    document.kind === 'Baseline' ? document.findings : document.kind === 'Scan' ? document.causes : undefined;
  if (!Array.isArray(list)) throw new UsageError(`${file} is not a baseline`, FORM);
  return list.map((entry: { readonly id?: unknown; readonly object?: unknown } | null, index) => {
    const id = entry?.id;
    const object = entry?.object;
    if (typeof id !== 'string' || typeof object !== 'string' || !isCauseId(id)) {
      throw new UsageError(`${file}: finding ${index + 1} has no cause id and object`, FORM);
    }
    return { id, object };
  });
}

function parse(
  text: string,
  file: string,
): { readonly kind?: unknown; readonly findings?: unknown; readonly causes?: unknown } {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`, FORM);
  }
}

/** The text of a baseline that accepts everything a scan found, what an older baseline left out included. */
export function writeBaseline(
  document: ScanDocument,
  before: readonly Finding[],
): { readonly text: string; readonly count: number } {
  const still = new Set(document.suppressed.map(({ id, object }) => keyOf({ id, object })));
  const all = [...document.causes, ...before.filter((finding) => still.has(keyOf(finding)))];
  const findings = [...new Map(all.map(({ id, object }) => [keyOf({ id, object }), { id, object }]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, finding]) => finding);
  const text = `${JSON.stringify({ apiVersion: API_VERSION, kind: 'Baseline', findings }, undefined, 2)}\n`;
  return { text, count: findings.length };
}

function keyOf({ id, object }: Finding): string {
  return `${id} ${object}`;
}
