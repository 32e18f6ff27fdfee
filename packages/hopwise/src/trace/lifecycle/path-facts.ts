import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Observations } from '../../sources/observations.ts';
import type { PathObservations } from '../observed.ts';
import type { Trace } from '../trace.ts';

/** What the questions below look at: the parts of a check's world that this layer knows. */
export interface PathFacts {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
  readonly observations: Observations;
}
