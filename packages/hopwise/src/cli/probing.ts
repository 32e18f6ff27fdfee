import type { Probing } from '../engine/contract.ts';
import { DEFAULT_LIMITS, LONGEST_GAP_MS, MOST_GAPS, MOST_REPEATS } from '../sources/probe/contract.ts';
import type { Flags } from './invocation.ts';
import type { CliIo } from './io.ts';
import { parseDuration } from './live-cluster.ts';
import { UsageError } from './usage-error.ts';

const ONLY_WITH_PROBES = ['repeat', 'idle', 'no-keep-alive', 'insecure', 'probe-timeout'] as const;

/** What the probe flags ask for; undefined when nothing is to be probed. `usual` holds where --probe is not given. */
export async function probingFromFlags(flags: Flags, io: CliIo, usual: 'on' | 'off'): Promise<Probing | undefined> {
  const where = flags.get('probe') ?? usual;
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
