// A Pod that is being replaced or scaled away stops answering before the gateway has stopped sending to it: no preStop wait, a
// process that exits at once on SIGTERM, or too short a grace. Requests in that window are refused or cut (502, some 504).
import { displayId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Container, Pod } from '../../../model/kinds/pod.ts';
import type { Workload } from '../../../model/kinds/workload.ts';
import { usableEndpoints } from '../../../trace/backend-path.ts';
import { containerPath } from '../../../trace/lifecycle/container-place.ts';
import {
  type Ending,
  endingsOf,
  type FailedAt,
  failuresInTime,
  servingContainer,
  workloadsOnPath,
} from '../../../trace/lifecycle/rollout-times.ts';
import { setInContainer } from '../../../trace/lifecycle/template-patch.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Cut extends Fact {
  readonly workload: Workload | undefined;
  readonly container: Container;
  readonly pod: Pod;
  readonly failures: number;
}

/** A gateway learns of an end within seconds; keep-alive connections and late slices stretch it. */
const BEFORE = 3_000;
const AFTER = 45_000;
/** A shorter wait than gateways need to notice does not help. */
const ENOUGH = 5;

export default defineCheck<Cut>({
  cause: 'ungraceful-termination',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Event', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'],
  since: '0.1.0',
  explains: ['stale-endpoints', 'gateway-config-stale', 'app-crashes-on-request', 'keepalive-idle-race'],
  *find(world) {
    const { seen, trace, model } = world;
    if (!seen.failing) return;
    // A path without a single endpoint is down, not in a change of Pods.
    if (!trace.backends.some((path) => usableEndpoints(path).length > 0)) return;
    const failures = failuresInTime(world);
    if (failures.length === 0 || isSteady(world)) return;
    for (const { object, workload, pods } of workloadsOnPath(world)) {
      const endings = endingsOf(model, world.observations, object, pods);
      const cut = failures.filter((failure) => endings.some((ending) => isCutBy(world, failure, ending, pods)));
      if (cut.length === 0 || cut.length * 2 < failures.length) continue;
      const pod = pods.find((entry) => entry.deleting !== undefined) ?? pods[0];
      const container = pod === undefined ? undefined : servingContainer(pod, trace.backends[0]?.endpoints[0]?.port);
      if (pod === undefined || container === undefined || waits(container)) continue;
      const first = cut[0] as FailedAt;
      const ending = endings.find((entry) => isCutBy(world, first, entry, pods)) as Ending;
      const owner = workload ?? pod;
      const evidence: Evidence[] = [
        citeField(
          owner,
          `${containerPath(owner, pod.spec, container)}.lifecycle`,
          `container ${container.name} has no preStop wait, grace ${pod.spec.terminationGraceSeconds} s`,
        ),
        ending.evidence,
        logEvidence(
          first.line,
          `fails ${Math.round((first.time - ending.at) / 1000)} s after ${ending.name} was told to end`,
          cut.length,
        ),
      ];
      const named = cut.some(
        (failure) =>
          failure.address !== undefined && endings.some((entry) => entry.addresses.includes(failure.address as string)),
      );
      yield {
        object,
        certainty: named || cut.length >= 3 ? 'strong' : 'likely',
        modes: ['refused', 'reset', 'connect-timeout', 'no-route-to-host', 'no-live-endpoint'],
        partial: true,
        evidence,
        workload,
        container,
        pod,
        failures: cut.length,
      };
    }
  },
  describe: ({ object, container, failures }) => ({
    headline: `${displayId(object)} drops requests while its Pods are replaced`,
    why: `${failures} failed request${failures === 1 ? ' falls' : 's fall'} into the seconds in which a Pod ends: container ${container.name} stops at once, while the gateway still sends to it.`,
    chain: [
      'a Pod is told to end',
      'its process stops before the gateway has dropped the endpoint',
      'requests to it are refused or cut',
      'the gateway answers 502 or 504',
    ],
  }),
  fix({ object, workload, container, pod }) {
    const seconds = 15;
    const hook =
      workload === undefined
        ? undefined
        : setInContainer(workload, container, 'lifecycle', { preStop: { sleep: { seconds } } });
    const grace = pod.spec.terminationGraceSeconds;
    const commands = [
      'let the process finish open requests on SIGTERM',
      ...(grace < 2 * seconds
        ? [`raise terminationGracePeriodSeconds (now ${grace}) above the wait plus the longest request`]
        : []),
    ];
    if (hook === undefined)
      return {
        summary: `Let Pods of ${displayId(object)} wait before they stop`,
        level: 'advice',
        patches: [],
        commands,
      };
    return {
      summary: `Let Pods of ${displayId(object)} wait ${seconds} s (preStop) before they stop`,
      level: 'review',
      patches: [{ object, type: 'json', patch: [hook] }],
      commands,
      wanted: ({ model }) =>
        model.podsOf(object).every((entry) => waits(servingContainer(entry, container.ports[0]?.port))),
    };
  },
  prove({ pod }) {
    const command = `kubectl get events -n ${pod.namespace} --sort-by=.lastTimestamp`;
    return [{ command, expect: 'Killing and ScalingReplicaSet events at the times of the failed requests' }];
  },
});

function waits(container: Container | undefined): boolean {
  const hook = container?.preStop;
  return hook !== undefined && (hook.seconds === undefined || hook.seconds >= ENOUGH);
}

/** Failing all the time is not a matter of Pods that end. */
function isSteady({ seen }: World): boolean {
  return seen.lastSuccess === undefined && seen.access.length > 0;
}

function isCutBy({ model }: World, failure: FailedAt, ending: Ending, pods: readonly Pod[]): boolean {
  if (failure.time < ending.at - BEFORE || failure.time > ending.at + AFTER) return false;
  if (failure.address === undefined) return true;
  if (ending.addresses.length > 0) return ending.addresses.includes(failure.address);
  // The Pod that ended is gone: the address must be one that nobody has any more.
  const living = pods.find((pod) => pod.ips.includes(failure.address as string));
  return living === undefined ? model.podByIP(failure.address).state !== 'found' : living.deleting !== undefined;
}
