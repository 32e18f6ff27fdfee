import type { Service, ServicePort } from '../model/kinds/service.ts';
import type { FailureMode } from '../sources/failure.ts';
import { behindApp, type Dependency, dependenciesOf } from './lifecycle/dependency-outages.ts';
import { BEHIND, DIRECT, outages } from './lifecycle/outages.ts';
import type { PathFacts } from './lifecycle/path-facts.ts';
import { observedMode, resolvedBackends } from './path-queries.ts';
import type { BackendPath } from './trace.ts';

/** Failures that can only happen once a connection was made. */
const CONNECTED = [
  'read-timeout',
  'header-too-large',
  'invalid-response',
  'tls-handshake',
  'protocol-error',
  'passed-on',
  'upgrade-failed',
] as const;

/** A backend to which connections may be refused, with the facts as seen from it. */
export interface ConnectedBackend {
  readonly path: BackendPath;
  readonly service: Service;
  readonly port: ServicePort;
  readonly facts: PathFacts;
  readonly via: Dependency | undefined;
  readonly modes: readonly FailureMode[];
}

/** The path's own backends, unless connections were accepted there, and Services that its app says it cannot reach. */
export function connectedBackends(facts: PathFacts): readonly ConnectedBackend[] {
  const { trace, seen } = facts;
  const accepted = observedMode(seen, ...CONNECTED) !== undefined && observedMode(seen, 'refused') === undefined;
  const down = new Set(outages(trace).map((outage) => outage.path));
  const own = accepted ? [] : resolvedBackends(trace);
  const behind = dependenciesOf(facts).filter((via) => via.said);
  return [
    ...own.map(
      (entry): ConnectedBackend => ({
        ...entry,
        facts,
        via: undefined,
        modes: down.has(entry.path) ? [...DIRECT, 'refused'] : ['refused', 'no-live-endpoint'],
      }),
    ),
    ...behind.flatMap((via): readonly ConnectedBackend[] => {
      const { path } = via;
      if (path.service.state !== 'found' || path.port.state !== 'found') return [];
      return [
        { path, service: path.service.value, port: path.port.value, facts: behindApp(facts, path), via, modes: BEHIND },
      ];
    }),
  ];
}
