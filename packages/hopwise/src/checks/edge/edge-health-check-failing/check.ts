// The cloud load balancer probes every target by its own health check, and the answer does not count as healthy (401, 404,
// a redirect, another port or scheme). With no healthy target it answers 502/503 itself, though the Pods are Ready.
import { inNamespace, kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, splitId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import { edgeHealthCheck } from '../../../trace/edge-health.ts';
import { accepts } from '../../../trace/edge-probes.ts';
import { resolvedBackends } from '../../../trace/path-queries.ts';
import { type UnhealthyTargets, unhealthyTargets } from '../../../trace/unhealthy-targets.ts';
import type { Fact, FixHint } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Unhealthy extends Fact {
  readonly targets: UnhealthyTargets;
}

export default defineCheck<Unhealthy>({
  cause: 'edge-health-check-failing',
  reads: ['Ingress', 'Service', 'Pod', 'Node', '*BackendConfig', '*HealthCheckPolicy'],
  since: '0.1.0',
  explains: ['edge-targets-missing', 'app-returned-error', 'no-ready-endpoints', 'readiness-probe-failing'],
  *find(world) {
    const targets = unhealthyTargets(world);
    if (targets === undefined) return;
    const { object, evidence, sureness } = targets;
    const modes = ['gateway-unreachable', 'no-live-endpoint', 'no-endpoints'] as const;
    yield { object, certainty: sureness, modes, evidence, targets };
  },
  describe: ({ object, targets: { probe, component, said } }) => ({
    headline: `${displayId(object)}: the load balancer's health check fails`,
    why:
      probe === undefined
        ? `${component} counts its targets as unhealthy: ${said}.`
        : `${component} probes ${probe.path} and gets ${probe.status}, which does not count as healthy.`,
    chain: [said, 'every target counts as unhealthy', `${component} has nowhere to send requests`],
  }),
  fix: ({ targets }) => (targets.annotation === undefined ? fixBackend(targets) : fixGateway(targets)),
  prove: ({ object, targets: { probe } }, { trace }) => {
    const [backend] = resolvedBackends(trace);
    const look = { command: `kubectl get ${kubectlName(object)} -o yaml`, expect: 'what the health check asks for' };
    if (backend === undefined) return [look];
    const { service, port } = backend;
    const url = shellQuote(`http://localhost:8080${probe?.path ?? '/'}`);
    return [
      look,
      {
        command: `kubectl port-forward svc/${shellQuote(service.name)}${inNamespace(service.namespace)} 8080:${port.port} & sleep 2; curl -si ${url}; kill %1`,
        expect: `${probe?.status ?? 'a status'} that the health check does not accept`,
      },
    ];
  },
});

/** Ask what the readiness probe gets with success; failing that, accept the status that there is. */
function fixBackend({ check, probe, passing, kind }: UnhealthyTargets): FixHint {
  const asked = passing === undefined ? [] : (check?.askPath(passing) ?? []);
  const accepted = asked.length > 0 || probe === undefined ? [] : (check?.acceptStatus(probe.status) ?? []);
  const patches = [...asked, ...accepted];
  if (patches.length === 0) {
    const where = check === undefined ? '' : ` of ${displayId(check.object)}`;
    return {
      summary: `Point the health check${where} at a path that answers 200 without login, with the right port and scheme`,
      level: 'advice',
      patches,
      commands: check === undefined ? [] : [`kubectl edit ${kubectlName(check.object)}`],
    };
  }
  return {
    summary:
      asked.length > 0
        ? `Let the health check ask ${passing}, which the readiness probe gets with success`
        : `Accept ${probe?.status} in the health check (or let it ask a path that needs no login)`,
    level: 'review',
    patches,
    commands: [],
    wanted: (after) => {
      const now = edgeHealthCheck(after, kind);
      return asked.length > 0 ? now?.path === passing : accepts(now?.accepted ?? '', probe?.status ?? 0);
    },
  };
}

/** The gateway answers its own health path with 200. */
function fixGateway({ object, annotation = '', passing = '' }: UnhealthyTargets): FixHint {
  return {
    summary: `Let the load balancer probe ${passing} of Service ${splitId(object).name}`,
    level: 'review',
    patches: [{ object, type: 'merge', patch: { metadata: { annotations: { [annotation]: passing } } } }],
    commands: [],
    wanted: ({ model }) => model.object(object)?.annotations[annotation] === passing,
  };
}
