import type { ObjectId } from '../../base/object-id.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Service } from '../../model/kinds/service.ts';

/** What a Pod gets when it asks for a name. */
export type DnsAnswer = DnsAnswerKind & {
  /** The names asked in order, fully qualified, and what came of each. */
  readonly tried: readonly Tried[];
  /** ExternalName Services that were followed on the way, as CNAME records are. */
  readonly aliases: readonly Service[];
};

export type DnsAnswerKind =
  | {
      readonly state: 'service';
      readonly service: Service;
      /** ClusterIPs; of a headless Service the addresses of its ready endpoints. */
      readonly addresses: readonly string[];
      readonly name: string;
    }
  | { readonly state: 'pod'; readonly pod?: Pod; readonly addresses: readonly string[]; readonly name: string }
  /** Asked outside the cluster, or fixed by hosts entries; what comes of it is not known here. */
  | { readonly state: 'external'; readonly name: string; readonly addresses: readonly string[] }
  | {
      readonly state: 'nxdomain';
      readonly why: string;
      readonly suggestions: readonly DnsSuggestion[];
      /** The Service that exists but has no addresses (headless without ready endpoints). */
      readonly service?: Service;
    }
  | { readonly state: 'unknown'; readonly why: string; readonly settledBy?: string };

export interface Tried {
  readonly name: string;
  readonly result: 'found' | 'nxdomain' | 'external' | 'unknown';
}

/** A name that does exist and may have been meant. */
export interface DnsSuggestion {
  readonly name: string;
  readonly object: ObjectId;
  /** Why it may have been meant; `part`: one name holds the other, which alone proves little. */
  readonly likeness: 'same-name' | 'typo' | 'part';
  readonly why: string;
}

/** Whoever asks: a Pod, or any ordinary Pod of a namespace. */
export type DnsCaller = Pod | { readonly namespace: string };

export function isPod(caller: DnsCaller): caller is Pod {
  return 'spec' in caller;
}
