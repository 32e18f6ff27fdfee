import type { ObjectId } from '../base/object-id.ts';
import type { Meta } from '../model/meta.ts';
import type { JsonObject } from '../sources/contract.ts';

/** The object in which the limit that overflowed is set, or would have to be set. */
export interface LimitHolder {
  readonly object: Meta;
  readonly path: string;
  readonly text: string;
  readonly value?: string;
  readonly advice: string;
  readonly patches: readonly { readonly object: ObjectId; readonly type: 'merge'; readonly patch: JsonObject }[];
}
