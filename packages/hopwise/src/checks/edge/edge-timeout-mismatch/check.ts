// The load balancer in front has its own timeout, shorter than the app needs (or out of step with the keep-alive behind it).
// It answers 502/504 at exactly that time, while the app finishes the request and finds nobody there.
import { displayId, type ObjectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { type EdgeTimeout, edgeTimeout } from '../../../trace/edge-timeouts.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { timeoutEvidence } from '../../../trace/read-timeouts.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface EdgeCut extends Fact {
  readonly edge: EdgeTimeout;
  readonly component: string;
  readonly appSeconds: number | undefined;
}

export default defineCheck<EdgeCut>({
  cause: 'edge-timeout-mismatch',
  reads: ['Ingress', 'Service', 'Pod', '*BackendConfig', '*GCPBackendPolicy', '*TargetGroupBinding'],
  since: '0.1.0',
  explains: ['upstream-timeout', 'app-returned-error'],
  *find(world) {
    const { seen, trace } = world;
    if (!seen.failing || seen.generatedBy?.hop !== 'edge' || seen.durationMs === undefined) return;
    const edge = edgeTimeout(world);
    if (edge === undefined || Math.abs(seen.durationMs - edge.seconds * 1000) > Math.max(600, edge.seconds * 25))
      return;
    const timing = timeoutEvidence(world);
    const late = seen.app.requests.findLast(
      (entry) =>
        (entry.durationMs ?? 0) > edge.seconds * 1000 &&
        (entry.path === undefined || entry.path.startsWith(trace.request.path)),
    );
    const evidence: Evidence[] = [
      ...(seen.generatedBy.evidence ?? []),
      {
        type: 'timing',
        text: `the answer comes after ${(seen.durationMs / 1000).toFixed(1)} s, the load balancer's timeout is ${edge.seconds} s`,
      },
    ];
    if (edge.object !== undefined) evidence.push(citeField(edge.object, edge.path, edge.why, edge.value));
    if (edge.ignored !== undefined)
      evidence.push(citeField(edge.ignored.object, edge.ignored.path, edge.ignored.why, edge.ignored.value));
    if (late !== undefined)
      evidence.push(
        logEvidence(late, `the app finishes such a request after ${((late.durationMs ?? 0) / 1000).toFixed(1)} s`),
      );
    if (timing.clientGone !== undefined)
      evidence.push(logEvidence(timing.clientGone, 'the app finds the connection closed when it answers'));
    const certainty: Certainty = late !== undefined || timing.clientGone !== undefined ? 'proven' : 'strong';
    yield {
      object: edge.blamed as ObjectId,
      certainty,
      modes: ['read-timeout', 'gateway-unreachable', 'reset'],
      evidence,
      edge,
      component: seen.generatedBy.component,
      appSeconds: late?.durationMs === undefined ? undefined : late.durationMs / 1000,
    };
  },
  describe: ({ object, edge, component, appSeconds }) => ({
    headline: `${displayId(object)}: the load balancer gives up after ${edge.seconds} s`.slice(0, 80),
    why: `${component} waits ${edge.seconds} s${appSeconds === undefined ? '' : `, the app needs ${appSeconds.toFixed(1)} s`}${edge.ignored === undefined ? '' : `; ${edge.ignored.why}`}.`,
    chain: [
      edge.why,
      `${component} gives up after ${edge.seconds} s`,
      'the app finishes later, to nobody',
      'the load balancer answers 502/504',
    ],
  }),
  fix: ({ edge }) => ({ summary: edge.advice, level: 'review', patches: edge.patches, commands: [] }),
  prove: ({ edge }) => [
    {
      command: "curl -s -o /dev/null -w '%{http_code} %{time_total}\\n' URL",
      expect: `an error after ${edge.seconds} s every time`,
    },
  ],
});
