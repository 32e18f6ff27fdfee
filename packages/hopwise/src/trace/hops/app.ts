import { idOf } from '../../base/object-id.ts';
import type { FailureMode } from '../../sources/failure.ts';
import type { Hop } from '../trace.ts';
import { answeredByApp, type HopFacts } from './facts.ts';

/** Failures that show the app was reached. */
const AT_APP: ReadonlySet<FailureMode> = new Set([
  'read-timeout',
  'reset',
  'header-too-large',
  'invalid-response',
  'passed-on',
  'upgrade-failed',
]);

/** What the application did with the request, as far as anybody saw it. */
export function appHop(facts: HopFacts): Hop {
  const { seen } = facts;
  const pod = seen.app.pods[0];
  const place = pod === undefined ? {} : { object: idOf(pod) };
  const mode =
    seen.modes.find((entry) => entry.reporter === 'gateway' && AT_APP.has(entry.mode)) ??
    seen.modes.find((entry) => entry.reporter === 'app');
  if (mode !== undefined) {
    return {
      hop: 'app',
      state: 'suspect',
      mode: mode.mode,
      detail:
        mode.reporter === 'app'
          ? `the app itself fails on something behind it: ${mode.mode}`
          : `${mode.mode} after the connection was made`,
      evidence: [mode.evidence],
      ...place,
    };
  }
  if (seen.failing && seen.generatedBy?.hop === 'app')
    return {
      hop: 'app',
      state: 'suspect',
      mode: 'passed-on',
      detail: `${seen.generatedBy.component} made the status ${seen.status ?? ''}`.trim(),
      evidence: seen.generatedBy.evidence,
      ...place,
    };
  if (answeredByApp(facts))
    return { hop: 'app', state: 'ok', detail: 'requests of this path are answered', evidence: [], ...place };
  const probed = seen.app.pods.some(
    (entry) => entry.ready && entry.spec.containers.some((container) => container.readiness !== undefined),
  );
  if (probed && !seen.failing)
    return {
      hop: 'app',
      state: 'ok',
      detail: 'the readiness probe passes; the app itself was not observed',
      evidence: [],
      ...place,
    };
  return {
    hop: 'app',
    state: 'unknown',
    detail: seen.app.logged ? 'its log says nothing about this request' : 'no log of the app is in the input',
    evidence: [],
    ...place,
  };
}
