import { boolean, int32, kept, message, microTime, nested, repeated, time, word } from '../message.ts';
import { OBJECT_META } from './meta.ts';

// k8s.io/api/core/v1/generated.proto: Node, Endpoints and Event, as far as model/project/cluster.ts and service.ts read them.

const NODE_CONDITION = message({
  1: kept(word('type')),
  2: kept(word('status')),
  3: time('lastHeartbeatTime'),
  4: time('lastTransitionTime'),
  5: word('reason'),
  6: word('message'),
});

/** images (8) is most of a Node and is not read. */
const NODE_STATUS = message({
  4: repeated(nested('conditions', NODE_CONDITION)),
  5: repeated(nested('addresses', message({ 1: kept(word('type')), 2: kept(word('address')) }))),
  7: nested('nodeInfo', message({ 7: kept(word('kubeletVersion')) })),
});

const NODE_SPEC = message({
  1: word('podCIDR'),
  7: repeated(word('podCIDRs')),
  4: boolean('unschedulable'),
  5: repeated(nested('taints', message({ 1: kept(word('key')), 2: word('value'), 3: kept(word('effect')) }))),
});

export const NODE = message({
  1: nested('metadata', OBJECT_META),
  2: nested('spec', NODE_SPEC),
  3: nested('status', NODE_STATUS),
});

/** Names of what is pointed at: Pods, mostly. */
export const OBJECT_REFERENCE = message({ 1: word('kind'), 2: word('namespace'), 3: word('name') });

const ENDPOINT_ADDRESS = message({
  1: kept(word('ip')),
  3: word('hostname'),
  4: kept(word('nodeName')),
  2: nested('targetRef', OBJECT_REFERENCE),
});

const ENDPOINT_SUBSET = message({
  1: repeated(nested('addresses', ENDPOINT_ADDRESS)),
  2: repeated(nested('notReadyAddresses', ENDPOINT_ADDRESS)),
  3: repeated(
    nested(
      'ports',
      message({ 1: word('name'), 2: kept(int32('port')), 3: word('protocol'), 4: kept(word('appProtocol')) }),
    ),
  ),
});

export const ENDPOINTS = message({
  1: nested('metadata', OBJECT_META),
  2: repeated(nested('subsets', ENDPOINT_SUBSET)),
});

export const EVENT_SOURCE = message({ 1: word('component') });

export const EVENT = message({
  1: nested('metadata', OBJECT_META),
  2: nested('involvedObject', OBJECT_REFERENCE),
  3: word('reason'),
  4: word('message'),
  5: nested('source', EVENT_SOURCE),
  6: time('firstTimestamp'),
  7: time('lastTimestamp'),
  8: int32('count'),
  9: word('type'),
  10: microTime('eventTime'),
  11: nested('series', message({ 1: int32('count'), 2: microTime('lastObservedTime') })),
  14: kept(word('reportingComponent')),
});
