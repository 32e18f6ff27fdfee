import { int32, int64, kept, message, nested, repeated, time, word } from '../message.ts';
import { LABEL_SELECTOR, OBJECT_META } from './meta.ts';
import { POD_TEMPLATE } from './pod.ts';

// k8s.io/api/apps/v1/generated.proto, as far as model/project/workload.ts reads it.

const REPLICA_SET_SPEC = message({
  1: kept(int32('replicas')),
  4: int32('minReadySeconds'),
  2: nested('selector', LABEL_SELECTOR),
  3: nested('template', POD_TEMPLATE),
});

const REPLICA_SET_CONDITION = message({
  1: kept(word('type')),
  2: kept(word('status')),
  3: time('lastTransitionTime'),
  4: word('reason'),
  5: word('message'),
});

const REPLICA_SET_STATUS = message({
  1: kept(int32('replicas')),
  4: int32('readyReplicas'),
  5: int32('availableReplicas'),
  3: int64('observedGeneration'),
  6: repeated(nested('conditions', REPLICA_SET_CONDITION)),
});

export const REPLICA_SET = message({
  1: nested('metadata', OBJECT_META),
  2: nested('spec', REPLICA_SET_SPEC),
  3: nested('status', REPLICA_SET_STATUS),
});
