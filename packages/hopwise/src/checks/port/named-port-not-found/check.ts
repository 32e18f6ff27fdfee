// targetPort is a name that no container of the selected Pods declares, so the endpoints get no port for it. The gateway has
// nowhere to connect and answers 503 (some 502) itself.
import { displayId, idOf } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import { resolvePort } from '../../../model/derive.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Service, ServicePort } from '../../../model/kinds/service.ts';
import type { Workload } from '../../../model/kinds/workload.ts';
import { declaredPorts, judgePortName, type PortNameVerdict } from '../../../trace/intent/port-name.ts';
import { brokenPaths, gradeVia } from '../../../trace/lifecycle/outages.ts';
import { setInContainer } from '../../../trace/lifecycle/template-patch.ts';
import { workloadOf } from '../../../trace/path-queries.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Unnamed extends Fact {
  readonly service: Service;
  readonly port: ServicePort;
  readonly workload: Workload | undefined;
  readonly verdict: PortNameVerdict;
}

export default defineCheck<Unnamed>({
  cause: 'named-port-not-found',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'],
  since: '0.1.0',
  explains: [
    'endpoint-port-missing',
    'no-ready-endpoints',
    'stale-endpoints',
    'readiness-probe-failing',
    'crash-loop',
    'app-returned-error',
    'upstream-timeout',
  ],
  *find(world) {
    const { model } = world;
    for (const outage of brokenPaths(world)) {
      const { service, port, live } = outage;
      if (typeof port.targetPort !== 'string') continue;
      const first = live[0];
      // Pods of which some declare the name are a rollout or two workloads: their endpoints have the port.
      if (first === undefined || live.some((pod) => resolvePort(port, pod) !== undefined)) continue;
      const workload = workloadOf(model, first);
      const verdict = judgePortName(model, service, port, first, workload);
      const owner = workload ?? first;
      const declared = declaredPorts(first).map((entry) => `${entry.port.name ?? '(unnamed)'}: ${entry.port.port}`);
      const evidence: Evidence[] = [
        citeField(service, portPath(service, port), `targetPort is the name ${port.targetPort}`, port.targetPort),
        citeField(
          owner,
          workload === undefined ? 'spec.containers' : 'spec.template.spec.containers',
          `the containers declare ${declared.join(', ') || 'no port'}`,
        ),
        ...verdict.evidence,
      ];
      yield {
        object: verdict.side === 'workload' && workload !== undefined ? idOf(workload) : idOf(service),
        certainty: gradeVia(outage, 'proven'),
        modes: outage.modes,
        partial: outage.partial,
        evidence,
        service,
        port,
        workload,
        verdict,
      };
    }
  },
  describe: ({ object, service, port, verdict }) => ({
    headline:
      verdict.side === 'workload'
        ? `${displayId(object)} declares no port ${port.targetPort}`
        : `${displayId(object)} targets port ${port.targetPort}, which no container has`,
    why: `No container behind ${displayId(idOf(service))} declares a port named ${port.targetPort}, so its endpoints have no port to connect to.`,
    chain: [
      `targetPort ${port.targetPort} is declared by no container`,
      'the endpoints lack the port',
      'the gateway has nowhere to connect',
    ],
  }),
  fix({ object, service, port, workload, verdict }) {
    const { meant, side } = verdict;
    if (meant === undefined)
      return {
        summary: `Make targetPort ${port.targetPort} of ${displayId(idOf(service))} and the container ports agree`,
        level: 'advice',
        patches: [],
        commands: [],
      };
    if (side === 'workload' && workload !== undefined) {
      const operation = setInContainer(
        workload,
        meant.container,
        `ports[${meant.index}].name`,
        String(port.targetPort),
      );
      return {
        summary: `Name port ${meant.port.port} of ${displayId(object)} ${port.targetPort}`,
        level: 'review',
        patches: operation === undefined ? [] : [{ object, type: 'json', patch: [operation] }],
        commands: [],
      };
    }
    const value = meant.port.name ?? meant.port.port;
    const path = `/spec/ports/${service.ports.indexOf(port)}/targetPort`;
    return {
      summary: `Set targetPort of ${displayId(object)} to ${value}`,
      level: 'review',
      patches: [{ object, type: 'json', patch: [{ op: 'add', path, value }] }],
      commands: [],
    };
  },
  prove: ({ service }) => [
    {
      command: `kubectl get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name} -o yaml`,
      expect: 'addresses, but no port of that name',
    },
  ],
});

function portPath(service: Service, port: ServicePort): string {
  return `spec.ports[${service.ports.indexOf(port)}].targetPort`;
}
