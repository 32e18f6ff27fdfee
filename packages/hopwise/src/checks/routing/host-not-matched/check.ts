// No rule or listener has the request's Host, so the gateway's fallback answers: 404, a default backend, or another site.
import { displayId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { type NearHost, nearHosts } from '../../../trace/other-hosts.ts';
import { missedRoutes } from '../../../trace/unattached.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface NoHost extends Fact {
  readonly asked: string;
  readonly near: NearHost;
}

export default defineCheck<NoHost>({
  cause: 'host-not-matched',
  reads: ['Ingress', 'HTTPRoute', 'GRPCRoute', 'Gateway'],
  since: '0.1.0',
  explains: ['path-not-matched'],
  *find({ trace, routes, model, seen }) {
    if (trace.inCluster || trace.decision.kind === 'redirect') return;
    // A catch-all rule that really routes the request is an answer; its host is then not the question.
    const matched = trace.host !== undefined && trace.host.host !== '';
    if (matched || (trace.rule?.object !== undefined && trace.decision.kind === 'backend' && !seen.failing)) return;
    if (missedRoutes(model, routes, trace).length > 0) return;
    const near = nearHosts(routes, trace.request.host)[0];
    if (near === undefined) return;
    const object = model.object(near.object);
    const evidence: Evidence[] = [];
    if (object !== undefined)
      evidence.push(
        citeField(
          object,
          hostField(object.kind),
          `it serves host ${near.host.host}, the request asks for ${trace.request.host}`,
          near.host.host,
        ),
      );
    evidence.push({
      type: 'absence',
      what: `host ${trace.request.host}`,
      text: `no rule or listener has host ${trace.request.host}: ${near.why}`,
    });
    const certainty: Certainty = near.score <= 3 ? (seen.failing ? 'proven' : 'strong') : 'possible';
    yield {
      object: near.object,
      certainty,
      modes: ['no-route', 'wrong-backend', 'passed-on'],
      evidence,
      asked: trace.request.host,
      near,
    };
  },
  describe: ({ object, asked, near }) => ({
    headline: `${displayId(object)} serves ${near.host.host}, not ${asked}`.slice(0, 80),
    why: `No rule has host ${asked}; ${near.why}.`,
    chain: [`no rule has host ${asked}`, 'the gateway’s fallback answers'],
  }),
  fix: ({ object, asked }) => ({
    summary: `Ask for the host that ${displayId(object)} declares, or add ${asked} to it`,
    level: 'review',
    patches: [],
    commands: [],
  }),
  prove: ({ asked, near }) => [
    {
      command: `kubectl get ingress,httproute -A | grep -F ${near.host.host}`,
      expect: `the declared host; nothing lists ${asked}`,
    },
  ],
});

function hostField(kind: string): string {
  return kind === 'Ingress' ? 'spec.rules[0].host' : kind === 'Gateway' ? 'spec.listeners' : 'spec.hostnames';
}
