import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { AccessEntry, BackendErrorEntry, Observations } from '../sources/observations.ts';
import { splitHostPort } from './addresses.ts';
import { logEvidence } from './log-evidence.ts';

/** One try of a proxy Pod to connect to an address. */
export interface Attempted {
  readonly fromNode: string;
  readonly toNode: string;
  readonly port: number;
  readonly connected: boolean;
  readonly entry: AccessEntry | BackendErrorEntry;
  readonly address: string;
}

export interface NodeOutcome {
  readonly node: string;
  readonly direction: 'to' | 'from';
  readonly failed: number;
  readonly worked: number;
}

interface Asked {
  readonly model: ClusterModel;
  readonly observations: Observations;
}

/**
 * Every connection attempt that the logs of proxies in the cluster show, with the nodes at both ends. Attempts to the
 * proxy's own node are kept: they work even where the network between nodes does not.
 */
export function listAttempts({ model, observations }: Asked): readonly Attempted[] {
  const attempts: Attempted[] = [];
  const add = (entry: AccessEntry | BackendErrorEntry, address: string | undefined, connected: boolean): void => {
    const target = address === undefined ? undefined : splitHostPort(address);
    const from = model.get('Pod', entry.at.namespace, entry.at.pod);
    const to = target === undefined ? undefined : model.podByIP(target.host);
    if (target === undefined || from.state !== 'found' || to?.state !== 'found') return;
    const fromNode = from.value.nodeName;
    const toNode = to.value.nodeName;
    if (fromNode === undefined || toNode === undefined) return;
    attempts.push({ fromNode, toNode, port: target.port, connected, entry, address: address as string });
  };
  for (const entry of observations.entries) {
    if (entry.type === 'backend-error') {
      if (entry.mode === 'connect-timeout' || entry.mode === 'no-route-to-host') add(entry, entry.address, false);
    } else if (entry.type === 'access') {
      for (const attempt of entry.attempts)
        if ((attempt.status ?? 0) > 0 && (attempt.bytes ?? 0) > 0 && (attempt.status ?? 0) < 502)
          add(entry, attempt.address, true);
    }
  }
  return attempts;
}

/** Nodes that this path cannot connect to (or from) while it connects to others: at least one failure and no success. */
export function pairOutcomes(world: Asked): {
  readonly nodes: readonly NodeOutcome[];
  readonly evidence: (node: string) => readonly Evidence[];
} {
  const attempts = listAttempts(world).filter((attempt) => attempt.fromNode !== attempt.toNode);
  const nodes: NodeOutcome[] = [];
  for (const direction of ['to', 'from'] as const) {
    const key = direction === 'to' ? 'toNode' : 'fromNode';
    const names = [...new Set(attempts.map((attempt) => attempt[key]))].sort();
    const outcomes = names.map((node) => {
      const mine = attempts.filter((attempt) => attempt[key] === node);
      return {
        node,
        direction,
        failed: mine.filter((attempt) => !attempt.connected).length,
        ok: mine.filter((attempt) => attempt.connected).length,
      };
    });
    const bad = outcomes.filter((entry) => entry.failed > 0 && entry.ok === 0);
    const good = outcomes.filter((entry) => entry.ok > 0 && entry.failed === 0);
    // One bad node among good ones points at the node; several bad ones point at something they share. With no other node
    // to compare with, two different applications that cannot be reached there are needed.
    const apps = new Set(attempts.filter((attempt) => attempt[key] === bad[0]?.node).map((attempt) => attempt.address));
    if (bad.length === 1 && (good.length > 0 || (outcomes.length === 1 && apps.size > 1))) {
      const only = bad[0] as (typeof bad)[number];
      nodes.push({
        node: only.node,
        direction,
        failed: only.failed,
        worked: good.reduce((sum, entry) => sum + entry.ok, 0),
      });
    }
  }
  return {
    nodes,
    evidence: (node) => {
      const failed = attempts.filter(
        (attempt) => !attempt.connected && (attempt.toNode === node || attempt.fromNode === node),
      );
      const worked = attempts.find(
        (attempt) => attempt.connected && attempt.toNode !== node && attempt.fromNode !== node,
      );
      const last = failed.at(-1);
      return [
        ...(last === undefined
          ? []
          : [
              logEvidence(
                last.entry,
                `no answer from ${last.address} on ${last.toNode} (asked from ${last.fromNode})`,
                failed.length,
              ),
            ]),
        ...(worked === undefined
          ? []
          : [logEvidence(worked.entry, `${worked.address} on ${worked.toNode} answers ${worked.fromNode}`)]),
      ];
    },
  };
}
