/**
 * Which of many stored texts are a prefix of a given one, in O(log n): the texts are sorted, each knows the longest other
 * text that is its own prefix, and every stored prefix of a query lies on that chain above its sorted position.
 */
export class PrefixIndex {
  readonly #keys: readonly string[];
  readonly #lists: readonly (readonly number[])[];
  readonly #parents: Int32Array;

  /** `keys[i]` belongs to entry i; equal keys share a list, in ascending order of entries. */
  constructor(keys: readonly string[]) {
    const lists = new Map<string, number[]>();
    for (const [entry, key] of keys.entries()) {
      const list = lists.get(key);
      if (list === undefined) lists.set(key, [entry]);
      else list.push(entry);
    }
    this.#keys = [...lists.keys()].sort(byCodeUnit);
    this.#lists = this.#keys.map((key) => lists.get(key) ?? []);
    this.#parents = new Int32Array(this.#keys.length).fill(-1);
    for (let at = 1; at < this.#keys.length; at++) {
      const key = this.#keys[at] ?? '';
      let parent = at - 1;
      while (parent >= 0 && !key.startsWith(this.#keys[parent] ?? '')) parent = this.#parents[parent] ?? -1;
      this.#parents[at] = parent;
    }
  }

  /** Calls `visit` with the entries of every stored prefix of `text`, longest prefix first. */
  visit(text: string, visit: (entries: readonly number[]) => void): void {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') <= text) low = middle + 1;
      else high = middle;
    }
    let at = low - 1;
    while (at >= 0 && !text.startsWith(this.#keys[at] ?? '')) at = this.#parents[at] ?? -1;
    for (; at >= 0; at = this.#parents[at] ?? -1) visit(this.#lists[at] ?? []);
  }
}

function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
