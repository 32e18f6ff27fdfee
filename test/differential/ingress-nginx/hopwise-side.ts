import type { Snapshot } from '../../../packages/hopwise/src/engine/contract.ts';
import { engine } from '../../../packages/hopwise/src/engine/engine.ts';
import type { TraceDocument } from '../../../packages/hopwise/src/report/diagnosis.ts';
import { buildRoutes } from '../../../packages/hopwise/src/routing/build.ts';
import type { JsonObject, Source } from '../../../packages/hopwise/src/sources/contract.ts';
import type { WireRequest } from './ask.ts';
import { KINDS } from './cluster.ts';
import { ADDRESS } from './world.ts';

/** The objects as a complete snapshot of a cluster. */
export function snapshotOf(objects: readonly JsonObject[]): Promise<Snapshot> {
  const source: Source = {
    id: 'cluster',
    read: (sink) => {
      for (const object of objects) sink.object(object, { file: 'cluster' });
      for (const kind of KINDS) sink.coverage({ kind, state: 'complete' });
      return Promise.resolve({ kind: 'capture', path: 'cluster', description: 'test cluster' });
    },
  };
  return engine.load(source, new AbortController().signal);
}

/** The request as a user would describe it, sent to the controller's address. */
export function traceRequest(snapshot: Snapshot, request: WireRequest): TraceDocument {
  return engine.trace(snapshot, {
    url: `${request.tls ? 'https' : 'http'}://${ADDRESS}${request.target}`,
    method: request.method,
    headers: { ...request.headers, Host: request.host },
  });
}

/** Why NGINX would refuse what the controller renders, or the controller die of it; empty when hopwise sees no reason. */
export function refusalsOf(snapshot: Snapshot): readonly string[] {
  const gateway = buildRoutes(snapshot.model).gateways.find(({ dialect }) => dialect === 'ingress-nginx');
  return (gateway?.rejects ?? []).map(({ object, path, why }) => `${object} ${path}: ${why}`);
}
