import type { ObjectId } from '../../base/object-id.ts';
import type { ForeignObject } from '../../model/kinds/cluster.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { contains, knownBlock, parseAddress } from '../policy/address.ts';

/** Where a connection comes from, as cloud firewalls tell senders apart. */
export type Sender = 'nodes' | 'load-balancer';

export interface FirewallAsk {
  readonly sender: Sender;
  readonly port: number;
  /** Addresses of the sender, where they are known: the nodes', or a cloud's health-check ranges (their first address). */
  readonly addresses: readonly string[];
}

/** What one firewall that is kept as an object in the cluster says about a connection. */
export interface FirewallVerdict {
  readonly admits: boolean;
  /** The object to change, and its field. */
  readonly id: ObjectId;
  readonly object: ForeignObject;
  readonly path: string;
  readonly text: string;
  /** A change after which it passes. */
  readonly patch?: readonly JsonObject[];
}

/** Undefined: this firewall has no say, or nobody can tell. */
export type Firewall = (ask: FirewallAsk) => FirewallVerdict | undefined;

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export const ALL_PORTS: PortRange = { from: 0, to: 65_535 };

/** `80`, `8000-9000`, `*`; undefined for anything else. */
export function readPorts(text: string): PortRange | undefined {
  if (text === '*') return ALL_PORTS;
  const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const from = Number(match[1]);
  return { from, to: match[2] === undefined ? from : Number(match[2]) };
}

export function inRange(port: number, { from, to }: PortRange): boolean {
  return port >= from && port <= to;
}

export function rangeText({ from, to }: PortRange): string {
  return from === to ? String(from) : from <= 0 && to >= 65_535 ? 'all ports' : `${from}-${to}`;
}

/** Every address is in one of the blocks; false where there are none to compare. */
export function coverAll(blocks: readonly string[], addresses: readonly string[]): boolean {
  return addresses.length > 0 && addresses.every((address) => coverOne(blocks, address));
}

export function coverAny(blocks: readonly string[], addresses: readonly string[]): boolean {
  return addresses.some((address) => coverOne(blocks, address));
}

function coverOne(blocks: readonly string[], text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  return blocks.some((entry) => {
    const block = knownBlock(entry.includes('/') ? entry : `${entry}/${address.family === 4 ? 32 : 128}`);
    return block !== undefined && contains(block, address);
  });
}
