import type { KindCoverage, ReadProblem } from '../contract.ts';
import { type CaptureEntry, textEntry } from './entries.ts';

/** What `capture.yaml` says about a capture. */
export interface CaptureManifest {
  /** Epoch milliseconds; undefined when the source does not know when its objects were read. */
  readonly time: number | undefined;
  readonly serverVersion: string | undefined;
  readonly scope: string | undefined;
  readonly hopwiseVersion: string;
  readonly anonymized: boolean;
  readonly coverage: readonly KindCoverage[];
  /** What could not be read and what was left out. */
  readonly problems: readonly ReadProblem[];
}

/** Writes capture.yaml: keys in a fixed order, strings quoted as JSON, which YAML reads as it stands. */
export function manifestEntry(manifest: CaptureManifest): CaptureEntry {
  const { time, serverVersion, scope, hopwiseVersion, anonymized, coverage, problems } = manifest;
  const lines = ['apiVersion: hopwise.dev/v1', 'kind: Capture'];
  if (time !== undefined) lines.push(`time: ${quote(new Date(time).toISOString())}`);
  if (serverVersion !== undefined) lines.push(`serverVersion: ${quote(serverVersion)}`);
  if (scope !== undefined) lines.push(`scope: ${quote(scope)}`);
  lines.push(`hopwiseVersion: ${quote(hopwiseVersion)}`, 'redacted: true', `anonymized: ${anonymized}`);
  if (coverage.length > 0) lines.push('coverage:', ...coverage.flatMap(coverageLines));
  if (problems.length > 0) lines.push('problems:', ...problems.flatMap(problemLines));
  return textEntry('capture.yaml', `${lines.join('\n')}\n`);
}

function coverageLines({ kind, state, reason, missing, namespaces, names }: KindCoverage): string[] {
  const lines = [`- kind: ${quote(kind)}`, `  state: ${state}`];
  if (reason !== undefined) lines.push(`  reason: ${quote(reason)}`);
  if (missing !== undefined) lines.push(`  missing: ${missing}`);
  if (namespaces !== undefined) lines.push(`  namespaces: [${namespaces.map(quote).join(', ')}]`);
  if (names !== undefined) lines.push(`  names: [${names.map(quote).join(', ')}]`);
  return lines;
}

function problemLines({ file, line, message }: ReadProblem): string[] {
  return [`- file: ${quote(file)}`, ...(line === undefined ? [] : [`  line: ${line}`]), `  message: ${quote(message)}`];
}

/** JSON's escapes are YAML's too, once the line separators that YAML folds are escaped. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
