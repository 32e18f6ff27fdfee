// The app accepts the request and works on it, but answers later than a hop's read timeout. The 504 comes at exactly that
// timeout, and the app finishes (or would) afterwards.
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { bindingTimeout } from '../../../trace/binding-timeout.ts';
import { citeSetting } from '../../../trace/cite-setting.ts';
import { sameRequest } from '../../../trace/direct-request.ts';
import { type IgnoredTimeout, ignoredTimeout } from '../../../trace/ignored-timeout.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { observedMode, podsOnPath, resolvedBackends } from '../../../trace/path-queries.ts';
import { type TimeoutEvidence, timeoutEvidence } from '../../../trace/read-timeouts.ts';
import { timeoutKnob } from '../../../trace/timeout-knob.ts';
import type { Certainty, Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface TooSlow extends Fact {
  readonly seconds: number | undefined;
  readonly appSeconds: number | undefined;
  readonly ignored: IgnoredTimeout | undefined;
}

export default defineCheck<TooSlow>({
  cause: 'upstream-timeout',
  reads: [
    'Ingress',
    'HTTPRoute',
    'GRPCRoute',
    'ConfigMap',
    'Service',
    'Pod',
    'Deployment',
    '*VirtualService',
    '*BackendTrafficPolicy',
  ],
  since: '0.1.0',
  explains: ['app-returned-error', 'edge-timeout-mismatch'],
  *find(world) {
    const { trace, seen, model } = world;
    // A WebSocket that was upgraded has been answered.
    if (!seen.failing || (trace.request.protocol === 'websocket' && seen.status === 101)) return;
    const mode = observedMode(seen, 'read-timeout');
    if (mode === undefined) return;
    const timing = timeoutEvidence(world);
    const setting = bindingTimeout(trace, timing.timeoutMs);
    const ignored = ignoredTimeout(world);
    const object = blame(world, ignored, setting?.from.kind === 'field' ? setting.from.object : undefined);
    if (object === undefined) return;
    const waits = `the gateway waits ${(setting?.value ?? 0) / 1000} s for a response`;
    const evidence: (Evidence | undefined)[] = [
      mode.evidence,
      citeSetting(model, setting, waits),
      ignored === undefined ? undefined : citeField(ignored.object, ignored.path, ignored.why, ignored.value),
      ...quote(timing),
    ];
    yield {
      object,
      certainty: certaintyOf(timing),
      modes: ['read-timeout'],
      evidence: evidence.filter((entry) => entry !== undefined),
      seconds: timing.timeoutMs === undefined ? undefined : round(timing.timeoutMs),
      appSeconds: timing.appMs === undefined ? undefined : round(timing.appMs),
      ignored,
    };
  },
  describe: ({ object, seconds, appSeconds, ignored }) => ({
    headline: `${displayId(object)}: the app answers later than the gateway waits`,
    why: `The gateway gives up${seconds === undefined ? '' : ` after ${seconds} s`}${appSeconds === undefined ? '' : `, the app needs ${appSeconds} s`}${ignored === undefined ? '' : `; ${ignored.why}`}.`,
    chain: [
      ...(ignored === undefined ? [] : [ignored.why]),
      `the app needs ${appSeconds === undefined ? 'longer than the read timeout' : `${appSeconds} s`}`,
      `the gateway gives up${seconds === undefined ? '' : ` at ${seconds} s`}`,
      '504',
    ],
  }),
  fix({ object, appSeconds, seconds }, world) {
    const wanted = Math.ceil(((appSeconds ?? (seconds ?? 60) * 2) * 1.5) / 30) * 30;
    const knob = timeoutKnob(world, wanted);
    const where =
      knob === undefined ? `for this route (${displayId(object)})` : `with ${knob.name} on ${displayId(knob.object)}`;
    return {
      summary: `Let the gateway wait ${wanted} s ${where}, or answer at once and work in the background`,
      level: knob === undefined || knob.patches.length === 0 ? 'advice' : 'review',
      patches: knob?.patches ?? [],
      commands: [],
      ...(knob === undefined ? {} : { wanted: knob.reached }),
    };
  },
  prove: ({ seconds }, { trace }) => [
    {
      command: sameRequest(trace, ['-s', '-o', '/dev/null', '-w', '%{http_code} %{time_total}\\n']),
      expect: `504 at ${seconds === undefined ? 'the same time' : `${seconds} s`} every time`,
    },
  ],
});

/** Slow by nature: it finishes, or it is this path only and was never fast. An app that stalls is app-overloaded. */
function certaintyOf({ appLine, clientGone, atTimeout, wasFast }: TimeoutEvidence): Certainty {
  if (appLine !== undefined || clientGone !== undefined) return atTimeout ? 'proven' : 'strong';
  return atTimeout && !wasFast ? 'likely' : 'possible';
}

function quote({ appLine, appMs, clientGone, slowOk }: TimeoutEvidence): readonly (Evidence | undefined)[] {
  return [
    appLine === undefined ? undefined : logEvidence(appLine, `the app needs ${round(appMs ?? 0)} s for it`),
    clientGone === undefined
      ? undefined
      : logEvidence(clientGone, 'the app finds the connection closed when it wants to answer'),
    slowOk === undefined ? undefined : logEvidence(slowOk, `a request of ${round(slowOk.durationMs ?? 0)} s passes`),
  ];
}

/** What sets the timeout, else where it would be set, else the route. */
function blame(world: World, ignored: IgnoredTimeout | undefined, setBy: ObjectId | undefined): ObjectId | undefined {
  const { trace, model } = world;
  const pod = podsOnPath(trace)[0];
  const service = resolvedBackends(trace)[0]?.service;
  return (
    ignored?.blamed ??
    setBy ??
    timeoutKnob(world, 60)?.object ??
    trace.rule?.object ??
    (service === undefined ? (pod === undefined ? undefined : model.controllerOf(pod)) : idOf(service))
  );
}

function round(ms: number): number {
  return Math.round(ms / 100) / 10;
}
