import { idOf } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service, ServicePort } from '../model/kinds/service.ts';
import type { BackendProtocol, Setting } from '../routing/route-table.ts';
import { usableEndpoints } from './backend-path.ts';
import { learnPort, listenLinesOf, probePort } from './listening.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';
import { resolvedBackends, workloadOf } from './path-queries.ts';
import { complaintOf, type ProtocolComplaint } from './protocol-complaints.ts';
import type { Trace } from './trace.ts';

/** What the gateway speaks to a backend, and what the process there speaks, each with its evidence. */
export interface SpokenProtocol {
  readonly service: Service;
  readonly port: ServicePort;
  readonly pod: Pod | undefined;
  /** Undefined: what this gateway speaks is not known. */
  readonly spoken: Setting<BackendProtocol> | undefined;
  readonly understood: Understood;
}
export interface Understood {
  readonly tls: boolean | undefined;
  /** HTTP/2 without TLS, as gRPC servers speak; false: it is known to speak HTTP/1.1. */
  readonly http2: boolean | undefined;
  /** No HTTP at all. */
  readonly other?: 'FastCGI' | 'uwsgi';
  readonly evidence: readonly Evidence[];
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

const NOTHING: Understood = { tls: undefined, http2: undefined, evidence: [] };

export function spokenProtocols(world: Asked): readonly SpokenProtocol[] {
  return resolvedBackends(world.trace).map(({ path, service, port }) => {
    const endpoint = usableEndpoints(path)[0] ?? path.endpoints[0];
    const pod = endpoint?.pod.state === 'found' ? endpoint.pod.value : path.selected[0];
    const number = endpoint?.port ?? (typeof port.targetPort === 'number' ? port.targetPort : undefined);
    const understood = pod === undefined || number === undefined ? NOTHING : learnProtocol(world, pod, number);
    return { service, port, pod, spoken: world.trace.rule?.settings.backendProtocol, understood };
  });
}

/** From what the process said to the gateway or about it, from listen lines and from passing probes, in that order. */
function learnProtocol(world: Asked, pod: Pod, port: number): Understood {
  const { model, seen } = world;
  const knowledge = learnPort(model, pod, port, seen);
  const line = listenLinesOf(pod, seen.app.listens).find(
    (entry) => entry.port === port && (entry.tls !== undefined || entry.protocol !== undefined),
  );
  const probe = passingProbe(model, pod, port);
  const complaint = complaintOf(world, pod, line !== undefined || probe !== undefined);
  const process = processOf(model, pod, port, complaint);
  const evidence: Evidence[] = [];
  if (line !== undefined) {
    const said = line.tls === true ? 'TLS' : line.protocol === 'grpc' ? 'gRPC' : 'plain HTTP';
    evidence.push(logEvidence(line, `the process listens with ${said} on ${port}`));
  }
  if (probe !== undefined) evidence.push(probe.evidence);
  if (complaint !== undefined) evidence.push(complaint.evidence);
  if (process !== undefined) evidence.push(process.evidence);
  const byProbe = probe === undefined || probe.grpc ? knowledge.speaksTls : probe.tls;
  return {
    tls: complaint?.tls ?? line?.tls ?? byProbe,
    http2: complaint?.http2 ?? http2Of(line?.protocol, probe),
    ...(process === undefined ? {} : { other: process.protocol }),
    evidence,
  };
}

function http2Of(listens: string | undefined, probe: PassingProbe | undefined): boolean | undefined {
  if (listens === 'grpc' || probe?.grpc === true) return true;
  return listens === 'http' || (probe !== undefined && !probe.tls) ? false : undefined;
}

interface PassingProbe {
  readonly tls: boolean;
  readonly grpc: boolean;
  readonly evidence: Evidence;
}

function passingProbe(model: ClusterModel, pod: Pod, port: number): PassingProbe | undefined {
  if (!pod.ready) return undefined;
  const owner = workloadOf(model, pod);
  for (const [index, container] of pod.spec.containers.filter((entry) => entry.role === 'main').entries()) {
    for (const role of ['readiness', 'liveness'] as const) {
      const probe = container[role];
      if (probe === undefined || probePort(container, probe) !== port) continue;
      if (probe.kind !== 'httpGet' && probe.kind !== 'grpc') continue;
      const prefix = owner === undefined ? 'spec' : 'spec.template.spec';
      const path = `${prefix}.containers[${index}].${role}Probe.${probe.kind}`;
      const tls = probe.scheme === 'HTTPS';
      const name = probe.kind === 'grpc' ? 'gRPC' : tls ? 'HTTPS' : 'HTTP';
      const text = `the passing ${role} probe speaks ${name} on ${port}`;
      const evidence = citeField(owner ?? pod, path, text, probe.scheme ?? probe.kind);
      return { tls, grpc: probe.kind === 'grpc', evidence };
    }
  }
  return undefined;
}

/** PHP-FPM's images listen on 9000 (docker-library/php, zz-docker.conf); a web server beside it would be the one asked. */
const FPM_IMAGE = /(?:^|[/:_-])(?:php-?)?fpm(?:$|[:@_.-])/;
const WEB_SERVER = /nginx|apache|httpd|caddy|openresty|litespeed|frankenphp|unit/;

function processOf(
  model: ClusterModel,
  pod: Pod,
  port: number,
  complaint: ProtocolComplaint | undefined,
): { readonly protocol: 'FastCGI' | 'uwsgi'; readonly evidence: Evidence } | undefined {
  if (complaint?.uwsgi === true) return { protocol: 'uwsgi', evidence: complaint.evidence };
  const mains = pod.spec.containers.filter((entry) => entry.role !== 'init');
  const index = mains.findIndex((entry) => FPM_IMAGE.test(entry.image));
  if (port !== 9000 || index === -1 || mains.some((entry) => WEB_SERVER.test(entry.image))) return undefined;
  const owner = model.object(model.controllerOf(pod)) ?? pod;
  const path = `${idOf(owner) === idOf(pod) ? 'spec' : 'spec.template.spec'}.containers[${index}].image`;
  const text = 'PHP-FPM speaks FastCGI on 9000, and no web server stands before it in the Pod';
  return { protocol: 'FastCGI', evidence: citeField(owner, path, text, mains[index]?.image ?? '') };
}
