import { editDistance } from '../base/edit-distance.ts';
import { type ObjectId, splitId } from '../base/object-id.ts';
import type { GatewayInstance, RouteTable, VirtualHost } from '../routing/route-table.ts';

/** A host that some gateway serves and that the asked one resembles. */
export interface NearHost {
  readonly gateway: GatewayInstance;
  readonly host: VirtualHost;
  readonly object: ObjectId;
  readonly why: string;
  readonly likeness: Likeness;
}

/**
 * slip: the same name mistyped, or `www`, or a wildcard that stops short; kin: another member of the same family
 * (`shop-eu`, `shop2`, the same name under another domain), which may well be somebody else's.
 */
export type Likeness = 'slip' | 'kin';

interface Resemblance {
  readonly why: string;
  readonly likeness: Likeness;
  /** Smaller is nearer. */
  readonly score: number;
}

/** Hosts of the table that an asked host may have been meant to be, nearest first. */
export function nearHosts(table: RouteTable, asked: string): readonly NearHost[] {
  const near: (NearHost & { readonly score: number })[] = [];
  for (const gateway of table.gateways) {
    for (const host of gateway.hosts) {
      const object = host.objects[0] ?? host.rules[0]?.object;
      if (host.host === '' || host.host.startsWith('~') || object === undefined) continue;
      const match = resemblance(host, asked) ?? namedAfter(host, asked);
      if (match !== undefined && !near.some((entry) => entry.object === object && entry.host.host === host.host))
        near.push({ gateway, host, object, ...match });
    }
  }
  return near.sort((a, b) => a.score - b.score || (a.object < b.object ? -1 : 1));
}

function resemblance({ host, wildcard }: VirtualHost, asked: string): Resemblance | undefined {
  if (host === asked) return undefined;
  if (host.startsWith('*.')) return stoppedShort(host, wildcard, asked);
  if (`www.${host}` === asked || `www.${asked}` === host)
    return { why: `only ${host} is declared`, likeness: 'slip', score: 1 };
  const wanted = host.split('.');
  const given = asked.split('.');
  if (wanted.length === given.length) {
    const different = wanted.flatMap((label, at) => (label === given[at] ? [] : [at]));
    const [at] = different;
    if (at !== undefined && different.length === 1)
      return labelDiffers(wanted[at] ?? '', given[at] ?? '', host, at === 0);
  }
  const limit = Math.min(2, Math.floor(asked.length / 6));
  if (editDistance(host, asked, limit) <= limit)
    return { why: `${host} differs by a letter or two`, likeness: 'slip', score: 2 };
  // The same name under another domain (shop.example.com, shop.example.org) is a copied manifest.
  return wanted[0] === given[0] && wanted.length > 1 && given.length > 1
    ? { why: `${host} has the same first label under another domain`, likeness: 'kin', score: 5 }
    : undefined;
}

function stoppedShort(host: string, wildcard: VirtualHost['wildcard'], asked: string): Resemblance | undefined {
  const suffix = host.slice(1);
  if (asked === suffix.slice(1)) return { why: `${host} does not cover the bare domain`, likeness: 'slip', score: 1 };
  if (wildcard === 'one-label' && asked.endsWith(suffix))
    return { why: `${host} covers one label only`, likeness: 'slip', score: 1 };
  return undefined;
}

/** One label is another: a typing slip in a word of some length, or else a relative of it. */
function labelDiffers(wanted: string, given: string, host: string, first: boolean): Resemblance | undefined {
  const why = `${host} differs in ${wanted}, the request says ${given}`;
  const plain = (label: string): string => label.replace(/\d+/g, '#');
  const limit = Math.min(2, Math.floor(Math.min(wanted.length, given.length) / 4));
  if (plain(wanted) !== plain(given) && limit > 0 && editDistance(wanted, given, limit) <= limit)
    return { why, likeness: 'slip', score: 2 };
  const words = new Set(given.split('-'));
  const shared = wanted.split('-').some((word) => word.length > 2 && words.has(word));
  if (shared || plain(wanted) === plain(given)) return { why, likeness: 'kin', score: 4 };
  // Another domain altogether under the same first label.
  return first
    ? undefined
    : { why: `${host} has the same first label under another domain`, likeness: 'kin', score: 5 };
}

/** The route or its Service is called like the host's first label: it was made for a host of that name. */
function namedAfter(host: VirtualHost, asked: string): Resemblance | undefined {
  const [label = ''] = asked.split('.');
  if (label.length < 3 || label === 'www') return undefined;
  const names = host.rules.flatMap(({ object, action }) => [
    splitId(object).name,
    ...(action.kind === 'backends' ? action.backends.map((backend) => splitId(backend.object).name) : []),
  ]);
  return names.includes(label)
    ? { why: `${host.host} leads to ${label}, nothing has host ${asked}`, likeness: 'kin', score: 6 }
    : undefined;
}
