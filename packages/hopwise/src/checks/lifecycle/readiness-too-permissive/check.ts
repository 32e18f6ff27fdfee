// A new Pod gets requests before its process can serve them: it has no readiness probe, or one that does not ask what requests
// need. Requests in the seconds after its start are refused or answered with errors (502, 503).
import { displayId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Container, Pod, Probe } from '../../../model/kinds/pod.ts';
import type { Workload } from '../../../model/kinds/workload.ts';
import type { Json } from '../../../sources/contract.ts';
import { usableEndpoints } from '../../../trace/backend-path.ts';
import { containerPath } from '../../../trace/lifecycle/container-place.ts';
import { probeText } from '../../../trace/lifecycle/probe-text.ts';
import {
  type FailedAt,
  failuresInTime,
  servingContainer,
  workloadsOnPath,
} from '../../../trace/lifecycle/rollout-times.ts';
import { servingSince } from '../../../trace/lifecycle/serving-since.ts';
import { setInContainer } from '../../../trace/lifecycle/template-patch.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface TooEarly extends Fact {
  readonly workload: Workload | undefined;
  readonly container: Container;
  readonly pod: Pod;
  readonly port: number | undefined;
  readonly failures: number;
}

const SLACK = 1_000;

export default defineCheck<TooEarly>({
  cause: 'readiness-too-permissive',
  reads: ['Service', 'EndpointSlice', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  since: '0.1.0',
  explains: ['app-returned-error'],
  *find(world) {
    const { seen, trace } = world;
    if (!seen.failing || !trace.backends.some((path) => usableEndpoints(path).length > 0)) return;
    const failures = failuresInTime(world);
    if (failures.length === 0) return;
    const port = trace.backends.flatMap((path) => path.endpoints)[0]?.port;
    for (const { object, workload, pods } of workloadsOnPath(world)) {
      const early: { readonly pod: Pod; readonly failure: FailedAt; readonly evidence: Evidence | undefined }[] = [];
      for (const pod of pods) {
        const serving = servingSince(world, pod, port);
        if (serving === undefined) continue;
        for (const failure of failures) {
          if (failure.address !== undefined ? !pod.ips.includes(failure.address) : pods.length > 1) continue;
          if (failure.time >= serving.started - SLACK && failure.time < serving.ready + SLACK)
            early.push({ pod, failure, evidence: serving.evidence });
        }
      }
      const first = early[0];
      const container = first === undefined ? undefined : servingContainer(first.pod, port);
      if (first === undefined || container === undefined || early.length * 2 < failures.length) continue;
      const { readiness } = container;
      // A probe that asks the app over HTTP and yet passes too early is weaker news than none at all.
      const weak = readiness === undefined || readiness.kind === 'exec' || readiness.kind === 'tcpSocket';
      const owner = workload ?? first.pod;
      const path = `${containerPath(owner, first.pod.spec, container)}.readinessProbe`;
      yield {
        object,
        certainty: readiness === undefined ? 'strong' : weak ? 'likely' : 'possible',
        modes: ['refused', 'reset', 'passed-on', 'connect-timeout', 'no-live-endpoint'],
        partial: true,
        evidence: [
          citeField(
            owner,
            path,
            readiness === undefined
              ? `container ${container.name} has no readiness probe`
              : `readiness probe: ${probeText(readiness)}`,
          ),
          ...(first.evidence === undefined ? [] : [first.evidence]),
          logEvidence(first.failure.line, `fails before ${displayIdOf(first.pod)} serves`, early.length),
        ],
        workload,
        container,
        pod: first.pod,
        port,
        failures: early.length,
      };
    }
  },
  describe: ({ object, container, failures }) => ({
    headline: `${displayId(object)} gets requests before it can serve`,
    why: `${failures} failed request${failures === 1 ? ' reaches' : 's reach'} a Pod whose container ${container.name} has started but does not serve yet; ${container.readiness === undefined ? 'it has no readiness probe' : 'its readiness probe does not notice'}.`,
    chain: [
      container.readiness === undefined
        ? 'no readiness probe holds new Pods back'
        : 'the readiness probe passes too early',
      'the Pod is an endpoint from its first second',
      'requests reach a process that does not serve yet',
      'the gateway answers 502 or 503',
    ],
  }),
  fix({ object, workload, container, port }) {
    const source = container.liveness ?? container.startup;
    const probe =
      source?.kind === 'httpGet'
        ? httpProbe(source)
        : port === undefined
          ? undefined
          : { tcpSocket: { port }, periodSeconds: 2 };
    const operation =
      workload === undefined || probe === undefined || container.readiness !== undefined
        ? undefined
        : setInContainer(workload, container, 'readinessProbe', probe);
    return {
      summary: `Give ${displayId(object)} a readiness probe that passes only when it can serve`,
      level: operation === undefined ? 'advice' : 'review',
      patches: operation === undefined ? [] : [{ object, type: 'json', patch: [operation] }],
      commands: ['best is an httpGet of a path that needs what requests need'],
      wanted: ({ model }) => model.podsOf(object).every((pod) => servingContainer(pod, port)?.readiness !== undefined),
    };
  },
  prove: ({ pod }) => [
    {
      command: `kubectl get pods -n ${pod.namespace} -w`,
      expect: 'new Pods are READY 1/1 at once, seconds before they log that they listen',
    },
  ],
});

function httpProbe(probe: Probe): Json {
  return {
    httpGet: { path: probe.path ?? '/', port: probe.port ?? 80, scheme: probe.scheme ?? 'HTTP' },
    periodSeconds: 2,
  };
}

function displayIdOf(pod: Pod): string {
  return `Pod ${pod.namespace}/${pod.name}`;
}
