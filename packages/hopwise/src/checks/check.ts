import type { ObjectId } from '../base/object-id.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Kind } from '../model/kind-map.ts';
import type { RouteTable } from '../routing/route-table.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import type { FailureMode } from '../sources/failure.ts';
import type { Observations } from '../sources/observations.ts';
import type { PathObservations } from '../trace/observed.ts';
import type { HopKind, Trace } from '../trace/trace.ts';
import type { CauseId } from './causes.ts';

/** All a check may look at: deeply read-only, no clients, files, clocks or other checks. */
export interface World {
  readonly model: ClusterModel;
  readonly routes: RouteTable;
  /** The request being diagnosed, walked hop by hop. */
  readonly trace: Trace;
  /** Observations joined to that path, and what they say about who made the status. */
  readonly seen: PathObservations;
  /** Every observation of the snapshot. */
  readonly observations: Observations;
}

/**
 * How sure the facts alone make us, before other findings are weighed.
 * - proven: configuration and an observation of this very path agree, or the cluster's own status says it
 * - strong: configuration alone leaves no other outcome for this request
 * - likely: most experts would bet on it
 * - possible: worth saying when nothing better explains the failure
 */
export type Certainty = 'proven' | 'strong' | 'likely' | 'possible';

/** The facts of one finding. Checks extend it with what their wording needs. */
export interface Fact {
  /** The object to change. */
  readonly object: ObjectId;
  readonly certainty: Certainty;
  /** How the request fails when this is true; compared with what was observed. Empty: says nothing about it. */
  readonly modes: readonly FailureMode[];
  /** It hits only some requests (one endpoint of several, a rollout, load). */
  readonly partial?: boolean;
  /** Overrides the cause's hop when the fault sits elsewhere on this path. */
  readonly hop?: HopKind;
  readonly evidence: readonly Evidence[];
}

export interface Wording {
  /** One line, aimed at 80 characters, naming the object as `Kind ns/name`; renderers wrap it, nothing cuts a name. */
  readonly headline: string;
  /** One sentence of why this ends in the observed failure. */
  readonly why: string;
  /** From cause to symptom, each a short clause. */
  readonly chain: readonly string[];
}

export interface PatchHint {
  readonly object: ObjectId;
  readonly type: 'merge' | 'json';
  readonly patch: JsonObject | readonly Json[];
}

/** What would have to be different. The remedy stage writes commands, re-runs the model and decides what is shown. */
export interface FixHint {
  /** Imperative, one line: `Set targetPort of Service shop/cart to 8080`. */
  readonly summary: string;
  readonly level: 'safe' | 'review' | 'advice';
  readonly patches: readonly PatchHint[];
  /** For advice and for what a patch cannot say (restart, scale, code). Pasteable shell or a sentence. */
  readonly commands: readonly string[];
  /**
   * Is the wanted state reached in a world with the patches applied? Needed where the model alone cannot show the symptom
   * going away (a timeout, a buffer). Without it the re-run trace and the re-run check decide.
   */
  readonly wanted?: (world: World) => boolean;
}

/** A command that shows the finding to a sceptic, and what its output shows now. */
export interface Proof {
  readonly command: string;
  readonly expect: string;
}

export interface CheckSpec<F extends Fact> {
  readonly cause: CauseId;
  /** Kinds it reads through the model, tested against what it really touches. `*` entries name foreign kinds. */
  readonly reads: readonly (Kind | `*${string}`)[];
  readonly since: string;
  /** Shallower causes on the same path that this one accounts for: they are folded into its chain. */
  readonly explains: readonly CauseId[];
  /**
   * It can be true although every hop of the walk looks fine (what a process really listens on or speaks). A scan runs
   * only these on targets whose walk is clean and of which nothing was observed.
   */
  readonly latent?: boolean;
  find(world: World): Iterable<F>;
  describe(fact: F): Wording;
  fix?(fact: F, world: World): FixHint | undefined;
  prove?(fact: F, world: World): readonly Proof[];
}

/** A check with its fact type closed over, as the registry holds it. */
export interface Check {
  readonly cause: CauseId;
  readonly reads: readonly (Kind | `*${string}`)[];
  readonly since: string;
  readonly explains: readonly CauseId[];
  readonly latent: boolean;
  run(world: World): readonly Finding[];
}

export interface Finding {
  readonly cause: CauseId;
  readonly hop: HopKind;
  readonly fact: Fact;
  readonly explains: readonly CauseId[];
  readonly wording: Wording;
  readonly fix: FixHint | undefined;
  readonly proofs: readonly Proof[];
}
