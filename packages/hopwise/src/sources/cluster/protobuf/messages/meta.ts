import { boolean, int32, int64, kept, message, nested, repeated, text, textMap, time, word } from '../message.ts';

// k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto. resourceVersion, selfLink, finalizers and managedFields (17, often
// half of an object) are not read.

/** kubectl's copy of the manifest repeats the object; no reader of objects in hopwise hands it on. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const OWNER_REFERENCE = message({
  5: word('apiVersion'),
  1: word('kind'),
  3: word('name'),
  6: kept(boolean('controller')),
});

export const OBJECT_META = message({
  1: word('name'),
  2: word('generateName'),
  3: word('namespace'),
  5: text('uid'),
  7: int64('generation'),
  8: time('creationTimestamp'),
  9: time('deletionTimestamp'),
  11: textMap('labels'),
  12: textMap('annotations', LAST_APPLIED),
  13: repeated(nested('ownerReferences', OWNER_REFERENCE)),
});

export const LIST_META = message({
  2: text('resourceVersion'),
  3: text('continue'),
  4: kept(int64('remainingItemCount')),
});

const LABEL_SELECTOR_REQUIREMENT = message({
  1: kept(word('key')),
  2: kept(word('operator')),
  3: repeated(word('values')),
});

export const LABEL_SELECTOR = message({
  1: textMap('matchLabels'),
  2: repeated(nested('matchExpressions', LABEL_SELECTOR_REQUIREMENT)),
});

/** What the API server answers instead of a list when it refuses. */
export const STATUS = message({
  1: nested('metadata', LIST_META),
  2: text('status'),
  3: text('message'),
  4: word('reason'),
  5: nested('details', message({ 1: word('name'), 2: word('group'), 3: word('kind'), 5: int32('retryAfterSeconds') })),
  6: int32('code'),
});
