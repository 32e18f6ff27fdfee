// The app accepts the request and works on it, but answers later than a hop's read timeout. The 504 comes at exactly that
// timeout, and the app finishes (or would) afterwards.
import { displayId, idOf, type ObjectId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { citeField } from '../../../model/cite.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { ignoredTimeout, type IgnoredTimeout, timeoutEvidence } from '../../../trace/read-timeouts.ts';
import { observedMode, podsOnPath, resolvedBackends } from '../../../trace/path-queries.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface TooSlow extends Fact {
  readonly seconds: number | undefined;
  readonly appSeconds: number | undefined;
  readonly ignored: IgnoredTimeout | undefined;
}

export default defineCheck<TooSlow>({
  cause: 'upstream-timeout',
  reads: ['Ingress', 'HTTPRoute', 'GRPCRoute', 'ConfigMap', 'Service', 'Pod', 'Deployment'],
  since: '0.1.0',
  explains: ['app-returned-error', 'edge-timeout-mismatch'],
  *find(world) {
    const { trace, seen, model } = world;
    if (!seen.failing) return;
    const mode = observedMode(seen, 'read-timeout');
    if (mode === undefined) return;
    const timing = timeoutEvidence(world);
    const evidence: Evidence[] = [mode.evidence];
    const setting = trace.rule?.settings.readTimeout ?? trace.rule?.settings.requestTimeout;
    if (setting?.from.kind === 'field') evidence.push({ type: 'field', text: `the gateway waits ${setting.value / 1000} s for a response`, object: setting.from.object, path: setting.from.path, value: String(setting.value) });
    const ignored = ignoredTimeout(world);
    if (ignored !== undefined) evidence.push(citeField(ignored.object, ignored.path, ignored.why, ignored.value));
    if (timing.appLine !== undefined) evidence.push(logEvidence(timing.appLine, `the app needs ${((timing.appMs ?? 0) / 1000).toFixed(1)} s for it`));
    if (timing.clientGone !== undefined) evidence.push(logEvidence(timing.clientGone, 'the app finds the connection closed when it wants to answer'));
    if (timing.slowOk !== undefined) evidence.push(logEvidence(timing.slowOk, `a request of ${((timing.slowOk.durationMs ?? 0) / 1000).toFixed(1)} s passes`));
    const object = blame(ignored, setting, trace.rule?.object, podsOnPath(trace)[0] === undefined ? undefined : model.controllerOf(podsOnPath(trace)[0] as never), resolvedBackends(trace)[0]?.service);
    if (object === undefined) return;
    // Slow by nature: it finishes, or it is this path only and was never fast. An app that stalls is app-overloaded.
    const finishes = timing.appLine !== undefined || timing.clientGone !== undefined;
    const certainty: Certainty = finishes && timing.atTimeout ? 'proven' : finishes ? 'strong' : timing.wasFast ? 'possible' : timing.atTimeout ? 'likely' : 'possible';
    yield { object, certainty, modes: ['read-timeout'], evidence, seconds: timing.timeoutMs === undefined ? undefined : timing.timeoutMs / 1000, appSeconds: timing.appMs === undefined ? undefined : timing.appMs / 1000, ignored };
  },
  describe: ({ object, seconds, appSeconds, ignored }) => ({
    headline: `${displayId(object)}: the app answers later than the gateway waits`.slice(0, 80),
    why: `The gateway gives up${seconds === undefined ? '' : ` after ${seconds} s`}${appSeconds === undefined ? '' : `, the app needs ${appSeconds.toFixed(1)} s`}${ignored === undefined ? '' : `; ${ignored.why}`}.`,
    chain: [...(ignored === undefined ? [] : [ignored.why]), `the app needs ${appSeconds === undefined ? 'longer than the read timeout' : `${appSeconds.toFixed(1)} s`}`, `the gateway gives up${seconds === undefined ? '' : ` at ${seconds} s`}`, '504'],
  }),
  fix({ object, appSeconds, ignored, seconds }, { trace }) {
    const wanted = Math.ceil(((appSeconds ?? (seconds ?? 60) * 2) * 1.5) / 30) * 30;
    const controller = trace.gateway?.controller ?? '';
    if (/ingress-nginx/.test(controller) && trace.rule !== undefined) {
      return {
        summary: `Raise proxy-read-timeout on ${displayId(object)} to ${wanted} s, or make the request asynchronous`,
        level: 'review',
        patches: [{ object: trace.rule.object, type: 'merge', patch: { metadata: { annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': String(wanted) } } } }],
        commands: [],
        wanted: (after) => (after.trace.rule?.settings.readTimeout?.value ?? 0) >= wanted * 1000,
      };
    }
    return { summary: ignored === undefined ? `Let the gateway wait ${wanted} s for this route, or make the request asynchronous` : `${ignored.advice} (at least ${wanted} s)`, level: 'review', patches: [], commands: [] };
  },
  prove: ({ seconds }) => [{ command: "curl -s -o /dev/null -w '%{http_code} %{time_total}\\n' URL", expect: `504 at ${seconds === undefined ? 'the same time' : `${seconds} s`} every time` }],
});

function blame(ignored: IgnoredTimeout | undefined, setting: { readonly from: { readonly kind: 'default' } | { readonly kind: 'field'; readonly object: ObjectId } } | undefined, route: ObjectId | undefined, workload: ObjectId | undefined, service: Parameters<typeof idOf>[0] | undefined): ObjectId | undefined {
  if (ignored !== undefined) return idOf(ignored.object);
  if (setting?.from.kind === 'field') return setting.from.object;
  return route ?? (service === undefined ? workload : idOf(service));
}
