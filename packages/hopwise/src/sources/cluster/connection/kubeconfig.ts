import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { parseYaml } from '../../reading/parse-yaml.ts';
import { SourceError } from '../../source-error.ts';

/** A kubeconfig as written: named entries whose fields only the authenticators interpret. */
export interface KubeconfigEntry {
  readonly [field: string]: unknown;
}

export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly currentContext: string | undefined;
  /** The files it was merged from. */
  readonly files: readonly string[];
}

/** Fields that name files, relative to the kubeconfig they stand in. client-go: tools/clientcmd/loader.go, GetClusterFileReferences and GetAuthInfoFileReferences. */
const FILE_FIELDS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];
const MAX_SIZE = 16 * 1024 * 1024;

/**
 * Reads kubeconfig files as kubectl does: --kubeconfig alone, else every file of $KUBECONFIG (missing ones are skipped), else
 * ~/.kube/config. Entries of the same name: the first file wins, and so does the first current-context (client-go:
 * ClientConfigLoadingRules.Load). Undefined when there is none at all. Throws SourceError for a file that is named but
 * missing, unreadable or no kubeconfig.
 */
export async function readKubeconfig(
  explicit: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Kubeconfig | undefined> {
  const paths = chooseFiles(explicit, env);
  const clusters = new Map<string, KubeconfigEntry>();
  const users = new Map<string, KubeconfigEntry>();
  const contexts = new Map<string, KubeconfigEntry>();
  const files: string[] = [];
  let currentContext: string | undefined;
  for (const path of paths) {
    if (explicit === undefined && !existsSync(path)) continue;
    const config = await readOne(path);
    files.push(path);
    merge(clusters, config.clusters, 'cluster', path);
    merge(users, config.users, 'user', path);
    merge(contexts, config.contexts, 'context', path);
    const current = config['current-context'];
    if (currentContext === undefined && typeof current === 'string' && current !== '') currentContext = current;
  }
  return files.length === 0 ? undefined : { clusters, users, contexts, currentContext, files };
}

function chooseFiles(
  explicit: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (explicit !== undefined) return [explicit];
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed : [join(env.HOME ?? homedir(), '.kube', 'config')];
}

async function readOne(path: string): Promise<KubeconfigEntry> {
  const parsed = await parseYaml(
    readText(path)
      .replaceAll('\r\n', '\n')
      .replace(/^---[^\n]*\n/, ''),
  );
  if ('fault' in parsed) throw new SourceError('unsupported', `kubeconfig ${path}: ${parsed.fault}`);
  if (parsed.value === null || parsed.value === undefined) return {};
  if (!isRecord(parsed.value)) throw new SourceError('unsupported', `${path} is no kubeconfig`);
  return parsed.value;
}

function readText(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.length <= MAX_SIZE) return text;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new SourceError(
      missing ? 'not-found' : 'not-readable',
      missing ? `kubeconfig ${path} does not exist` : `kubeconfig ${path} cannot be read (${code})`,
      'name one with --kubeconfig or $KUBECONFIG, or give --from PATH',
    );
  }
  throw new SourceError('too-large', `${path} is too large for a kubeconfig`);
}

function merge(into: Map<string, KubeconfigEntry>, list: unknown, field: string, path: string): void {
  if (!Array.isArray(list)) return;
  for (const item of list) {
    if (!isRecord(item) || typeof item.name !== 'string' || into.has(item.name)) continue;
    const entry = item[field];
    into.set(item.name, isRecord(entry) ? absolutePaths(entry, dirname(path)) : {});
  }
}

function absolutePaths(entry: KubeconfigEntry, folder: string): KubeconfigEntry {
  const changed: Record<string, unknown> = { ...entry };
  for (const field of FILE_FIELDS) {
    const value = entry[field];
    if (typeof value === 'string' && value !== '') changed[field] = isAbsolute(value) ? value : join(folder, value);
  }
  const exec = entry.exec;
  // A bare name is looked up in PATH; `./login` and `tools/login` stand beside the kubeconfig (client-go: exec plugins).
  if (isRecord(exec) && typeof exec.command === 'string' && /[\\/]/.test(exec.command) && !isAbsolute(exec.command)) {
    changed.exec = { ...exec, command: join(folder, exec.command) };
  }
  return changed;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
