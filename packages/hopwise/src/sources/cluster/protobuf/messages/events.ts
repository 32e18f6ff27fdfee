import { int32, kept, message, microTime, nested, time, word } from '../message.ts';
import { OBJECT_REFERENCE } from './core.ts';
import { OBJECT_META } from './meta.ts';

// k8s.io/api/events/v1/generated.proto, as far as model/project/cluster.ts reads it.

export const EVENTS_EVENT = message({
  1: nested('metadata', OBJECT_META),
  2: microTime('eventTime'),
  3: nested('series', message({ 1: kept(int32('count')), 2: microTime('lastObservedTime') })),
  4: word('reportingController'),
  7: word('reason'),
  8: nested('regarding', OBJECT_REFERENCE),
  10: word('note'),
  11: word('type'),
  13: time('deprecatedFirstTimestamp'),
  14: time('deprecatedLastTimestamp'),
  15: int32('deprecatedCount'),
});
