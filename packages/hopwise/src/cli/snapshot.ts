import type { Engine, PathOptions, Probing, RequestInput, RequestSearch, Snapshot } from '../engine/contract.ts';
import type { ClusterClient } from '../sources/cluster/client.ts';
import type { ClusterSource } from '../sources/cluster/cluster-source.ts';
import type { Source } from '../sources/contract.ts';
import { CLUSTER_FLAGS } from './flags.ts';
import type { Flags, Invocation } from './invocation.ts';
import type { CliIo } from './io.ts';
import { connectionOptions, parseDuration } from './live-cluster.ts';
import { createNotes, type Notes } from './notes.ts';

export interface Loaded {
  readonly engine: Engine;
  readonly snapshot: Snapshot;
  readonly notes: Notes;
  /** The live cluster, when it is one. */
  readonly cluster?: ClusterSource;
}

/** Reads what --from names, or the live cluster: as far as one request needs it, or all. Engine and reader are loaded side by side. */
export async function loadSnapshot(
  invocation: Invocation,
  io: CliIo,
  input?: RequestInput | RequestSearch,
  probing?: Probing,
): Promise<Loaded> {
  const { flags } = invocation;
  const from = flags.get('from');
  const notes = createNotes(io, flags.has('quiet'));
  if (from === undefined) return loadLive(invocation, io, notes, input, probing);
  const [engine, source] = await Promise.all([io.engine(), openInput(from, flags, io, notes)]);
  const snapshot = await engine.load(source, io.signal, notes.progress);
  await notes.clear();
  return { engine, snapshot, notes };
}

async function loadLive(
  { command, flags }: Invocation,
  io: CliIo,
  notes: Notes,
  input: RequestInput | RequestSearch | undefined,
  probing: Probing | undefined,
): Promise<Loaded> {
  const [engine, openCluster] = await Promise.all([io.engine(), io.openCluster()]);
  const namespace = command.name === 'scan' ? flags.get('namespace') : undefined;
  const cluster = await openCluster(connectionOptions(flags), io.env, {
    ...(namespace === undefined ? {} : { namespace }),
    tlsFacts: flags.has('tls-facts'),
  });
  try {
    const snapshot =
      input === undefined
        ? await engine.load(cluster, io.signal, notes.progress)
        : await engine.loadPath(
            cluster,
            input,
            await pathOptions(flags, io, cluster.client, probing),
            io.signal,
            notes.progress,
          );
    await notes.clear();
    const narrowed = input === undefined ? undefined : noteNarrowed(cluster, flags);
    if (narrowed !== undefined) await notes.note(narrowed);
    return { engine, snapshot, notes, cluster };
  } finally {
    cluster.client.close();
  }
}

/** Who may not list routes everywhere is told where they were looked for, unless that was said. */
function noteNarrowed(cluster: ClusterSource, flags: Flags): string | undefined {
  if (flags.has('namespace') || !['Ingress', 'HTTPRoute'].some((kind) => cluster.isForbidden(kind))) return undefined;
  const namespace = cluster.client.namespace ?? 'default';
  return `you may not list routes of the whole cluster: only namespace ${namespace} was read; name yours with -n NAMESPACE`;
}

/** The source behind a path that --from, or an argument in its place, names. */
export async function openInput(path: string, flags: Flags, io: CliIo, notes: Notes): Promise<Source> {
  for (const flag of [...CLUSTER_FLAGS, 'gateway-config'] as const) {
    if (flags.has(flag)) await notes.note(`--${flag} means nothing with --from`);
  }
  if (path === '-' && io.stdin.isTerminal) await notes.note('reading objects from the terminal; Ctrl-D ends them');
  const openSource = await io.openSource();
  return openSource(path, { stdin: io.stdin, signal: io.signal });
}

async function pathOptions(
  flags: Flags,
  io: CliIo,
  client: ClusterClient,
  probing: Probing | undefined,
): Promise<PathOptions> {
  const file = flags.get('response');
  return {
    ...logOptions(flags),
    ...(probing === undefined ? {} : { probing }),
    ...(flags.has('gateway-config') ? { gatewayConfig: await io.gatewayConfigReader(client) } : {}),
    ...(file === undefined ? {} : { response: { text: await io.readFile(file), file } }),
  };
}

/** Which logs of a live cluster are read. */
export function logOptions(flags: Flags): PathOptions {
  const since = flags.get('since');
  return {
    logs: !flags.has('no-logs'),
    ...(since === undefined ? {} : { logsSince: new Date(Date.now() - parseDuration('since', since)).toISOString() }),
  };
}
