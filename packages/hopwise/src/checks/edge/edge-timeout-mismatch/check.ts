// The load balancer in front has its own timeout, shorter than the app needs (or out of step with the hop behind it). It
// answers 502/504 (Cloudflare: 524) at exactly that time, while the app finishes the request and finds nobody there.
import { displayId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { curlCommand } from '../../../trace/curl-command.ts';
import { type EdgeMaker, edgeMaker } from '../../../trace/edge-maker.ts';
import { type EdgeTimeout, edgeTimeout } from '../../../trace/edge-timeouts.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { timeoutEvidence } from '../../../trace/read-timeouts.ts';
import type { Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface EdgeCut extends Fact {
  readonly edge: EdgeTimeout;
  readonly maker: EdgeMaker;
  readonly appSeconds: number | undefined;
}

export default defineCheck<EdgeCut>({
  cause: 'edge-timeout-mismatch',
  reads: ['Ingress', 'Service', 'Pod', '*BackendConfig', '*GCPBackendPolicy'],
  since: '0.1.0',
  explains: ['upstream-timeout', 'app-returned-error', 'app-overloaded'],
  *find(world) {
    const { seen, trace } = world;
    const maker = edgeMaker(world);
    if (maker === undefined || seen.durationMs === undefined) return;
    const edge = edgeTimeout(world, maker.kind);
    if (edge === undefined || !isAt(seen.durationMs / 1000, edge.seconds)) return;
    const timing = timeoutEvidence(world);
    const late = seen.app.requests.findLast(
      (entry) =>
        (entry.durationMs ?? 0) > edge.seconds * 1000 &&
        (entry.path === undefined || entry.path.startsWith(trace.request.path)),
    );
    const evidence: Evidence[] = [
      ...maker.evidence,
      {
        type: 'timing',
        text: `the answer comes after ${(seen.durationMs / 1000).toFixed(1)} s, the load balancer's timeout is ${edge.seconds} s`,
      },
      citeField(edge.object, edge.path, edge.why, edge.value),
    ];
    if (edge.ignored !== undefined)
      evidence.push(citeField(edge.ignored.object, edge.ignored.path, edge.ignored.why, edge.ignored.value));
    if (late !== undefined)
      evidence.push(
        logEvidence(late, `the app finishes such a request after ${((late.durationMs ?? 0) / 1000).toFixed(1)} s`),
      );
    if (timing.clientGone !== undefined)
      evidence.push(logEvidence(timing.clientGone, 'the app finds the connection closed when it answers'));
    yield {
      object: edge.blamed,
      certainty: late !== undefined || timing.clientGone !== undefined ? 'proven' : 'strong',
      modes: ['read-timeout', 'gateway-unreachable', 'reset'],
      evidence,
      edge,
      maker,
      appSeconds: late?.durationMs === undefined ? undefined : late.durationMs / 1000,
    };
  },
  describe: ({ object, edge, maker: { component }, appSeconds }) => ({
    headline: `${displayId(object)}: the load balancer gives up after ${edge.seconds} s`,
    why: `${component} waits ${edge.seconds} s${appSeconds === undefined ? '' : `, the app needs ${appSeconds.toFixed(1)} s`}${edge.ignored === undefined ? '' : `; ${edge.ignored.why}`}.`,
    chain: [
      edge.why,
      `${component} gives up after ${edge.seconds} s`,
      'the app finishes later, to nobody',
      'the load balancer answers 502/504',
    ],
  }),
  fix({ edge, maker, appSeconds }) {
    const enough = Math.ceil(Math.max((appSeconds ?? 0) * 1.5, edge.seconds * 2) / 10) * 10;
    const patches = edge.raise(enough);
    return {
      summary: edge.advice,
      level: patches.length === 0 ? 'advice' : 'review',
      patches,
      commands: [],
      wanted: (after) => (edgeTimeout(after, maker.kind)?.seconds ?? 0) > edge.seconds,
    };
  },
  prove: ({ edge }, { trace }) => [
    {
      command: curlCommand(trace.request, '-s', '-o', '/dev/null', '-w', "'%{http_code} %{time_total}\\n'"),
      expect: `an error after ${edge.seconds} s every time`,
    },
  ],
});

/** At the timeout, to within what networks and clocks add. */
function isAt(seconds: number, timeout: number): boolean {
  return Math.abs(seconds - timeout) <= Math.max(0.6, timeout * 0.025);
}
