// The backend closes idle keep-alive connections sooner than the proxy forgets them. A request that reuses one in that
// moment is reset ("connection termination", "prematurely closed"), mostly at low traffic and for methods not retried.
import { pointerOf } from '../../../base/json-pointer.ts';
import { displayId } from '../../../base/object-id.ts';
import { citeField } from '../../../model/cite.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Setting } from '../../../routing/route-table.ts';
import { type AppIdleTimeout, appIdleTimeout } from '../../../trace/app-idle-timeout.ts';
import { citeSetting } from '../../../trace/cite-setting.ts';
import { idleConnection } from '../../../trace/direct-request.ts';
import { type IdleResets, idleResets } from '../../../trace/idle-resets.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { observedMode, podsOnPath, resolvedBackends } from '../../../trace/path-queries.ts';
import type { Certainty, Fact, FixHint } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface IdleRace extends Fact {
  readonly gapSeconds: number | undefined;
  readonly app: AppIdleTimeout | undefined;
  readonly proxy: Setting<number> | undefined;
}

const HOUR = 3_600_000;
/** How much longer than the proxy the app should keep a connection. */
const MARGIN = 5;

export default defineCheck<IdleRace>({
  cause: 'keepalive-idle-race',
  reads: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Ingress', 'ConfigMap', 'Service', '*DestinationRule'],
  since: '0.1.0',
  explains: ['app-crashes-on-request', 'app-returned-error', 'connection-limit-reached'],
  *find(world) {
    const { seen, trace, model } = world;
    const mode = observedMode(seen, 'reset');
    const pod = podsOnPath(trace)[0];
    if (mode === undefined || pod === undefined || !seen.failing) return;
    // A reset on every request is a protocol or crash problem, never a race.
    const worked = [...seen.access, ...seen.nearby].some((entry) => (entry.status ?? 500) < 500);
    const always =
      seen.now === 'failing' && seen.access.length > 3 && !seen.access.some((entry) => (entry.status ?? 0) < 500);
    const proxy = trace.rule?.settings.upstreamIdleTimeout;
    // A proxy that closes each connection has none to reuse.
    if (!worked || always || proxy?.value === 0) return;
    const resets = idleResets(world);
    const restarted = pod.statuses.some(
      (status) => status.restarts > 0 && (status.last?.finished ?? 0) > model.now - HOUR,
    );
    if (resets.matching === 0 && (restarted || !resets.instant)) return;
    const app = appIdleTimeout(model, pod, seen);
    const evidence: Evidence[] = [mode.evidence, ...quote(resets)];
    if (app !== undefined) evidence.push(app.evidence);
    const kept = citeSetting(model, proxy, `the proxy keeps idle connections ${(proxy?.value ?? 0) / 1000} s`);
    if (kept !== undefined) evidence.push(kept);
    else if (proxy?.from.kind === 'default')
      evidence.push({ type: 'timing', text: `the proxy keeps idle connections ${proxy.value / 1000} s by default` });
    if (!restarted) evidence.push(citeField(pod, 'status.containerStatuses', 'no restart of the app in the last hour'));
    yield {
      object: model.controllerOf(pod),
      certainty: certaintyOf(resets, app),
      modes: ['reset'],
      partial: true,
      hop: 'app',
      evidence,
      gapSeconds: resets.gapSeconds,
      app,
      proxy,
    };
  },
  describe: ({ object, gapSeconds }) => {
    const after = gapSeconds === undefined ? '' : ` after about ${Math.round(gapSeconds)} s`;
    return {
      headline: `${displayId(object)} closes idle connections before the proxy does`,
      why: `The app drops keep-alive connections${after === '' ? '' : `${after} idle`}, the proxy still reuses them.`,
      chain: [
        `the app closes an idle connection${after}`,
        'the proxy sends the next request on it',
        'the connection is reset before a response',
        '502/503 now and then',
      ],
    };
  },
  fix({ object, app, proxy }): FixHint {
    const wanted = (proxy?.value ?? 60_000) / 1000 + MARGIN;
    const place = app?.place;
    const path = place === undefined ? undefined : pointerOf(place.path);
    const summary = `Raise the keep-alive timeout of ${displayId(place?.object ?? object)} above the proxy’s idle timeout (${wanted} s), or lower the proxy’s below the app’s`;
    // An hour, as Envoy has it by default, is for the proxy to shorten.
    if (place === undefined || path === undefined || wanted > 900)
      return { summary, level: 'advice', patches: [], commands: [] };
    const patch = [{ op: 'replace', path, value: place.write(wanted) }];
    return {
      summary,
      level: 'review',
      patches: [{ object: place.object, type: 'json', patch }],
      commands: [],
      wanted: ({ model, trace, seen }) => {
        const pod = podsOnPath(trace)[0];
        return pod !== undefined && (appIdleTimeout(model, pod, seen)?.seconds ?? 0) >= wanted;
      },
    };
  },
  prove({ gapSeconds, app }, { trace }) {
    const backend = resolvedBackends(trace)[0];
    if (backend === undefined) return [];
    const idle = Math.ceil(gapSeconds ?? app?.seconds ?? 60);
    return [
      {
        command: idleConnection(trace, backend.service, backend.port, idle + 30),
        expect: `real: about ${idle} s, when the app closes the idle connection by itself`,
      },
    ];
  },
});

/** The pattern alone may be chance: the connection's port, the app's own log or its timeout must speak for it too. */
function certaintyOf(
  { matching, byPort, unseenByApp, gapSeconds }: IdleResets,
  app: AppIdleTimeout | undefined,
): Certainty {
  const fits = app !== undefined && gapSeconds !== undefined && Math.abs(gapSeconds - app.seconds) <= 1;
  if (matching === 0 || !(byPort || unseenByApp || fits)) return 'likely';
  return matching >= 2 ? 'proven' : 'strong';
}

function quote({ example, unseenByApp }: IdleResets): readonly Evidence[] {
  const gap = example?.gapSeconds.toFixed(1);
  return [
    ...(example === undefined
      ? []
      : [
          logEvidence(example.failed, `reset at once on a connection last used ${gap} s before`),
          logEvidence(example.before, 'the request that used the connection before it'),
        ]),
    ...(unseenByApp ? [{ type: 'timing' as const, text: 'the app never logged the failed requests' }] : []),
  ];
}
