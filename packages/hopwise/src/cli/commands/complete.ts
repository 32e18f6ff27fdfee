import { type FoundSlot, findSlot, type LookedUp } from '../completion/find-slot.ts';
import { FINE } from '../exit-codes.ts';
import { Flags } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { connectionOptions } from '../live-cluster.ts';

/** Whoever presses Tab does not wait longer; what has been found by then is offered. */
const PATIENCE_MS = 1_300;
/** Cobra's ShellCompDirective, which `kubectl_complete-hopwise` passes on: files may be offered, or nothing else may. */
const FILES_TOO = ':0';
const NOTHING_ELSE = ':4';

/**
 * What may stand where the cursor is, one per line, and a line that says whether files may too. The words are those behind the
 * program's name, the last one unfinished. Never an error: a prompt is no place for one.
 */
export async function run(words: readonly string[], io: CliIo): Promise<number> {
  const found = findSlot(words);
  const { slot, before, text } = found;
  const candidates = new Set<string>();
  if (slot.kind === 'words') for (const word of slot.words) candidates.add(word);
  if (slot.kind === 'lookup') await lookUp(slot.what, found, io, (word) => candidates.add(word));
  const fitting = [...candidates].filter((word) => word.startsWith(text)).sort();
  const lines = [...fitting.map((word) => before + word), slot.kind === 'files' ? FILES_TOO : NOTHING_ELSE];
  await io.stdout.write(`${lines.join('\n')}\n`);
  return FINE;
}

async function lookUp(what: LookedUp, found: FoundSlot, io: CliIo, offer: (word: string) => void): Promise<void> {
  const patience = Math.max(1, Math.ceil(PATIENCE_MS - io.elapsed()));
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(patience)]);
  const late = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  // A login that hangs hears no signal.
  await Promise.race([offerFrom(what, found, io, offer, signal).catch(() => undefined), late]);
}

async function offerFrom(
  what: LookedUp,
  { flags, text }: FoundSlot,
  io: CliIo,
  offer: (word: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (what === 'contexts' || what === 'clusters' || what === 'users') {
    const { readKubeconfig } = await import('../../sources/cluster/connection/kubeconfig.ts');
    const config = await readKubeconfig(flags.get('kubeconfig'), io.env);
    for (const name of config?.[what].keys() ?? []) offer(name);
    return;
  }
  if (flags.has('from')) return;
  const [openCluster, { offerNamespaces, offerRequests }] = await Promise.all([
    io.openCluster(),
    import('../completion/look-up.ts'),
  ]);
  const given = new Flags(new Map([...flags].map(([name, value]) => [name, [value]])));
  const cluster = await openCluster(connectionOptions(given), io.env);
  try {
    if (what === 'namespaces') await offerNamespaces(cluster, offer, signal);
    else await offerRequests(cluster, text, offer, signal);
  } finally {
    cluster.client.close();
  }
}
