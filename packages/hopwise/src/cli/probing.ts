import type { Probing } from '../engine/contract.ts';
import { sanitize } from '../report/sanitize.ts';
import type { ClusterSource } from '../sources/cluster/cluster-source.ts';
import { DEFAULT_LIMITS, LONGEST_GAP_MS, MOST_GAPS, MOST_REPEATS } from '../sources/probe/contract.ts';
import { DEFAULT_IMAGE } from '../sources/probe/inside/contract.ts';
import type { Flags } from './invocation.ts';
import type { CliIo } from './io.ts';
import { parseDuration } from './live-cluster.ts';
import type { Notes } from './notes.ts';
import { UsageError } from './usage-error.ts';

const ONLY_WITH_PROBES = ['repeat', 'idle', 'no-keep-alive', 'insecure', 'probe-timeout'] as const;
const ONLY_INSIDE = ['probe-image', 'yes'] as const;

/** What the probe flags ask for; undefined when nothing is to be probed. `usual` holds where --probe is not given. */
export async function probingFromFlags(flags: Flags, io: CliIo, usual: 'on' | 'off'): Promise<Probing | undefined> {
  const where = flags.get('probe') ?? usual;
  if (where === 'inside' && flags.has('from'))
    throw new UsageError('--probe inside needs the cluster itself', 'leave --from out, or take --probe on');
  const inner = ONLY_INSIDE.find((flag) => flags.has(flag));
  if (inner !== undefined && where !== 'inside')
    throw new UsageError(`--${inner} is about probes inside the cluster`, 'add --probe inside');
  if (where === 'off') {
    const idle = ONLY_WITH_PROBES.find((flag) => flags.has(flag));
    if (idle === undefined) return undefined;
    throw new UsageError(`--${idle} is about probes, and nothing is probed`, 'add --probe on');
  }
  const wishes = { repeat: readRepeat(flags.get('repeat')), idle: readGaps(flags.get('idle')) };
  const prober = await io.prober({
    keepAlive: !flags.has('no-keep-alive'),
    insecure: flags.has('insecure'),
    limits: { ...DEFAULT_LIMITS, ...readWait(flags.get('probe-timeout')) },
  });
  return { prober, wishes };
}

/** Probes inside the cluster that was read, when they are asked for; a person agrees to what is created. */
export async function insideFromFlags(
  flags: Flags,
  io: CliIo,
  cluster: ClusterSource | undefined,
  notes: Notes,
): Promise<Pick<Probing, 'inside'>> {
  if (flags.get('probe') !== 'inside' || cluster === undefined) return {};
  const inside = await io.insideProber(cluster.client, {
    image: flags.get('probe-image') ?? DEFAULT_IMAGE,
    confirm: async (lines) => flags.has('yes') || (await agree(io, notes, lines)),
    onInterrupt: (undo) => io.onInterrupt(undo),
    answerMs: readWait(flags.get('probe-timeout')).answerMs ?? DEFAULT_LIMITS.answerMs,
    podMs: POD_MS,
  });
  return { inside };
}

/** Long enough to pull an image of a few megabytes. */
const POD_MS = 90_000;

/** Nobody to ask is a no. */
async function agree(io: CliIo, notes: Notes, lines: readonly string[]): Promise<boolean> {
  await notes.clear();
  if (!io.stdin.isTerminal || !io.stderr.isTerminal) {
    await notes.note('to probe from the gateway’s place a Pod has to be created: add --yes to agree');
    return false;
  }
  const shown = lines.map((line) => `  ${sanitize(line)}\n`).join('');
  await io.stderr.write(`To ask from the gateway’s place, hopwise would:\n${shown}Go on? [y/N] `);
  return /^y(?:es)?$/i.test((await readLine(io)).trim());
}

async function readLine(io: CliIo): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of io.stdin) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes('\n') || text.length > 100) break;
  }
  return text.split('\n', 1)[0] ?? '';
}

function readRepeat(text: string | undefined): number {
  if (text === undefined) return 1;
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text) || count < 1 || count > MOST_REPEATS)
    throw new UsageError(`--repeat cannot be '${text}'`, `give a number from 1 to ${MOST_REPEATS}`);
  return count;
}

function readGaps(text: string | undefined): readonly number[] {
  if (text === undefined) return [];
  const parts = text.split(',');
  if (parts.length > MOST_GAPS) throw new UsageError(`--idle takes at most ${MOST_GAPS} times, got ${parts.length}`);
  return parts.map((part) => readTime('idle', part.trim(), LONGEST_GAP_MS));
}

function readWait(text: string | undefined): { readonly answerMs?: number } {
  return text === undefined ? {} : { answerMs: readTime('probe-timeout', text, LONGEST_GAP_MS) };
}

/** `55s`, `1500ms`, `2m`, within bounds. */
function readTime(flag: 'idle' | 'probe-timeout', text: string, most: number): number {
  const ms = parseDuration(flag, text);
  if (ms > 0 && ms <= most) return ms;
  throw new UsageError(`--${flag} cannot be '${text}'`, `give a time such as 55s or 2m, at most ${most / 60_000}m`);
}
