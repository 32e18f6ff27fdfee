import type { AccessEntry, AppRequestEntry } from '../sources/observations.ts';
import type { PathObservations } from './observed.ts';
import { pathOnly } from './path-shape.ts';

/** A load balancer's health check as the app logged it. */
export interface EdgeProbe {
  readonly path: string;
  readonly status: number;
  readonly clients: readonly string[];
  readonly count: number;
  readonly line: AppRequestEntry | AccessEntry;
  /** The app's log also has requests of other paths or clients: traffic does get through. */
  readonly clientRequests: boolean;
}

/** Announced by user agent where a cloud does (GoogleHC, ELB-HealthChecker, Edge Health Probe). */
const PROBER = /GoogleHC|HealthChecker|Health Probe|health-check|kube-probe|Load Balancer Agent/i;

/**
 * Requests of one path that keep coming from the same few addresses at a steady pace with the same failing status. Kubelet
 * probes do not count.
 */
export function edgeProbes({ seen }: { readonly seen: PathObservations }): EdgeProbe | undefined {
  const lines: (AppRequestEntry | AccessEntry)[] = [...seen.app.requests, ...seen.app.access].filter(
    (entry) => entry.path !== undefined && entry.status !== undefined && !/kube-probe/.test(entry.userAgent ?? ''),
  );
  const groups = new Map<string, (AppRequestEntry | AccessEntry)[]>();
  for (const line of lines) {
    const key = `${pathOnly(line.path as string)} ${line.status}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  for (const [key, group] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
    const status = group[0]?.status ?? 0;
    const clients = [...new Set(group.flatMap((line) => line.client ?? []))];
    const announced = group.some((line) => PROBER.test(line.userAgent ?? ''));
    // 2xx and 3xx count as healthy for most load balancers by default.
    if (status < 400 || group.length < 3 || clients.length > 16 || !(announced || isSteady(group))) continue;
    const line = group.at(-1) as AppRequestEntry | AccessEntry;
    return {
      path: key.split(' ')[0] ?? '/',
      status,
      clients: clients.slice(0, 4),
      count: group.length,
      line,
      clientRequests: lines.length > group.length,
    };
  }
  return undefined;
}

/** Per client the pauses between requests are equal to within a fifth. */
function isSteady(group: readonly (AppRequestEntry | AccessEntry)[]): boolean {
  const byClient = new Map<string, number[]>();
  for (const line of group) {
    if (line.time === undefined) continue;
    const key = `${line.client ?? ''} ${line.at.pod}`;
    byClient.set(key, [...(byClient.get(key) ?? []), line.time]);
  }
  const pauses = [...byClient.values()].flatMap((times) =>
    times
      .sort((a, b) => a - b)
      .slice(1)
      .map((time, index) => time - (times[index] ?? time)),
  );
  if (pauses.length < 2) return false;
  const mean = pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length;
  return mean >= 1000 && pauses.every((pause) => Math.abs(pause - mean) <= mean * 0.2);
}
