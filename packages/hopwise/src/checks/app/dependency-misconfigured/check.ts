// The app's own dependency is addressed wrongly (a Service name, port or credential in env or ConfigMap that does not exist
// or is refused). The app is reached, fails on what lies behind it, and answers 5xx, hangs or is not ready.
import { displayId, type ObjectId } from '../../../base/object-id.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { citeField } from '../../../model/cite.ts';
import { faultyDependencies, type FaultyDependency } from '../../../trace/dependencies.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface BadDependency extends Fact {
  readonly dependency: FaultyDependency;
}

export default defineCheck<BadDependency>({
  cause: 'dependency-misconfigured',
  reads: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Service', 'ConfigMap', 'EndpointSlice', 'Endpoints'],
  since: '0.1.0',
  explains: ['app-returned-error', 'app-crashes-on-request', 'crash-loop', 'readiness-probe-failing', 'no-ready-endpoints', 'dns-name-not-found', 'liveness-restarts', 'upstream-timeout'],
  *find(world) {
    for (const dependency of faultyDependencies(world)) {
      const evidence: Evidence[] = [dependency.configured.evidence];
      if (dependency.service !== undefined) evidence.push(citeField(dependency.service, 'spec.ports', dependency.why));
      else evidence.push({ type: 'absence', what: dependency.host, text: dependency.why });
      if (dependency.line !== undefined) evidence.push(logEvidence(dependency.line, `the app fails on ${dependency.host}`, dependency.lines));
      const object: ObjectId = dependency.configured.object;
      const certainty: Certainty = dependency.line !== undefined ? 'proven' : 'possible';
      yield { object, certainty, modes: ['passed-on', 'no-endpoints', 'read-timeout', 'refused', 'reset', 'dns-failure'], evidence, dependency };
    }
  },
  describe: ({ object, dependency }) => ({
    headline: `${displayId(object)} addresses ${dependency.host} wrongly`.slice(0, 80),
    why: `${dependency.why}.`,
    chain: [`${displayId(object)} says ${dependency.configured.value.slice(0, 60)}`, dependency.why, 'the app fails on its dependency', 'it answers 5xx, hangs or is not ready'],
  }),
  fix: ({ object, dependency }) => ({ summary: dependency.meant === undefined ? `Mend ${dependency.configured.path} of ${displayId(object)}` : `Use ${dependency.meant} in ${dependency.configured.path} of ${displayId(object)}`, level: 'review', patches: [], commands: [] }),
  prove: ({ dependency }) => [{ command: `kubectl exec -n ${dependency.namespace} ${dependency.pod} -- sh -c 'nc -zv ${dependency.host} ${dependency.port ?? ''}'`, expect: dependency.why }],
});
