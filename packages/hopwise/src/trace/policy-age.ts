import type { ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { PathObservations } from './observed.ts';

/** A policy that came between the last answer and the first failure: the time speaks for it. */
export function policyAge(model: ClusterModel, policy: ObjectId, seen: PathObservations): Evidence | undefined {
  const created = model.object(policy)?.created;
  if (created === undefined) return undefined;
  const failures = [...seen.access.filter((entry) => (entry.status ?? 0) >= 500), ...seen.errors, ...seen.app.errors];
  const first = Math.min(...failures.flatMap((entry) => entry.time ?? []));
  const last = Math.max(
    ...seen.access.flatMap((entry) => ((entry.status ?? 599) < 500 && entry.time !== undefined ? entry.time : [])),
  );
  if (!Number.isFinite(first) || created > first || first - created > SOON_MS) return undefined;
  const before = Number.isFinite(last) && last <= created ? `the last answer was at ${clock(last)}, ` : '';
  return {
    type: 'timing',
    text: `${before}the policy was created at ${clock(created)}, failures began at ${clock(first)}`,
  };
}

const SOON_MS = 60 * 60_000;

function clock(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}
