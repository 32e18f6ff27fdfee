// A limit refuses new requests before (or instead of) the backend: an Envoy circuit breaker, worker_connections, open files,
// a connection limit or ephemeral ports. The refusals come at once, under load, while the app itself is not busy.
import { valueOf } from '../../../base/lookup.ts';
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { sameRequest } from '../../../trace/direct-request.ts';
import { quoted } from '../../../trace/handshake-fault.ts';
import type { LimitHolder } from '../../../trace/limit.ts';
import { limitHolder } from '../../../trace/limit-holder.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { nearFailure } from '../../../trace/near-failure.ts';
import { observedMode, podsOnPath } from '../../../trace/path-queries.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface LimitReached extends Fact {
  readonly limit: string;
  readonly holder: LimitHolder | undefined;
}

const QUICK_MS = 200;
const OPEN_FILES = /too many open files|EMFILE|No file descriptors available/i;

export default defineCheck<LimitReached>({
  cause: 'connection-limit-reached',
  reads: [
    'Pod',
    'Deployment',
    'DaemonSet',
    'StatefulSet',
    'ConfigMap',
    'Ingress',
    'Service',
    '*DestinationRule',
    '*Settings',
    '*Upstream',
    '*BackendTrafficPolicy',
  ],
  since: '0.1.0',
  explains: ['app-overloaded', 'no-ready-endpoints', 'app-returned-error', 'keepalive-idle-race', 'upstream-timeout'],
  *find(world) {
    if (!world.seen.failing) return;
    const fact = atGateway(world) ?? inApp(world);
    if (fact !== undefined) yield fact;
  },
  describe: ({ object, limit, hop }) => ({
    headline: `${displayId(object)}: a limit refuses requests`,
    why: `${limit.replace(/\.$/, '')}; what exceeds it is refused${hop === 'app' ? ' or waits' : ' at once'}.`,
    chain:
      hop === 'app'
        ? [
            'the app runs out of file descriptors',
            'it accepts no further connection',
            'requests wait or are refused',
            '502/504',
          ]
        : ['offered load exceeds the limit', limit, 'the proxy refuses at once without asking a Pod', '503'],
  }),
  fix: ({ object, holder }) => ({
    summary: `${holder?.advice ?? 'Raise the limit to what the load needs, and close what is left open'} (${displayId(object)})`,
    level: holder === undefined || holder.patches.length === 0 ? 'advice' : 'review',
    patches: holder?.patches ?? [],
    commands: [],
    wanted: (after) => holder === undefined || limitHolder(after, holder.text)?.value !== holder.value,
  }),
  prove: (_, { trace }) => [
    {
      command: `for i in $(seq 20); do ${sameRequest(trace, ['-s', '-o', '/dev/null', '-w', '%{http_code} %{time_total}\\n'])} & done; wait`,
      expect: 'some are refused at once while others succeed',
    },
  ],
});

function atGateway(world: World): LimitReached | undefined {
  const { seen, trace, model } = world;
  const overflow = observedMode(seen, 'overflow');
  const said = seen.controller.findLast((entry) => entry.event === 'limit-reached' && nearFailure(seen, entry.time));
  if (overflow === undefined && said === undefined) return undefined;
  const holder = limitHolder(
    world,
    `${said?.at.quote ?? ''} ${overflow === undefined ? '' : quoted(overflow.evidence)}`,
  );
  const gatewayPod = valueOf(trace.callers)?.[0];
  const object: ObjectId | undefined =
    holder !== undefined
      ? idOf(holder.object)
      : gatewayPod === undefined
        ? trace.rule?.object
        : model.controllerOf(gatewayPod);
  if (object === undefined) return undefined;
  const evidence: Evidence[] = [];
  if (holder !== undefined) evidence.push(citeField(holder.object, holder.path, holder.text, holder.value));
  if (overflow !== undefined) evidence.push(overflow.evidence);
  if (said !== undefined) evidence.push(logEvidence(said, said.message));
  if (seen.durationMs !== undefined && seen.durationMs < QUICK_MS)
    evidence.push({ type: 'timing', text: `refused after ${seen.durationMs} ms: the backend was not waited for` });
  return {
    object,
    certainty: holder === undefined ? 'likely' : 'proven',
    modes: ['overflow', 'no-live-endpoint', 'refused', 'reset'],
    partial: true,
    hop: 'gateway',
    evidence,
    limit: holder?.text ?? said?.message ?? 'a connection or request limit is reached',
    holder,
  };
}

/** The process itself may open no further file or socket, so that it accepts no connection. */
function inApp({ seen, trace, model }: World): LimitReached | undefined {
  const lines = seen.app.events.filter((entry) => OPEN_FILES.test(entry.at.quote) && nearFailure(seen, entry.time));
  const last = lines.at(-1);
  const pod = podsOnPath(trace).find((entry) => entry.name === last?.at.pod);
  const mode = observedMode(
    seen,
    'connect-timeout',
    'read-timeout',
    'refused',
    'reset',
    'passed-on',
    'no-live-endpoint',
  );
  if (last === undefined || pod === undefined || mode === undefined) return undefined;
  const text = 'the process may open no further file or socket';
  return {
    object: model.controllerOf(pod),
    certainty: 'proven',
    modes: ['connect-timeout', 'read-timeout', 'refused', 'reset', 'passed-on', 'no-live-endpoint'],
    partial: true,
    hop: 'app',
    evidence: [logEvidence(last, text, lines.length), mode.evidence],
    limit: text,
    holder: undefined,
  };
}
