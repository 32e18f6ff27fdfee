import type { PolicyDirection } from '../../../model/kinds/network-policy.ts';
import {
  hasField,
  isObject,
  readIntOrString,
  readList,
  readNumber,
  readObjects,
  readSelector,
  readString,
  readStrings,
} from '../../../model/project/read.ts';
import { selects } from '../../../model/selector.ts';
import type { Json, JsonObject } from '../../../sources/contract.ts';
import { anyOf, both, doubt, type Match } from '../match.ts';
import { matchBlock, type Peer, PLAIN_RULES, type PortAsk, portsNamed } from '../peer.ts';
import { selectsEndpoint } from './labels.ts';

/** What a rule is matched against. */
export interface CiliumAsk {
  readonly peer: Peer;
  readonly ask: PortAsk;
  readonly home: string | undefined;
  /** The peer is the node that the selected Pod runs on. */
  readonly ownNode: boolean;
}

/** Keys of the layer-3 part of a rule without `from` or `to`. */
const PEER_KEYS = [
  'Endpoints',
  'Entities',
  'CIDR',
  'CIDRSet',
  'Nodes',
  'FQDNs',
  'Services',
  'Groups',
  'Requires',
] as const;

/**
 * Does one ingress or egress rule cover the flow? A rule without peers covers every peer when it has ports, and nothing
 * at all when it has not (`- {}` is how default deny is written).
 */
export function matchCiliumRule(rule: JsonObject, direction: PolicyDirection, ask: CiliumAsk): Match {
  const prefix = direction === 'ingress' ? 'from' : 'to';
  const present = PEER_KEYS.filter((key) => hasField(rule, `${prefix}${key}`));
  const ports = readObjects(rule, 'toPorts');
  if (present.length === 0 && ports.length === 0) return false;
  const peer: Match =
    present.length === 0 ? true : anyOf(present, (key) => matchPeers(key, readList(rule, `${prefix}${key}`), ask));
  if (hasField(rule, 'icmps') && ports.length === 0) return false;
  const port: Match = ports.length === 0 ? true : anyOf(ports, (entry) => matchPorts(entry, ask.ask));
  return both(peer, port);
}

function matchPeers(key: (typeof PEER_KEYS)[number], list: readonly Json[], ask: CiliumAsk): Match {
  const { peer } = ask;
  switch (key) {
    case 'Endpoints':
      if (peer.kind === 'address') return false;
      if (peer.kind === 'unread') return list.length === 0 ? false : doubt(`${peer.text} was not read`);
      return anyOf(list, (entry) => {
        const selector = readSelector({ entry }, 'entry');
        return selector !== undefined && selectsEndpoint(selector, peer.pod, peer.namespace, ask.home);
      });
    case 'Entities':
      return anyOf(list, (entry) => (typeof entry === 'string' ? matchEntity(entry, ask) : false));
    case 'CIDR':
      return anyOf(list, (entry) => (typeof entry === 'string' ? matchCidr(entry, [], peer) : false));
    case 'CIDRSet':
      return anyOf(list, (entry) => (isObject(entry) ? matchCidrSet(entry, peer) : false));
    case 'Nodes':
      return matchNodes(list, peer);
    case 'FQDNs':
      return peer.kind === 'pod' || isNode(peer)
        ? false
        : doubt('which addresses the names of toFQDNs have is not known');
    case 'Groups':
      return peer.kind === 'pod' ? false : doubt('which addresses the groups of a cloud hold is not known');
    case 'Services':
    case 'Requires':
      return doubt(`${key === 'Services' ? 'toServices' : 'fromRequires'} is not followed`);
  }
}

function matchEntity(entity: string, { peer, ownNode }: CiliumAsk): Match {
  if (entity === 'all') return true;
  if (entity === 'none') return false;
  if (peer.kind === 'unread') return doubt(`${peer.text} was not read`);
  if (peer.kind === 'pod') return entity === 'cluster';
  const node = isNode(peer);
  switch (entity) {
    case 'cluster':
      return node;
    case 'host':
      return node && ownNode;
    case 'remote-node':
      return node && !ownNode;
    case 'world':
      return !node;
    case 'world-ipv4':
    case 'world-ipv6':
      return (
        !node &&
        (peer.address === undefined
          ? doubt('the address of the client is not known')
          : `world-ipv${peer.address.family}` === entity)
      );
    case 'kube-apiserver':
      return doubt('whether the address is the API server is not known');
    default:
      return false;
  }
}

/** CIDRs stand for addresses outside the cluster; nodes count only with policy-cidr-match-mode. */
function matchCidr(cidr: string, except: readonly string[], peer: Peer): Match {
  if (peer.kind === 'pod') return false;
  const match = matchBlock(cidr, except, peer, PLAIN_RULES);
  if (peer.kind === 'unread' && match === true) return doubt(`${peer.text} was not read`);
  return match === true && isNode(peer)
    ? doubt('Cilium matches CIDRs with nodes only when policy-cidr-match-mode says so')
    : match;
}

function matchCidrSet(entry: JsonObject, peer: Peer): Match {
  const cidr = readString(entry, 'cidr');
  if (cidr === undefined) return peer.kind === 'pod' ? false : doubt('a CIDR group is not followed');
  return matchCidr(cidr, readStrings(entry, 'except'), peer);
}

function matchNodes(list: readonly Json[], peer: Peer): Match {
  if (!isNode(peer)) return false;
  if (peer.kind !== 'address' || peer.node === undefined) return doubt('the Node was not read');
  const { labels } = peer.node;
  return anyOf(list, (entry) => {
    const selector = readSelector({ entry }, 'entry');
    return selector !== undefined && selects(selector, labels);
  });
}

function matchPorts(entry: JsonObject, ask: PortAsk): Match {
  const ports = readObjects(entry, 'ports');
  return ports.length === 0 ? true : anyOf(ports, (port) => matchPort(port, ask));
}

/** Ports are strings: a number, a name, or `0` for all of them. */
function matchPort(raw: JsonObject, ask: PortAsk): Match {
  const protocol = (readString(raw, 'protocol') ?? 'ANY').toUpperCase();
  if (protocol !== 'ANY' && protocol !== ask.protocol) return false;
  const port = String(readIntOrString(raw, 'port') ?? '0');
  if (/^[0-9]{1,5}$/.test(port)) {
    const first = Number(port);
    const last = readNumber(raw, 'endPort') ?? first;
    return first === 0 || (ask.port >= first && ask.port <= Math.max(first, last));
  }
  if (ask.target === 'nobody') return false;
  if ('unread' in ask.target) return doubt(ask.target.unread);
  return portsNamed(ask.target.pod, port).some((own) => own.port === ask.port && own.protocol === ask.protocol);
}

/** A rule that also speaks of HTTP, DNS or Kafka: the connection passes, single requests may be refused. */
export function hasLayer7(rule: JsonObject): boolean {
  return readObjects(rule, 'toPorts').some((entry) => hasField(entry, 'rules'));
}

function isNode(peer: Peer): boolean {
  return peer.kind === 'address' && (peer.node !== undefined || peer.hostPod !== undefined);
}
