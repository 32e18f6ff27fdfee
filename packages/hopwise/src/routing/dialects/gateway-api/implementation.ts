import { valueOf } from '../../../base/lookup.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { BackendTarget, RouteBase } from '../../../model/kinds/gateway-api.ts';
import type { BackendProtocol, EffectiveSettings, FailureTable, Setting } from '../../route-table.ts';
import { type DataPlaneFinder, findByLabelsOrAddress } from './data-plane.ts';
import { SPECIFICATION_FAILURES } from './failures.ts';
import type { PrecedenceStyle } from './precedence.ts';
import { specifiedProtocol } from './protocol.ts';

/** What differs from one implementation of the specification to the next. */
export interface Implementation {
  /** What people call it. */
  readonly name: string;
  /** GatewayClass.spec.controllerName values; a trailing `*` is a prefix. */
  readonly controllers: readonly string[];
  readonly precedence: PrecedenceStyle;
  /** `group/kind` of backends it is known to take. */
  readonly backendKinds: ReadonlySet<string>;
  readonly dataPlane: DataPlaneFinder;
  readonly failures: FailureTable;
  readonly defaults: EffectiveSettings;
  readonly protocolOf: ProtocolChooser;
}
export type ProtocolChooser = (
  model: ClusterModel,
  route: RouteBase,
  target: BackendTarget,
  tls: boolean,
) => Setting<BackendProtocol> | undefined;

/** What holds for an implementation nobody has described here: the specification and nothing else. */
export const ANY_IMPLEMENTATION: Implementation = {
  name: 'Gateway API',
  controllers: [],
  precedence: { regex: 'before-prefix', methodAsHeader: false },
  backendKinds: new Set(['/Service']),
  dataPlane: findByLabelsOrAddress,
  failures: SPECIFICATION_FAILURES,
  defaults: {},
  protocolOf: specifiedProtocol,
};

/** The port of the Service that a reference means, when the Service is known. */
export function servicePortOf(model: ClusterModel, target: BackendTarget) {
  return valueOf(model.get('Service', target.namespace, target.name))?.ports.find(({ port }) => port === target.port);
}
