// The Service sends to a port on which the process in the Pod does not listen. The Pod's kernel refuses the connection, and the
// gateway answers 502 (ingress-nginx, Traefik, HAProxy 503, Envoy 503).
import { displayId, idOf } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Service, ServicePort } from '../../../model/kinds/service.ts';
import type { Workload } from '../../../model/kinds/workload.ts';
import { connectedBackends } from '../../../trace/connected-backends.ts';
import { containerPath } from '../../../trace/lifecycle/container-place.ts';
import { type Dependency, dependencyEnding } from '../../../trace/lifecycle/dependency-outages.ts';
import { setInContainer } from '../../../trace/lifecycle/template-patch.ts';
import { workloadOf } from '../../../trace/path-queries.ts';
import { examineTarget, seeTargets, type TargetPort } from '../../../trace/target-port.ts';
import { doubtTarget, isWorkloadsFault } from '../../../trace/target-port-verdict.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Mismatch extends Fact {
  readonly service: Service;
  readonly port: ServicePort;
  readonly target: TargetPort;
  readonly workload: Workload | undefined;
  /** The port in the workload is wrong, not the Service's. */
  readonly inWorkload: boolean;
  /** The app of the path cannot reach this Service; otherwise it is the path's own. */
  readonly via: Dependency | undefined;
}

export default defineCheck<Mismatch>({
  cause: 'target-port-mismatch',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Event', 'Deployment', 'StatefulSet', 'DaemonSet'],
  since: '0.1.0',
  latent: true,
  explains: [
    'no-ready-endpoints',
    'readiness-probe-failing',
    'liveness-restarts',
    'stale-endpoints',
    'app-returned-error',
  ],
  *find(world) {
    for (const { path, service, port, facts, via, modes } of connectedBackends(world)) {
      const targets = seeTargets(facts, path, port);
      const shown = targets.find((entry) => entry.refused) ?? targets[0];
      if (shown === undefined || targets.some((entry) => entry.open || entry.loopbackOnly)) continue;
      const target = examineTarget(facts, service, port, shown);
      const certainty = doubtTarget(facts, target, via !== undefined);
      if (certainty === undefined) continue;
      const workload = workloadOf(world.model, target.pod);
      const inWorkload = workload !== undefined && isWorkloadsFault(port, target);
      const declared = target.declared.map((entry) => entry.port.port).join(', ');
      const owner = workload ?? target.pod;
      const container = target.declared[0]?.container;
      yield {
        object: inWorkload ? idOf(workload) : idOf(service),
        certainty,
        modes,
        via,
        evidence: [
          citeField(
            service,
            `spec.ports[${service.ports.indexOf(port)}].targetPort`,
            `the Service sends to port ${target.number}`,
            port.targetPort,
          ),
          ...(container === undefined
            ? []
            : [
                citeField(
                  owner,
                  `${containerPath(owner, target.pod.spec, container)}.ports`,
                  `the containers declare ${declared}`,
                  declared,
                ),
              ]),
          ...target.evidence,
          ...(via?.evidence ?? []),
        ],
        service,
        port,
        target,
        workload,
        inWorkload,
      };
    }
  },
  describe: ({ object, service, target, inWorkload, via }) => ({
    headline: inWorkload
      ? `${displayId(object)} does not listen on its port ${target.number}`
      : `${displayId(object)} sends to port ${target.number}, where nothing listens`,
    why: `Connections from ${displayId(idOf(service))} to port ${target.number} of the Pods are refused${target.meant === undefined ? '' : `; the process listens on ${target.meant}`}.`,
    chain: [
      `nothing listens on port ${target.number} of the Pods`,
      'connections are refused',
      ...(via === undefined ? ['the gateway has no backend to pass the request to'] : dependencyEnding(via).slice(1)),
    ],
  }),
  fix({ object, service, port, target, workload, inWorkload }) {
    const { meant, number, declared } = target;
    if (meant === undefined)
      return {
        summary: `Set targetPort of ${displayId(idOf(service))} to the port the process listens on`,
        level: 'advice',
        patches: [],
        commands: [`kubectl exec -n ${target.pod.namespace} ${target.pod.name} -- ss -ltn`],
      };
    if (inWorkload && workload !== undefined) {
      const named =
        typeof port.targetPort === 'string' ? declared.find((entry) => entry.port.name === port.targetPort) : undefined;
      const operation =
        named === undefined
          ? undefined
          : setInContainer(workload, named.container, `ports[${named.index}].containerPort`, meant);
      const summary =
        named === undefined
          ? `Make the process of ${displayId(object)} listen on ${number}, as its own manifest says`
          : `Declare port ${named.port.name} of ${displayId(object)} as ${meant}`;
      return {
        summary,
        level: operation === undefined ? 'advice' : 'review',
        patches: operation === undefined ? [] : [{ object, type: 'json', patch: [operation] }],
        commands: [],
      };
    }
    const path = `/spec/ports/${service.ports.indexOf(port)}/targetPort`;
    return {
      summary: `Set targetPort of ${displayId(object)} to ${meant}`,
      level: 'review',
      patches: [{ object, type: 'json', patch: [{ op: 'add', path, value: meant }] }],
      commands: [],
    };
  },
  prove: ({ target: { pod, number } }) => [
    {
      command: `kubectl port-forward -n ${pod.namespace} pod/${pod.name} 18080:${number}`,
      expect: `curl localhost:18080 makes it say: connection refused on port ${number}`,
    },
  ],
});
