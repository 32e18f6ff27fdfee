import type { FieldPath } from '../../base/field-path.ts';

/** Where a piece of a file stands: its bytes, and the path of the object inside them (`[]` when it is the whole piece). */
export interface Place {
  readonly format: 'json' | 'yaml';
  readonly start: number;
  readonly end: number;
  readonly prefix: FieldPath;
}

/**
 * The list an item stands in. Its kind may only be known at the end: kubectl writes the keys of a list in alphabetical
 * order, `items` before `kind`.
 */
export interface ListHeader {
  /** An array of its own, as support bundles have them; it may just as well be somebody else's format. */
  readonly bare?: boolean;
  apiVersion?: string;
  kind?: string;
}

/** What to say of a file that only becomes YAML when Helm has rendered it. */
export const UNRENDERED =
  'is an unrendered Helm template; render it first and read the result: helm template RELEASE CHART | hopwise … --from -';

/** Where the readers of JSON and YAML put what they take apart. */
export interface PieceReceiver {
  /** A whole document; `value` may itself be a list. */
  document(value: unknown, place: Place): void;
  item(value: unknown, place: Place, list: ListHeader): void;
  /** No more items of this list; its header is complete. */
  endOfList(list: ListHeader): void;
  /** Something could not be used; it stands `lines` lines below the byte `offset`. */
  broken(message: string, offset: number, lines?: number): void;
}
