// The app is saturated: a connection or thread pool exhausted, CPU throttled, a queue full. Requests that need the scarce
// thing wait until a timeout although the Pod is Ready; a longer proxy timeout would not help.
import { kubectlName } from '../../../base/kubectl-name.ts';
import { displayId, idOf } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import type { PathObservations } from '../../../trace/observed.ts';
import { observedMode, podsOnPath } from '../../../trace/path-queries.ts';
import { timeoutEvidence } from '../../../trace/read-timeouts.ts';
import { type Saturation, saturation } from '../../../trace/saturation.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Overloaded extends Fact {
  readonly load: Saturation;
}

const MODES = [
  'read-timeout',
  'refused',
  'reset',
  'no-live-endpoint',
  'passed-on',
  'overflow',
  'connect-timeout',
] as const;
/** Another path that is answered this fast, this shortly before, shows that the app itself lives. */
const FAST_MS = 2000;
const LATELY_MS = 1_800_000;

export default defineCheck<Overloaded>({
  cause: 'app-overloaded',
  reads: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'HorizontalPodAutoscaler'],
  since: '0.1.0',
  explains: [
    'upstream-timeout',
    'app-returned-error',
    'keepalive-idle-race',
    'readiness-probe-failing',
    'edge-timeout-mismatch',
    'liveness-restarts',
  ],
  *find(world) {
    const { seen, trace, model } = world;
    const pod = podsOnPath(trace)[0];
    if (!seen.failing || pod === undefined || (trace.request.protocol === 'websocket' && seen.status === 101)) return;
    const load = saturation(model, pod, seen);
    const mode = observedMode(seen, ...MODES);
    const timing = timeoutEvidence(world);
    const said = load.lines.length > 0;
    // An app that finishes such requests, only later than the gateway waits, is slow rather than full.
    const finishes = timing.appLine !== undefined;
    const slower = mode?.mode === 'read-timeout' && timing.wasFast && !finishes;
    // Slow where it was fast before, with nothing said by the app, is a suspicion only.
    if (!said && !slower && !(load.limited !== undefined && mode?.mode === 'read-timeout' && !finishes)) return;
    const evidence: Evidence[] = [...load.evidence];
    if (mode !== undefined) evidence.push(mode.evidence);
    evidence.push(...comparisons(seen, timing.wasFast));
    const certainty: Certainty =
      said && mode !== undefined ? 'proven' : said || (load.limited !== undefined && slower) ? 'likely' : 'possible';
    yield { object: model.controllerOf(pod), certainty, modes: MODES, evidence, load };
  },
  describe: ({ object, load: { scarce } }) => ({
    headline: `${displayId(object)} is saturated: ${scarce}`,
    why: `${capital(scarce)} is exhausted, so requests that need it wait until a timeout.`,
    chain: [`${scarce} is exhausted`, 'requests that need it wait', 'the gateway gives up', '504/502'],
  }),
  fix({ object, load: { scarce, limited } }) {
    const restart = object.startsWith('Pod/') ? [] : [`kubectl rollout restart ${kubectlName(object)}`];
    if (limited === undefined)
      return {
        summary: `Restart ${displayId(object)} to recover; then enlarge ${scarce}, bound the wait for it, and limit what drains it`,
        level: 'advice',
        patches: [],
        commands: restart,
      };
    const wanted = limited.max * 2;
    return {
      summary: `Let the autoscaler of ${displayId(object)} have up to ${wanted} replicas, or make the app need less`,
      level: 'review',
      patches: [{ object: idOf(limited), type: 'merge', patch: { spec: { maxReplicas: wanted } } }],
      commands: [],
      wanted: ({ model }) =>
        model
          .listIn('HorizontalPodAutoscaler', limited.namespace)
          .some((entry) => entry.name === limited.name && entry.max >= wanted),
    };
  },
  prove: ({ object }) => [
    { command: `kubectl logs ${kubectlName(object)} --tail=200`, expect: 'the lines about the pool or queue, growing' },
    {
      command: `kubectl top pods -n ${object.split('/')[1]} --containers`,
      expect: 'CPU at its limit when it is the CPU; low CPU when requests wait for a pool',
    },
  ],
});

function comparisons(seen: PathObservations, wasFast: boolean): readonly Evidence[] {
  const since = (seen.lastFailure ?? 0) - LATELY_MS;
  const fine = seen.nearby.findLast(
    (entry) => (entry.status ?? 500) < 500 && (entry.durationMs ?? 1e9) < FAST_MS && (entry.time ?? 0) >= since,
  );
  const before = wasFast ? seen.access.find((entry) => (entry.status ?? 500) < 500) : undefined;
  return [
    ...(fine === undefined ? [] : [logEvidence(fine, 'another path of the same app is fast at the same time')]),
    ...(before === undefined
      ? []
      : [logEvidence(before, `the same path took ${((before.durationMs ?? 0) / 1000).toFixed(2)} s before`)]),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
