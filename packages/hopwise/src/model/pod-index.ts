import type { Pod } from './kinds/pod.ts';
import type { Selector } from './meta.ts';
import { selects } from './selector.ts';

/** Finds Pods by labels and addresses without scanning: a selector over 150,000 Pods looks at the rarest label's Pods only. */
export class PodIndex {
  readonly #byNamespace = new Map<string, Pod[]>();
  /** By namespace and label key; Pods have many labels that no selector ever asks for. */
  readonly #byLabel = new Map<string, ReadonlyMap<string, readonly Pod[]>>();
  readonly #byIP = new Map<string, Pod>();

  constructor(pods: readonly Pod[]) {
    for (const pod of pods) {
      push(this.#byNamespace, pod.namespace, pod);
      // Host-network Pods share the node's address; finished Pods have given theirs back.
      if (pod.spec.hostNetwork || pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
      for (const ip of pod.ips) this.#byIP.set(ip, pod);
    }
  }

  byIP(address: string): Pod | undefined {
    return this.#byIP.get(address);
  }

  matching(namespace: string, selector: Selector): readonly Pod[] {
    let candidates: readonly Pod[] = this.#byNamespace.get(namespace) ?? [];
    for (const requirement of selector.requirements) {
      if (requirement.operator !== 'In') continue;
      const only =
        requirement.values.length === 1
          ? (this.#labelled(namespace, requirement.key).get(requirement.values[0] ?? '') ?? [])
          : undefined;
      if (only !== undefined && only.length < candidates.length) candidates = only;
    }
    return candidates.filter((pod) => selects(selector, pod.labels));
  }

  #labelled(namespace: string, key: string): ReadonlyMap<string, readonly Pod[]> {
    const place = `${namespace}\n${key}`;
    const known = this.#byLabel.get(place);
    if (known !== undefined) return known;
    const index = new Map<string, Pod[]>();
    for (const pod of this.#byNamespace.get(namespace) ?? []) {
      const value = Object.hasOwn(pod.labels, key) ? pod.labels[key] : undefined;
      if (value !== undefined) push(index, value, pod);
    }
    this.#byLabel.set(place, index);
    return index;
  }
}

function push(index: Map<string, Pod[]>, key: string, pod: Pod): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [pod]);
  else list.push(pod);
}
