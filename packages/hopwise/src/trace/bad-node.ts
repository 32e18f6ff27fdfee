import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Observations } from '../sources/observations.ts';
import { logEvidence } from './log-evidence.ts';
import { type NodeTrouble, nodeTrouble } from './node-health.ts';
import { type Attempted, listAttempts } from './node-pairs.ts';

/** The one node whose network explains which connections fail. */
export interface BadNode {
  readonly name: string;
  readonly direction: 'to' | 'from';
  readonly failed: number;
  /** Connections between other nodes that work. */
  readonly worked: number;
  /** Different nodes at the other end of what fails. */
  readonly counterparts: number;
  readonly apps: number;
  readonly trouble: NodeTrouble | undefined;
  /** The node at the other end explains the failures just as well. */
  readonly rival: string | undefined;
  readonly evidence: readonly Evidence[];
}

interface Asked {
  readonly model: ClusterModel;
  readonly observations: Observations;
}

/** Undefined when connections fail everywhere, nowhere, or without a pattern of nodes. */
export function badNode(world: Asked): BadNode | undefined {
  const attempts = current(listAttempts(world).filter((attempt) => attempt.fromNode !== attempt.toNode));
  const candidates = (['to', 'from'] as const).flatMap((direction) => candidatesOf(world.model, attempts, direction));
  const ranked = candidates.sort(
    (left, right) =>
      weight(right) - weight(left) ||
      right.counterparts - left.counterparts ||
      right.worked - left.worked ||
      // A gateway's node is reached from outside; nothing shows as much for the node at the far end.
      (left.direction === 'to' ? -1 : 1) - (right.direction === 'to' ? -1 : 1),
  );
  const [first, second] = ranked;
  if (first === undefined) return undefined;
  const tied = second !== undefined && weight(first) === weight(second) && first.counterparts === second.counterparts;
  return {
    ...first,
    rival: tied && second.name !== first.name ? second.name : undefined,
    evidence: evidenceOf(attempts, first),
  };
}

/** What the cluster says about a node counts more than any number of lines. */
function weight({ trouble, worked }: Candidate): number {
  const said = trouble === undefined ? 0 : trouble.kind === 'down' ? 4 : trouble.kind === 'agents' ? 3 : 2;
  return said + (worked > 0 ? 1 : 0);
}

type Candidate = Omit<BadNode, 'rival' | 'evidence'>;

function candidatesOf(
  model: ClusterModel,
  attempts: readonly Attempted[],
  direction: 'to' | 'from',
): readonly Candidate[] {
  const key = direction === 'to' ? 'toNode' : 'fromNode';
  const other = direction === 'to' ? 'fromNode' : 'toNode';
  const names = [...new Set(attempts.map((attempt) => attempt[key]))].sort();
  const outcomes = names.map((name) => {
    const mine = attempts.filter((attempt) => attempt[key] === name);
    return {
      name,
      failed: mine.filter((attempt) => !attempt.connected),
      ok: mine.filter((attempt) => attempt.connected),
    };
  });
  const bad = outcomes.filter(({ failed, ok }) => failed.length > 0 && ok.length === 0);
  const good = outcomes.filter(({ failed, ok }) => ok.length > 0 && failed.length === 0);
  return bad.flatMap(({ name, failed }): readonly Candidate[] => {
    const trouble = nodeTrouble(model, name);
    const apps = new Set(failed.map((attempt) => attempt.app)).size;
    // One bad node among good ones points at the node; several bad ones point at something they share. With no other node
    // to compare with, two applications that cannot be reached there are needed, or the cluster's own word.
    const alone = bad.length === 1 && (good.length > 0 || (outcomes.length === 1 && apps > 1));
    if (!alone && trouble === undefined) return [];
    return [
      {
        name,
        direction,
        failed: failed.length,
        worked: good.reduce((sum, entry) => sum + entry.ok.length, 0),
        counterparts: new Set(failed.map((attempt) => attempt[other])).size,
        apps,
        trouble,
      },
    ];
  });
}

/** What went on since connections began to fail: successes before that say nothing about now. */
function current(attempts: readonly Attempted[]): readonly Attempted[] {
  const since = Math.min(...attempts.flatMap(({ connected, time }) => (connected || time === undefined ? [] : time)));
  return Number.isFinite(since) ? attempts.filter(({ time }) => time === undefined || time >= since) : attempts;
}

function evidenceOf(attempts: readonly Attempted[], { name, direction }: Candidate): readonly Evidence[] {
  const key = direction === 'to' ? 'toNode' : 'fromNode';
  const failed = attempts.filter((attempt) => !attempt.connected && attempt[key] === name);
  const worked = attempts.find((attempt) => attempt.connected && attempt.toNode !== name && attempt.fromNode !== name);
  const last = failed.at(-1);
  const evidence: Evidence[] = [];
  if (last !== undefined)
    evidence.push(
      logEvidence(
        last.entry,
        `no answer from ${last.address} on ${last.toNode} (asked from ${last.fromNode})`,
        failed.length,
      ),
    );
  if (worked !== undefined)
    evidence.push(logEvidence(worked.entry, `${worked.address} on ${worked.toNode} answers ${worked.fromNode}`));
  return evidence;
}
