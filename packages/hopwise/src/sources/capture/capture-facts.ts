import type { KindCoverage, ReadProblem, SnapshotFacts } from '../contract.ts';
import type { CoverageState } from '../coverage.ts';
import { reportProblem } from '../reading/delivery.ts';
import type { FileReader } from '../reading/input-tree.ts';
import { parseYaml } from '../reading/parse-yaml.ts';
import { readText } from '../reading/read-log.ts';

const MAX_SIZE = 4 * 1024 * 1024;
const STATES: ReadonlySet<string> = new Set<CoverageState>([
  'complete',
  'partial',
  'forbidden',
  'not-installed',
  'not-collected',
  'assumed-none',
]);

/** Reads `capture.yaml`: when and where a capture was taken, and how complete each kind in it is. */
export const readCaptureFacts: FileReader = async (file, context) => {
  const text = (await readText(file, MAX_SIZE)).replaceAll('\r\n', '\n').replace(/^---[^\n]*\n/, '');
  const parsed = await parseYaml(text);
  const refuse = (message: string) => reportProblem({ file: file.name, message }, context);
  if ('fault' in parsed) {
    refuse(parsed.fault);
    return;
  }
  const { value } = parsed;
  if (!isRecord(value) || value.kind !== 'Capture') {
    refuse('is no Capture (apiVersion: hopwise.dev/v1, kind: Capture) and is not used');
    return;
  }
  context.sink.snapshot(readFacts(value, refuse));
  for (const problem of readProblems(value.problems)) reportProblem(problem, context);
  if (value.coverage === undefined || value.coverage === null) return;
  if (!Array.isArray(value.coverage)) {
    refuse('has a coverage that is no list');
    return;
  }
  value.coverage.forEach((entry: unknown, index) => {
    const coverage = readCoverage(entry);
    if (coverage === undefined) refuse(`has a coverage[${index}] without a kind or with an unknown state`);
    else context.sink.coverage(coverage);
  });
};

function readFacts(value: Record<string, unknown>, refuse: (message: string) => void): SnapshotFacts {
  const facts: { time?: number; serverVersion?: string; scope?: string } = {};
  if (value.time !== undefined && value.time !== null) {
    const time = typeof value.time === 'number' ? value.time : Date.parse(String(value.time));
    if (Number.isFinite(time)) facts.time = time;
    else refuse('has a time that is none; the latest time in the capture is used');
  }
  if (typeof value.serverVersion === 'string') facts.serverVersion = value.serverVersion;
  if (typeof value.scope === 'string') facts.scope = value.scope;
  return facts;
}

function readCoverage(entry: unknown): KindCoverage | undefined {
  if (!isRecord(entry)) return undefined;
  const { kind, state, reason, namespaces, names, missing } = entry;
  if (typeof kind !== 'string' || kind === '' || typeof state !== 'string' || !STATES.has(state)) return undefined;
  const coverage: { -readonly [K in keyof KindCoverage]: KindCoverage[K] } = { kind, state: state as CoverageState };
  if (typeof reason === 'string') coverage.reason = reason;
  if (Array.isArray(namespaces)) coverage.namespaces = namespaces.filter((name) => typeof name === 'string');
  if (missing === 'not-needed' || missing === 'refused' || missing === 'failed') coverage.missing = missing;
  if (Array.isArray(names)) coverage.names = names.filter((name) => typeof name === 'string');
  return coverage;
}

/** What whoever took the capture could not read, or left out to keep it small. */
function readProblems(value: unknown): ReadProblem[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).flatMap(({ file, line, message }) => {
    if (typeof file !== 'string' || typeof message !== 'string') return [];
    return [{ file, message, ...(typeof line === 'number' ? { line } : {}) }];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
