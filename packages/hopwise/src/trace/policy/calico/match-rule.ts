import type { Pod } from '../../../model/kinds/pod.ts';
import { hasField, readList, readObject, readString, readStrings } from '../../../model/project/read.ts';
import type { Json, JsonObject } from '../../../sources/contract.ts';
import { anyOf, both, doubt, isDoubt, type Match } from '../match.ts';
import type { NamespaceView } from '../namespace-labels.ts';
import { matchBlock, type Peer, PLAIN_RULES, type PortAsk, portsNamed } from '../peer.ts';
import { type KnownLabels, parseSelector } from './selector.ts';

export interface CalicoAsk {
  readonly source: Peer;
  readonly destination: Peer;
  readonly ask: PortAsk;
  /** The policy's namespace; '' for global ones. */
  readonly home: string;
  /** Network sets or host endpoints exist, which selectors may mean. */
  readonly named: boolean;
}

const NUMBERS: ReadonlyMap<string, string> = new Map([
  ['6', 'TCP'],
  ['17', 'UDP'],
  ['132', 'SCTP'],
]);
/** Parts of a rule's ends that depend on more than the model has. */
const NOT_FOLLOWED = ['serviceAccounts', 'services', 'domains', 'notSelector'] as const;

/** Does a rule cover the flow? (projectcalico/calico api/pkg/apis/projectcalico/v3 Rule, EntityRule) */
export function matchCalicoRule(rule: JsonObject, ask: CalicoAsk): Match {
  const protocol = readProtocol(rule, 'protocol');
  if (protocol !== undefined && protocol !== ask.ask.protocol) return false;
  const excluded = readProtocol(rule, 'notProtocol');
  if (excluded !== undefined && excluded === ask.ask.protocol) return false;
  if (hasField(rule, 'icmp')) return false;
  const ends = both(
    matchEnd(readObject(rule, 'source'), ask.source, 'source', ask),
    matchEnd(readObject(rule, 'destination'), ask.destination, 'destination', ask),
  );
  if (ends !== false && (hasField(rule, 'http') || hasField(rule, 'ipVersion') || hasField(rule, 'notICMP'))) {
    return both(ends, matchVersion(rule, ask));
  }
  return ends;
}

function matchVersion(rule: JsonObject, ask: CalicoAsk): Match {
  if (hasField(rule, 'http')) return doubt('the rule looks at single HTTP requests');
  const version = rule.ipVersion;
  const family = ask.destination.address?.family ?? ask.source.address?.family;
  if (version !== 4 && version !== 6) return true;
  return family === undefined ? doubt('the address family is not known') : family === version;
}

function readProtocol(rule: JsonObject, key: string): string | undefined {
  const value = rule[key];
  if (value === undefined || value === null) return undefined;
  return NUMBERS.get(String(value)) ?? String(value).toUpperCase();
}

function matchEnd(end: JsonObject, peer: Peer, role: 'source' | 'destination', ask: CalicoAsk): Match {
  let match = both(matchNets(end, peer), matchSelectors(end, peer, ask));
  if (match === false) return false;
  const open = NOT_FOLLOWED.find((key) => hasField(end, key));
  if (open !== undefined) match = both(match, doubt(`${role}.${open} is not followed`));
  return both(match, matchPorts(end, role, ask.ask));
}

function matchNets(end: JsonObject, peer: Peer): Match {
  const inside = (nets: readonly string[]): Match =>
    anyOf(nets, (net) => matchBlock(net.includes('/') ? net : hostBlock(net), [], peer, PLAIN_RULES));
  const nets = readStrings(end, 'nets');
  const match: Match = nets.length === 0 ? true : inside(nets);
  const out = inside(readStrings(end, 'notNets'));
  return both(match, isDoubt(out) ? out : !out);
}

function hostBlock(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/** A selector without a namespace selector means Pods of the policy's own namespace; in global policies all of them. */
function matchSelectors(end: JsonObject, peer: Peer, ask: CalicoAsk): Match {
  const selector = readString(end, 'selector');
  const namespaces = readString(end, 'namespaceSelector');
  if (selector === undefined && namespaces === undefined) return true;
  if (peer.kind === 'unread') return doubt(`${peer.text} was not read`);
  if (peer.kind === 'address') return ask.named ? doubt('network sets and host endpoints are not followed') : false;
  const inNamespace: Match =
    namespaces === undefined
      ? ask.home === '' || peer.pod.namespace === ask.home
      : evaluate(namespaces, namespaceLabels(peer.namespace));
  return both(inNamespace, selector === undefined ? true : evaluate(selector, podLabels(peer.pod, peer.namespace)));
}

export function evaluate(text: string, labels: KnownLabels): Match {
  const expression = parseSelector(text);
  return expression === undefined ? doubt(`the selector ${text} cannot be read`) : expression(labels);
}

function matchPorts(end: JsonObject, role: 'source' | 'destination', ask: PortAsk): Match {
  const ports = readList(end, 'ports');
  const notPorts = readList(end, 'notPorts');
  if (ports.length === 0 && notPorts.length === 0) return true;
  if (role === 'source') return doubt('the source port of a connection is not known');
  const match: Match = ports.length === 0 ? true : anyOf(ports, (port) => matchPort(port, ask));
  const out = anyOf(notPorts, (port) => matchPort(port, ask));
  return both(match, isDoubt(out) ? out : !out);
}

/** A number, `8080:8090`, or the name of a container port. */
function matchPort(port: Json, ask: PortAsk): Match {
  const text = String(port);
  const range = /^([0-9]{1,5})(?::([0-9]{1,5}))?$/.exec(text);
  if (range !== null) return ask.port >= Number(range[1]) && ask.port <= Number(range[2] ?? range[1]);
  if (ask.target === 'nobody') return false;
  if ('unread' in ask.target) return doubt(ask.target.unread);
  return portsNamed(ask.target.pod, text).some((own) => own.port === ask.port && own.protocol === ask.protocol);
}

/** A Pod's labels as Calico has them: with its namespace's under `pcns.` and a few of its own. */
export function podLabels(pod: Pod, namespace: NamespaceView): KnownLabels {
  const labels: Record<string, string> = Object.assign(Object.create(null), pod.labels) as Record<string, string>;
  for (const [key, value] of Object.entries(namespace.labels)) labels[`pcns.${key}`] = value;
  labels['projectcalico.org/namespace'] = pod.namespace;
  labels['projectcalico.org/orchestrator'] = 'k8s';
  labels['projectcalico.org/serviceaccount'] = pod.spec.serviceAccount;
  return { labels, uncertain: (key) => key.startsWith('pcsa.') || (key.startsWith('pcns.') && !namespace.complete) };
}

export function namespaceLabels(namespace: NamespaceView): KnownLabels {
  const labels = Object.assign(Object.create(null), namespace.labels, {
    'projectcalico.org/name': namespace.name,
  }) as Record<string, string>;
  return { labels, uncertain: () => !namespace.complete };
}
