import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { BackendTarget, RouteBase, RouteFilter, RouteRuleBase } from '../../../model/kinds/gateway-api.ts';
import type { BackendProtocol, EffectiveSettings, FailureTable, Setting, TargetReading } from '../../route-table.ts';
import type { DataPlaneFinder } from './data-plane.ts';
import type { PolicyEffect } from './envoy-gateway.ts';
import type { GrpcStyle } from './grpc-style.ts';
import type { PathStyle } from './path-style.ts';
import type { PrecedenceStyle } from './precedence.ts';
import type { GatewayContext } from './rule-context.ts';
import type { HostSharing } from './shared-hosts.ts';

/** What differs from one implementation of the specification to the next. */
export interface Implementation {
  /** What people call it. */
  readonly name: string;
  /** GatewayClass.spec.controllerName values; a trailing `*` is a prefix. */
  readonly controllers: readonly string[];
  readonly precedence: PrecedenceStyle;
  /** How far listeners of one port share their hosts; undefined: not at all, as the specification asks. */
  readonly hostSharing?: HostSharing;
  /** A hostname that is exactly that of a listener is left to this listener by the others of the port. */
  readonly leavesExactHosts?: boolean;
  /** One host on two plain listeners of a port makes the proxy refuse its configuration. */
  readonly refusesRepeatedHosts?: boolean;
  /** `group/kind` of backends it is known to take. */
  readonly backendKinds: ReadonlySet<string>;
  readonly dataPlane: DataPlaneFinder;
  readonly failures: FailureTable;
  readonly defaults: (model: ClusterModel) => EffectiveSettings;
  readonly protocolOf: ProtocolChooser;
  readonly paths: PathStyle;
  readonly grpc: GrpcStyle;
  /** What a GRPCRoute rule answers, as HTTP status, when none of its backends can be used, and for the share of one that cannot. */
  readonly invalidGrpcStatus: { readonly all: number; readonly some: number };
  /** The filter for which a rule answers 500 to every request. */
  readonly filterFault?: (
    context: GatewayContext,
    route: RouteBase,
    filters: readonly RouteFilter[],
  ) => FilterFault | undefined;
  /** A TLS connection for a server name of no listener is closed in its handshake. */
  readonly closesUnknownNames?: boolean;
  /** How the proxy reads a path before it matches; undefined: as sent, or not known. */
  readonly target?: TargetReading;
  /** Policies of the implementation's own that apply to a rule. */
  readonly policies?: (context: GatewayContext, route: RouteBase, rule: RouteRuleBase) => PolicyEffect;
}
export interface FilterFault {
  readonly why: string;
  /** The field of the filter. */
  readonly at: string;
}
/** The protocol towards a backend; `tls` when a BackendTLSPolicy asks for TLS. Undefined when it cannot be told. */
export type ProtocolChooser = (
  model: ClusterModel,
  route: RouteBase,
  target: BackendTarget,
  tls: boolean,
) => Setting<BackendProtocol> | undefined;
