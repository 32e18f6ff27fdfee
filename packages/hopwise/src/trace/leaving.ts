import type { ClusterModel } from '../model/cluster-model.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { FlowEnd } from './policy/flow.ts';
import { judgeFlow } from './policy/judge.ts';
import type { Leaving } from './trace.ts';

const MOST_CALLERS = 6;

/** May the caller's Pods connect to something outside the cluster? */
export function judgeLeaving(model: ClusterModel, callers: readonly Pod[], to: Omit<Leaving, 'flows'>): Leaving {
  const end: FlowEnd = to.address === undefined ? { kind: 'outside' } : { kind: 'outside', address: to.address };
  return {
    ...to,
    flows: callers.slice(0, MOST_CALLERS).map((from) => ({
      from,
      verdict: judgeFlow(model, { from: { kind: 'pod', pod: from }, to: end, port: to.port, protocol: 'TCP' }),
    })),
  };
}
