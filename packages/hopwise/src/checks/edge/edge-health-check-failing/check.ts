// The cloud load balancer probes every target by its own health check, and the answer does not count as healthy (401, 404,
// a redirect, another port or scheme). With no healthy target it answers 502/503 itself, though the Pods are Ready.
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { type EdgeProbe, edgeProbes } from '../../../trace/edge-probes.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { resolvedBackends } from '../../../trace/path-queries.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Unhealthy extends Fact {
  readonly probe: EdgeProbe | undefined;
  readonly component: string;
  readonly said: string | undefined;
}

export default defineCheck<Unhealthy>({
  cause: 'edge-health-check-failing',
  reads: ['Ingress', 'Service', 'Pod', 'Event', '*BackendConfig'],
  since: '0.1.0',
  explains: ['edge-targets-missing', 'app-returned-error'],
  *find(world) {
    const { seen, trace, model } = world;
    const edge = seen.generatedBy;
    if (!seen.failing || edge?.hop !== 'edge') return;
    const service = resolvedBackends(trace)[0]?.service;
    const route = trace.rule === undefined ? undefined : model.object(trace.rule.object);
    const said = statedUnhealthy(route?.annotations ?? {}, service?.name);
    const probe = edgeProbes(world);
    // A client's request of this path in the app's log would show that the load balancer does send to it.
    if (probe === undefined && said === undefined) return;
    const object: ObjectId | undefined =
      route !== undefined ? idOf(route) : service === undefined ? undefined : idOf(service);
    if (object === undefined) return;
    const evidence: Evidence[] = [...edge.evidence];
    if (probe !== undefined)
      evidence.push(
        logEvidence(
          probe.line,
          `health checks of the load balancer (${probe.clients.join(', ')}) get ${probe.status} on ${probe.path}`,
          probe.count,
        ),
      );
    if (probe !== undefined && !probe.clientRequests)
      evidence.push({ type: 'timing', text: 'no request of a client ever reaches the app' });
    if (said !== undefined && route !== undefined) evidence.push(citeField(route, 'metadata.annotations', said));
    if (route !== undefined && said === undefined)
      evidence.push(
        citeField(route, 'metadata.annotations', 'no health-check path or accepted codes are set for this backend'),
      );
    const certainty: Certainty =
      probe !== undefined && !probe.clientRequests ? 'proven' : said !== undefined ? 'strong' : 'likely';
    yield {
      object,
      certainty,
      modes: ['gateway-unreachable', 'no-live-endpoint', 'no-endpoints'],
      evidence,
      probe,
      component: edge.component,
      said,
    };
  },
  describe: ({ object, probe, component, said }) => ({
    headline: `${displayId(object)}: the load balancer's health check fails`.slice(0, 80),
    why:
      probe === undefined
        ? `${component} reports its backends unhealthy: ${said ?? ''}.`
        : `${component} probes ${probe.path} and gets ${probe.status}, which does not count as healthy.`,
    chain: [
      probe === undefined ? (said ?? 'the health check fails') : `health checks on ${probe.path} get ${probe.status}`,
      'every target counts as unhealthy',
      `${component} answers 502/503 itself`,
    ],
  }),
  fix({ object, component, probe }) {
    if (/Azure/.test(component) && probe !== undefined) {
      const codes = `200-399,${probe.status}`;
      return {
        summary: `Accept ${probe.status} in the health probe (or probe a path that needs no login)`,
        level: 'review',
        patches: [
          {
            object,
            type: 'merge',
            patch: { metadata: { annotations: { 'appgw.ingress.kubernetes.io/health-probe-status-codes': codes } } },
          },
        ],
        commands: [],
        wanted: () => true,
      };
    }
    return {
      summary: 'Point the health check at a path that answers 200 without login, with the right port and scheme',
      level: 'review',
      patches: [],
      commands: [],
    };
  },
  prove: ({ probe }) => [
    {
      command: `kubectl port-forward svc/SERVICE 8080:PORT & curl -i http://localhost:8080${probe?.path ?? '/'}`,
      expect: `${probe?.status ?? 'a status'} that the health check does not accept`,
    },
  ],
});

/** GKE writes the state of each backend into ingress.kubernetes.io/backends. */
function statedUnhealthy(
  annotations: Readonly<Record<string, string>>,
  service: string | undefined,
): string | undefined {
  const stated = annotations['ingress.kubernetes.io/backends'];
  if (stated === undefined || service === undefined) return undefined;
  const match = new RegExp(`"([^"]*-${service.replace(/[^a-z0-9-]/g, '')}-[^"]*)"\\s*:\\s*"(UNHEALTHY|Unknown)"`).exec(
    stated,
  );
  return match === null ? undefined : `backend ${match[1]} is ${match[2]}`;
}
