import type { PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { UnreadEnd } from './flow.ts';
import type { PolicyIndex } from './policy-index.ts';
import { NONE, type Ruling, undecided } from './ruling.ts';

/** The policies of an end that could not be read: none where nothing could select it, else nobody can tell. */
export function judgeUnread(index: PolicyIndex, end: UnreadEnd, direction: PolicyDirection): Ruling {
  const who = end.name === undefined ? `the owner of ${end.address ?? 'the address'}` : `Pod ${end.name}`;
  const { model } = index;
  const listed =
    end.namespace === undefined ? model.list('NetworkPolicy') : model.listIn('NetworkPolicy', end.namespace);
  const selecting = listed.filter((policy) => policy.isolates.includes(direction));
  const cluster = (['admin', 'baseline'] as const).flatMap((tier) =>
    index.adminPolicies(tier).flatMap((group) => group.filter((policy) => policy[direction].length > 0)),
  );
  const reading = end.namespace === undefined ? undefined : index.reading(end.namespace);
  const unread =
    reading?.state === 'unread' ? reading.why : (index.adminUnread('admin') ?? index.adminUnread('baseline'));
  if (unread !== undefined) return undecided(`${who} was not read, and ${unread}`);
  const candidates = [...selecting, ...cluster];
  if (candidates.length === 0) return NONE;
  return undecided(`${who} was not read, so which policies select it is not known`, candidates.slice(0, 5));
}
