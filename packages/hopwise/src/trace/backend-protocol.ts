import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service, ServicePort } from '../model/kinds/service.ts';
import type { BackendProtocol, Setting } from '../routing/route-table.ts';
import { usableEndpoints } from './backend-path.ts';
import { learnPort, listenLinesOf } from './listening.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';
import { resolvedBackends, workloadOf } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** What the gateway speaks to a backend, and what the process there speaks, each with its evidence. */
export interface SpokenProtocol {
  readonly service: Service;
  readonly port: ServicePort;
  readonly pod: Pod | undefined;
  readonly spoken: Setting<BackendProtocol> | undefined;
  readonly understood: Understood;
}
export interface Understood {
  readonly tls: boolean | undefined;
  /** HTTP/2 without TLS, as gRPC servers speak. */
  readonly http2: boolean | undefined;
  readonly evidence: readonly Evidence[];
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

export function spokenProtocols({ model, trace, seen }: Asked): readonly SpokenProtocol[] {
  return resolvedBackends(trace).map(({ path, service, port }) => {
    const endpoint = usableEndpoints(path)[0] ?? path.endpoints[0];
    const pod = endpoint?.pod.state === 'found' ? endpoint.pod.value : path.selected[0];
    const number = endpoint?.port ?? (typeof port.targetPort === 'number' ? port.targetPort : undefined);
    const understood =
      pod === undefined || number === undefined
        ? { tls: undefined, http2: undefined, evidence: [] }
        : learnProtocol(model, pod, number, seen);
    return { service, port, pod, spoken: trace.rule?.settings.backendProtocol, understood };
  });
}

/** From listen lines, probes and what the process said about odd clients. */
function learnProtocol(model: ClusterModel, pod: Pod, port: number, seen: PathObservations): Understood {
  const knowledge = learnPort(model, pod, port, seen);
  const evidence: Evidence[] = [];
  const lines = listenLinesOf(pod, seen.app.listens).filter((entry) => entry.port === port);
  const line = lines.find((entry) => entry.tls !== undefined || entry.protocol !== undefined);
  if (line !== undefined)
    evidence.push(
      logEvidence(
        line,
        `the process listens with ${line.tls === true ? 'TLS' : line.protocol === 'grpc' ? 'gRPC' : 'plain HTTP'} on ${port}`,
      ),
    );
  const probe = probeScheme(model, pod, port);
  if (probe !== undefined) evidence.push(probe.evidence);
  const complained = seen.app.events.findLast(
    (entry) =>
      entry.event === 'tls-client-sent-http' ||
      entry.event === 'http-client-sent-tls' ||
      entry.event === 'protocol-mismatch',
  );
  if (complained !== undefined)
    evidence.push(logEvidence(complained, 'the process complains about the protocol it is spoken to'));
  const tls =
    complained?.event === 'tls-client-sent-http'
      ? true
      : complained?.event === 'http-client-sent-tls'
        ? false
        : (line?.tls ?? (probe === undefined || probe.grpc ? knowledge.speaksTls : probe.tls));
  const http2 = line?.protocol === 'grpc' ? true : probe?.grpc === true ? true : undefined;
  return { tls, http2, evidence };
}

function probeScheme(
  model: ClusterModel,
  pod: Pod,
  port: number,
): { readonly tls: boolean; readonly grpc: boolean; readonly evidence: Evidence } | undefined {
  if (!pod.ready) return undefined;
  const owner = workloadOf(model, pod);
  for (const [index, container] of pod.spec.containers.filter((entry) => entry.role === 'main').entries()) {
    for (const role of ['readiness', 'liveness'] as const) {
      const probe = container[role];
      const number =
        typeof probe?.port === 'number'
          ? probe.port
          : container.ports.find((entry) => entry.name === probe?.port)?.port;
      if (probe === undefined || number !== port || (probe.kind !== 'httpGet' && probe.kind !== 'grpc')) continue;
      const prefix = owner === undefined ? 'spec' : 'spec.template.spec';
      const path = `${prefix}.containers[${index}].${role}Probe.${probe.kind}`;
      const tls = probe.scheme === 'HTTPS';
      return {
        tls,
        grpc: probe.kind === 'grpc',
        evidence: citeField(
          owner ?? pod,
          path,
          `the passing ${role} probe speaks ${probe.kind === 'grpc' ? 'gRPC' : tls ? 'HTTPS' : 'HTTP'} on ${port}`,
          probe.scheme ?? probe.kind,
        ),
      };
    }
  }
  return undefined;
}
