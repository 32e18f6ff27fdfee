import { editDistance } from '../base/edit-distance.ts';
import type { ObjectId } from '../base/object-id.ts';
import type { GatewayInstance, RouteTable, VirtualHost } from '../routing/route-table.ts';

/** A host that some gateway serves and that the asked one resembles. */
export interface NearHost {
  readonly gateway: GatewayInstance;
  readonly host: VirtualHost;
  readonly object: ObjectId;
  readonly why: string;
  /** Smaller is nearer. */
  readonly score: number;
}

/** Hosts of the table that an asked host may have been meant to be, nearest first. */
export function nearHosts(table: RouteTable, asked: string): readonly NearHost[] {
  const near: NearHost[] = [];
  for (const gateway of table.gateways) {
    for (const host of gateway.hosts) {
      const object = host.objects[0] ?? host.rules[0]?.object;
      if (host.host === '' || host.host.startsWith('~') || object === undefined) continue;
      const match = resemblance(host.host, asked);
      if (match !== undefined) near.push({ gateway, host, object, ...match });
    }
  }
  return near.sort((a, b) => a.score - b.score || (a.object < b.object ? -1 : 1));
}

function resemblance(host: string, asked: string): { why: string; score: number } | undefined {
  if (host === asked) return undefined;
  if (host.startsWith('*.')) {
    const suffix = host.slice(1);
    if (asked === suffix.slice(1)) return { why: `${host} does not cover the bare domain`, score: 1 };
    if (asked.endsWith(suffix)) return { why: `${host} covers one label only`, score: 1 };
    return undefined;
  }
  if (`www.${host}` === asked || `www.${asked}` === host) return { why: `only ${host} is declared`, score: 1 };
  const slips = editDistance(host, asked, 3);
  if (slips <= 3 && slips * 4 <= asked.length)
    return { why: `${host} differs by ${slips} character${slips === 1 ? '' : 's'}`, score: 1 + slips };
  const [first = '', ...rest] = asked.split('.');
  const [otherFirst = '', ...otherRest] = host.split('.');
  // The same name under another domain (shop.example.com, shop.example.org) is a copied manifest.
  if (first === otherFirst && rest.length > 0 && otherRest.length > 0)
    return { why: `${host} has the same first label under another domain`, score: 5 };
  return undefined;
}
