// No rule or listener has the request's Host, so the gateway's fallback answers: 404, a default backend, or another site.
import { displayId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { hostField, serveHostToo } from '../../../trace/host-patch.ts';
import { type NearHost, nearHosts } from '../../../trace/other-hosts.ts';
import { isUnanswered, missedRoutes } from '../../../trace/unattached.ts';
import { looksMisrouted } from '../../../trace/wrong-answer.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface NoHost extends Fact {
  readonly asked: string;
  readonly near: NearHost;
}

export default defineCheck<NoHost>({
  cause: 'host-not-matched',
  reads: ['Ingress', 'HTTPRoute', 'GRPCRoute', 'Gateway'],
  since: '0.1.0',
  explains: ['path-not-matched', 'edge-targets-missing'],
  *find(world) {
    const { trace, routes, model, seen } = world;
    if (trace.inCluster || trace.decision.kind === 'redirect') return;
    if (trace.host !== undefined && trace.host.host !== '') return;
    // A catch-all rule that answers the request is what it is there for.
    if (!isUnanswered(trace) && !looksMisrouted(seen)) return;
    if (missedRoutes(model, routes, trace).length > 0) return;
    const asked = trace.request.host;
    const [near, ...others] = nearHosts(routes, asked);
    if (near === undefined) return;
    const object = model.object(near.object);
    const evidence: Evidence[] = [];
    if (object !== undefined)
      evidence.push(
        citeField(
          object,
          hostField(model, near.object, near.host.host),
          `it serves host ${near.host.host}, the request asks for ${asked}`,
          near.host.host,
        ),
      );
    evidence.push({
      type: 'absence',
      what: `host ${asked}`,
      text: `no rule or listener has host ${asked}: ${near.why}`,
    });
    if (seen.generatedBy?.hop === 'gateway') evidence.push(...seen.generatedBy.evidence);
    yield {
      object: near.object,
      certainty: weigh(world, near, others),
      modes: ['no-route', 'wrong-backend', 'passed-on'],
      evidence,
      asked,
      near,
    };
  },
  describe: ({ object, asked, near }) => ({
    headline: `${displayId(object)} serves ${near.host.host}, not ${asked}`,
    why: `No rule has host ${asked}; ${near.why}.`,
    chain: [`no rule has host ${asked}`, 'the gateway’s fallback answers'],
  }),
  fix({ object, asked, near }, { model, trace }) {
    const patch = serveHostToo(model, object, near.host.host, asked, trace.request.tls);
    return {
      summary:
        patch === undefined
          ? `Ask for the host that ${displayId(object)} declares, or add ${asked} to it`
          : `Let ${displayId(object)} serve ${asked} too, or ask for ${near.host.host}`,
      level: patch === undefined ? 'advice' : 'review',
      patches: patch === undefined ? [] : [patch],
      commands: [],
    };
  },
  prove: ({ asked, near }) => [
    {
      command: `kubectl get ingress,httproute,grpcroute -A 2>/dev/null | grep -F -e ${shellQuote(near.host.host)} -e ${shellQuote(asked)}`,
      expect: `only ${near.host.host}: nothing lists ${asked}`,
    },
  ],
});

function weigh({ seen }: World, near: NearHost, others: readonly NearHost[]): Certainty {
  // A server's own failure is not what a gateway answers to an unknown host.
  if (seen.failing && (seen.status ?? 404) >= 500) return 'possible';
  const rival = others.some((other) => other.likeness === near.likeness && other.object !== near.object);
  if (near.likeness === 'slip') return rival ? 'likely' : seen.failing ? 'proven' : 'strong';
  return seen.failing && !rival ? 'likely' : 'possible';
}
