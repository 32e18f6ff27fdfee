import type { NetworkPolicy, PolicyDirection } from '../../model/kinds/network-policy.ts';
import type { Labels } from '../../model/meta.ts';
import { selects } from '../../model/selector.ts';

/**
 * The policies of one namespace and direction by a label that their selector demands, so that a Pod is only compared
 * with policies that share one with it.
 */
export class PolicyLookup {
  readonly #general: { readonly policy: NetworkPolicy; readonly place: number }[] = [];
  readonly #byLabel = new Map<string, { readonly policy: NetworkPolicy; readonly place: number }[]>();

  constructor(policies: readonly NetworkPolicy[], direction: PolicyDirection) {
    for (const [place, policy] of policies.entries()) {
      if (!policy.isolates.includes(direction)) continue;
      const demand = policy.podSelector.requirements.find(
        ({ operator, values }) => operator === 'In' && values.length === 1,
      );
      if (demand === undefined) this.#general.push({ policy, place });
      else this.#file(`${demand.key}\n${demand.values[0]}`, policy, place);
    }
  }

  #file(label: string, policy: NetworkPolicy, place: number): void {
    const list = this.#byLabel.get(label);
    if (list === undefined) this.#byLabel.set(label, [{ policy, place }]);
    else list.push({ policy, place });
  }

  /** The policies that select Pods with these labels, in the order in which they were given. */
  selecting(labels: Labels): readonly NetworkPolicy[] {
    const candidates = [...this.#general];
    if (this.#byLabel.size > 0) {
      for (const [key, value] of Object.entries(labels))
        candidates.push(...(this.#byLabel.get(`${key}\n${value}`) ?? []));
    }
    return candidates
      .filter(({ policy }) => selects(policy.podSelector, labels))
      .sort((left, right) => left.place - right.place)
      .map(({ policy }) => policy);
  }
}
