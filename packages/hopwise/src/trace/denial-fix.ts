import type { ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import { admitByOtherKind } from './other-kind-admission.ts';
import type { Flow } from './policy/flow.ts';
import { judgeFlow } from './policy/judge.ts';
import { narrowestAdmission, type PolicyAdmission } from './policy/narrowest-admission.ts';

/** Changes of policies after which flows pass that did not before. */
export interface DenialFix {
  readonly patches: readonly {
    readonly object: ObjectId;
    readonly type: 'json';
    readonly patch: readonly JsonObject[];
  }[];
  /** What passes afterwards, one phrase for each change. */
  readonly admits: readonly { readonly policy: ObjectId; readonly text: string }[];
}

/** Many endpoints and callers are told apart by few labels; beyond these the rest is more of the same. */
const MOST_FLOWS = 24;

/**
 * The narrowest changes of the deciding policies, at both ends, after which every flow passes. Undefined when one of them
 * cannot be admitted by a patch.
 */
export function admitFlows(model: ClusterModel, flows: readonly Flow[]): DenialFix | undefined {
  const changes = new PolicyChanges();
  for (const flow of flows.slice(0, MOST_FLOWS)) {
    if (judgeFlow(model, flow).state !== 'denied') continue;
    const also = flows.filter(
      (other) => other !== flow && other.port === flow.port && other.protocol === flow.protocol,
    );
    const admission = narrowestAdmission(model, flow, also) ?? admitByOtherKind(model, flow);
    if (admission === undefined) return undefined;
    for (let next: PolicyAdmission | undefined = admission; next !== undefined; next = next.further) changes.add(next);
  }
  return changes.result();
}

/** Collects patches: the same change twice is one, and rules for a list that was empty are added one after the other. */
class PolicyChanges {
  readonly #operations = new Map<ObjectId, Map<string, JsonObject>>();
  readonly #admits = new Map<string, DenialFix['admits'][number]>();

  add({ policy, patch, admits }: PolicyAdmission): void {
    const operations = this.#operations.get(policy) ?? new Map<string, JsonObject>();
    for (const { op, path, value } of patch) {
      const begins = Array.isArray(value) && [...operations.values()].some((known) => known.path === path);
      const items: readonly { path: string; value: Json }[] = begins
        ? (value as readonly Json[]).map((item) => ({ path: `${path}/-`, value: item }))
        : [{ path, value }];
      for (const item of items) {
        if (begins && isIn(operations, path, item.value)) continue;
        operations.set(JSON.stringify(item), { op, ...item });
      }
    }
    this.#operations.set(policy, operations);
    this.#admits.set(`${policy} ${admits}`, { policy, text: admits });
  }

  result(): DenialFix | undefined {
    if (this.#operations.size === 0) return undefined;
    return {
      patches: [...this.#operations].map(([object, operations]) => ({
        object,
        type: 'json',
        patch: [...operations.values()],
      })),
      admits: [...this.#admits.values()],
    };
  }
}

/** The list that another operation writes holds the item already. */
function isIn(operations: ReadonlyMap<string, JsonObject>, path: string, item: Json): boolean {
  const written = [...operations.values()].find((known) => known.path === path)?.value;
  return Array.isArray(written) && written.some((entry) => JSON.stringify(entry) === JSON.stringify(item));
}
