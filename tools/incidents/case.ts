import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import type { RequestInput } from '../../packages/hopwise/src/engine/contract.ts';

/** A capture with a question and, for judging only, the answer: `case.yaml` beside `cluster.yaml` and `logs/`. */
export interface IncidentCase {
  readonly id: string;
  readonly folder: string;
  /** All that hopwise is given besides the capture. A healthy case may ask several. */
  readonly requests: readonly RequestInput[];
  readonly expected: Expected;
}

export type Expected =
  | { readonly kind: 'fault'; readonly causes: readonly string[]; readonly object: string }
  | { readonly kind: 'healthy'; readonly mustNotBlame: readonly string[] };

const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Captures shared between the projects lie beside the clone; HOPWISE_SHARED names another place. */
export const SHARED_FOLDER = process.env.HOPWISE_SHARED ?? join(REPOSITORY, '..', 'shared');

/** The case folders under the given ones (a folder with case.yaml is itself one), sorted. */
export function findCaseFolders(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    if (existsSync(join(folder, 'case.yaml'))) return [resolve(folder)];
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .sort()
      .map((name) => resolve(folder, name))
      .filter((path) => existsSync(join(path, 'case.yaml')));
  });
}

/** The shared cases; empty where the folder is not there, and `whyNoSharedCases` says so. */
export function findSharedCases(): IncidentCase[] {
  return findCaseFolders([join(SHARED_FOLDER, 'incidents'), join(SHARED_FOLDER, 'healthy')]).map(readCase);
}

export function whyNoSharedCases(): string {
  return `skipped: no captures at ${relative(process.cwd(), SHARED_FOLDER) || '.'} (set HOPWISE_SHARED to the folder that holds incidents/ and healthy/)`;
}

/** Throws with the file's name when case.yaml is not one. */
export function readCase(folder: string): IncidentCase {
  const file = join(folder, 'case.yaml');
  const document = asRecord(load(readFileSync(file, 'utf8')), file);
  const first = readRequest(asRecord(document.request, `${file}: request`));
  const more = asList(document.more_requests).map((entry) => readRequest(asRecord(entry, `${file}: more_requests`)));
  return {
    id: typeof document.id === 'string' ? document.id : basename(folder),
    folder,
    requests: [first, ...more],
    expected: readExpected(asRecord(document.expected, `${file}: expected`)),
  };
}

function readRequest(request: Readonly<Record<string, unknown>>): RequestInput {
  const headers = Object.entries(asRecord(request.headers ?? {}, 'headers'));
  return {
    url: String(request.url),
    ...(request.method === undefined ? {} : { method: String(request.method) }),
    ...(request.protocol === undefined ? {} : { protocol: String(request.protocol) }),
    ...(request.as === undefined ? {} : { as: String(request.as) }),
    headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
  };
}

function readExpected(expected: Readonly<Record<string, unknown>>): Expected {
  if (expected.cause === undefined) {
    return { kind: 'healthy', mustNotBlame: asList(expected.must_not_blame).map(String) };
  }
  const causes = [expected.cause, ...asList(expected.accept)].map(String);
  return { kind: 'fault', causes, object: String(expected.object) };
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${what} is not a mapping`);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
