import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import type { ProbeDns } from '../probe-observation.ts';
import { MOST_ADDRESSES, type ProbeResolver } from './contract.ts';
import { phaseError } from './phase-error.ts';
import { within } from './under-way.ts';

/** An alias chain longer than this is a loop or an attack (resolvers stop at about as many). */
const MOST_ALIASES = 8;
const ALIAS_MS = 1_500;

/**
 * The machine's own way from names to addresses: getaddrinfo, as every client does it, hosts file and search path included;
 * aliases from the configured name servers. `servers` (`127.0.0.1:5353`) are asked for both instead.
 */
export function systemResolver(servers?: readonly string[]): ProbeResolver {
  const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  return {
    addresses: async (name) => {
      if (servers === undefined) return (await dns.lookup(name, { all: true, order: 'verbatim' })).map(addressOf);
      const [v6, v4] = await Promise.allSettled([resolver.resolve6(name), resolver.resolve4(name)]);
      if (v6.status === 'rejected' && v4.status === 'rejected') throw v4.reason;
      return [v6, v4].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    },
    aliases: async (name) => {
      const aliases: string[] = [];
      // RFC 6761, 6.3: names of this machine are nobody else's business.
      if (/(?:^|\.)localhost$/i.test(name)) return aliases;
      for (let next: string | undefined = name; next !== undefined && aliases.length < MOST_ALIASES; ) {
        const answer: readonly string[] = await resolver.resolveCname(next).catch(() => []);
        next = answer[0]?.toLowerCase();
        if (next === undefined || aliases.includes(next)) break;
        aliases.push(next);
      }
      return aliases;
    },
  };
}

function addressOf({ address }: { readonly address: string }): string {
  return address;
}

/** Resolves the name of a target; undefined for an address, which needs no resolving. */
export async function resolveName(
  resolver: ProbeResolver,
  name: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<ProbeDns | undefined> {
  if (isIP(name) !== 0) return undefined;
  const started = performance.now();
  const asked = bounded(resolver.addresses(name, signal), limitMs, signal);
  // Only what readers are told; it must not keep anybody waiting or fail the look-up.
  const named = bounded(resolver.aliases(name, signal), Math.min(limitMs, ALIAS_MS), signal).catch(
    (): readonly string[] => [],
  );
  try {
    const addresses = [...new Set(await asked)].slice(0, MOST_ADDRESSES);
    const ms = performance.now() - started;
    const aliases = await named;
    signal.throwIfAborted();
    return { name, addresses, aliases, ms };
  } catch (error) {
    signal.throwIfAborted();
    const ms = performance.now() - started;
    return { name, addresses: [], aliases: await named, ms, failure: phaseError('dns', error).failure };
  }
}

function bounded<T>(work: Promise<T>, limitMs: number, signal: AbortSignal): Promise<T> {
  return within('dns', limitMs, signal, (done, fail) => {
    work.then(done, fail);
    return () => undefined;
  });
}
