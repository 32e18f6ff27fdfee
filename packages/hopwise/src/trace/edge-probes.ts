import type { Pod } from '../model/kinds/pod.ts';
import type { AccessEntry, AppRequestEntry } from '../sources/observations.ts';
import type { EdgeKind } from './edge-maker.ts';
import type { PathObservations } from './observed.ts';
import { pathOnly } from './path-shape.ts';

/** A load balancer's health check as the app logged it. */
export interface EdgeProbe {
  readonly path: string;
  readonly status: number;
  readonly clients: readonly string[];
  readonly count: number;
  readonly line: AppLine;
  /** Other clients' requests are in the app's log too: traffic does get through. */
  readonly clientRequests: boolean;
}
type AppLine = AppRequestEntry | AccessEntry;

/** Announced by user agent where a cloud does (GoogleHC, ELB-HealthChecker, Edge Health Probe, Load Balancer Agent). */
const PROBER = /GoogleHC|HealthChecker|Health Probe|health-check|Load Balancer Agent/i;
/** Others that ask Pods themselves. */
const INSIDE = /kube-probe|Prometheus|blackbox|vmagent|curl-probe/i;

/**
 * Does a load balancer count this as healthy by default? ALB ("Health check settings": success codes 200) and Google ("the
 * backend must return 200") want 200; Application Gateway takes 200-399.
 */
function isHealthy(kind: EdgeKind | undefined, status: number, accepted: string | undefined): boolean {
  if (accepted !== undefined) return accepts(accepted, status);
  return kind === 'azure' || kind === undefined ? status >= 200 && status < 400 : status === 200;
}

/** `200`, `200,302`, `200-399`. */
export function accepts(codes: string, status: number): boolean {
  return codes.split(',').some((part) => {
    const [from, to] = part.trim().split('-').map(Number);
    return from !== undefined && status >= from && status <= (to ?? from);
  });
}

/**
 * Requests of one path that keep coming from the same few addresses at a steady pace with a status that does not count as
 * healthy. Kubelet probes and scrapes do not count.
 */
export function edgeProbes(
  { seen }: { readonly seen: PathObservations },
  kind: EdgeKind | undefined,
  accepted: string | undefined,
): EdgeProbe | undefined {
  const lines: AppLine[] = [...seen.app.requests, ...seen.app.access].filter(
    (entry) => entry.path !== undefined && entry.status !== undefined && !INSIDE.test(entry.userAgent ?? ''),
  );
  const groups = Map.groupBy(lines, (line) => `${pathOnly(line.path as string)} ${line.status}`);
  for (const [key, group] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
    const status = group[0]?.status ?? 0;
    const clients = [...new Set(group.flatMap((line) => line.client ?? []))];
    const announced = group.some((line) => PROBER.test(line.userAgent ?? ''));
    if (isHealthy(kind, status, accepted) || group.length < 3 || clients.length > 16) continue;
    if (!announced && (status < 400 || !isSteady(group))) continue;
    const path = key.split(' ')[0] ?? '/';
    const others = lines.filter(
      (line) =>
        !PROBER.test(line.userAgent ?? '') &&
        !(pathOnly(line.path as string) === path && (line.client === undefined || clients.includes(line.client))) &&
        !isKubeletLike(seen.app.pods, line),
    );
    return {
      path,
      status,
      clients: clients.slice(0, 4),
      count: group.length,
      line: group.at(-1) as AppLine,
      clientRequests: others.length > 0,
    };
  }
  return undefined;
}

/** A path that the Pods' own probes ask, from an address that says nothing else. */
function isKubeletLike(pods: readonly Pod[], line: AppLine): boolean {
  const path = pathOnly(line.path as string);
  return pods.some((pod) =>
    pod.spec.containers.some((container) =>
      [container.readiness, container.liveness, container.startup].some((probe) => probe?.path === path),
    ),
  );
}

/** Per client the pauses between requests are equal to within a fifth. */
function isSteady(group: readonly AppLine[]): boolean {
  const byClient = Map.groupBy(
    group.filter((line) => line.time !== undefined),
    (line) => `${line.client ?? ''} ${line.at.pod}`,
  );
  const pauses = [...byClient.values()].flatMap((lines) => {
    const times = lines.map((line) => line.time as number).sort((a, b) => a - b);
    return times.slice(1).map((time, index) => time - (times[index] ?? time));
  });
  if (pauses.length < 2) return false;
  const mean = pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length;
  return mean >= 1000 && pauses.every((pause) => Math.abs(pause - mean) <= mean * 0.2);
}
