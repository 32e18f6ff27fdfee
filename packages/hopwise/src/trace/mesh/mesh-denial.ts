import type { ObjectId } from '../../base/object-id.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Pod } from '../../model/kinds/pod.ts';
import type { Rule } from '../../routing/route-table.ts';
import type { Json, JsonObject } from '../../sources/contract.ts';
import type { FailureMode } from '../../sources/failure.ts';
import type { Received } from '../trace.ts';

/** One connection and request between a caller and a Pod of a mesh. */
export interface MeshAsk {
  readonly model: ClusterModel;
  readonly caller: Pod;
  readonly pod: Pod;
  readonly port: number;
  /** Full name of the Service that is asked: DestinationRules are chosen by it. */
  readonly host: string;
  readonly serviceNamespace: string;
  readonly request: Pick<Received, 'method' | 'path' | 'host'> & { readonly headers: Readonly<Record<string, string>> };
  /** The gateway's rule and dialect; undefined for a caller in the cluster. */
  readonly rule: Rule | undefined;
  readonly dialect: string | undefined;
}

/** The mesh surely refuses it. */
export interface MeshDenial {
  /** What to change. */
  readonly object: ObjectId;
  readonly why: string;
  readonly modes: readonly FailureMode[];
  readonly evidence: readonly Evidence[];
  readonly remedy: string;
  readonly patches: readonly {
    readonly object: ObjectId;
    readonly type: 'merge' | 'json';
    readonly patch: JsonObject | readonly Json[];
  }[];
  /** `mtls`: the connection is refused; `authorization`: the request is, with 403. */
  readonly kind: 'mtls' | 'authorization';
}
