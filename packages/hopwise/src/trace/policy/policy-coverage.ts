import type { ClusterModel } from '../../model/cluster-model.ts';

/** Policies that are not in the input cannot decide; whether there may be any is said here. */
export interface PolicyReading {
  /** `assumed`: nobody looked, and the kind is taken to have no objects. */
  readonly state: 'read' | 'assumed' | 'unread';
  readonly why: string;
}

const READ: PolicyReading = { state: 'read', why: '' };

/** No object has this name: asking for it tells whether the namespace was read. */
const NO_NAME = '\u0000';

/** How far the NetworkPolicies of one namespace are known. */
export function readPolicyCoverage(model: ClusterModel, namespace: string): PolicyReading {
  const coverage = model.coverage('NetworkPolicy');
  switch (coverage.state) {
    case 'not-installed':
      return READ;
    case 'assumed-none':
      return { state: 'assumed', why: 'no NetworkPolicy is in the input; taken to have none' };
    case 'complete': {
      const probe = model.get('NetworkPolicy', namespace, NO_NAME);
      if (probe.state !== 'unknown') return READ;
      // A dump of several kinds without a policy of this namespace: as with the whole kind, none is assumed.
      return model.listIn('Pod', namespace).length > 0 && model.listIn('NetworkPolicy', namespace).length === 0
        ? { state: 'assumed', why: `no NetworkPolicy of namespace ${namespace} is in the input; taken to have none` }
        : { state: 'unread', why: probe.why };
    }
    default:
      if (model.isRead('NetworkPolicy', namespace)) return READ;
      return {
        state: 'unread',
        why:
          coverage.reason ?? `NetworkPolicies of namespace ${namespace} were not completely read (${coverage.state})`,
      };
  }
}

/** Cluster-wide policy kinds: `unread` only when the API said so, since most clusters do not have them. */
export function readKindCoverage(model: ClusterModel, kind: string): PolicyReading {
  const coverage = model.coverage(kind);
  switch (coverage.state) {
    case 'complete':
    case 'not-installed':
      return READ;
    case 'forbidden':
    case 'partial':
      return { state: 'unread', why: coverage.reason ?? `${kind} could not be read (${coverage.state})` };
    default:
      return { state: 'assumed', why: coverage.reason ?? `no ${kind} is in the input; taken to have none` };
  }
}
