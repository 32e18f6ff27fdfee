// The app's own dependency is addressed wrongly (a Service name, port, database or credential in env or ConfigMap that does
// not exist or is refused). The app is reached, fails on what lies behind it, and answers 5xx, hangs or is not ready.
import { displayId } from '../../../base/object-id.ts';
import { shellQuote } from '../../../base/shell-quote.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { configuredTexts, hostPattern, hostPortPattern } from '../../../trace/configured-text.ts';
import { type FaultyDependency, faultyDependencies } from '../../../trace/dependencies.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import type { Fact, World } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface BadDependency extends Fact {
  readonly dependency: FaultyDependency;
}

const MODES = [
  'passed-on',
  'no-endpoints',
  'no-live-endpoint',
  'read-timeout',
  'refused',
  'reset',
  'dns-failure',
] as const;

export default defineCheck<BadDependency>({
  cause: 'dependency-misconfigured',
  reads: [
    'Pod',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Service',
    'ConfigMap',
    'Secret',
    'EndpointSlice',
    'Endpoints',
    'Namespace',
  ],
  since: '0.1.0',
  explains: [
    'app-returned-error',
    'app-crashes-on-request',
    'crash-loop',
    'readiness-probe-failing',
    'no-ready-endpoints',
    'dns-name-not-found',
    'liveness-restarts',
    'upstream-timeout',
    'readiness-too-permissive',
  ],
  *find(world) {
    for (const dependency of faultyDependencies(world)) {
      const { fault, object, line, lines, subject } = dependency;
      const evidence: Evidence[] = [
        ...dependency.evidence,
        logEvidence(line, fault === 'credential' ? dependency.why : `the app fails on ${subject}`, lines),
      ];
      // That a name or port does not exist is a fact of the cluster; what refuses a credential may be wrong itself.
      const certainty = fault === 'name' || fault === 'port' ? 'proven' : 'strong';
      yield { object, certainty, modes: MODES, evidence, dependency };
    }
  },
  describe: ({ object, dependency: { subject, why, place } }) => ({
    headline: `${displayId(object)}: the app is told a wrong ${subject}`,
    why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
    chain: [
      `${place} of ${displayId(object)} says ${subject}`,
      why,
      'the app fails on its dependency',
      'it answers 5xx, hangs or is not ready',
    ],
  }),
  fix: ({ object, dependency }) => {
    const { meant, place, subject, patches } = dependency;
    return {
      summary:
        meant === undefined
          ? `Correct ${place} of ${displayId(object)}: ${dependency.why}`
          : `Say ${meant} instead of ${subject} in ${place} of ${displayId(object)}`,
      level: patches.length === 0 ? 'advice' : 'review',
      patches,
      commands: [],
      wanted: (after) => !stillSaid(after, dependency),
    };
  },
  prove: ({ dependency: { fault, pod, subject, port } }) => {
    const place = `kubectl exec -n ${shellQuote(pod.namespace)} ${shellQuote(pod.name)} --`;
    const host = subject.replace(/:\d+$/, '');
    if (fault === 'name')
      return [{ command: `${place} getent hosts ${shellQuote(host)}`, expect: `nothing: ${host} does not resolve` }];
    if (fault === 'port')
      return [{ command: `${place} nc -zv -w 3 ${shellQuote(host)} ${port}`, expect: 'refused or no answer' }];
    return [
      {
        command: `kubectl logs -n ${shellQuote(pod.namespace)} ${shellQuote(pod.name)} --tail=50`,
        expect: `the refusal of ${subject}`,
      },
    ];
  },
});

/** Some Pod of the patched cluster is still told the same. */
function stillSaid({ model }: World, { fault, subject, port, pod }: FaultyDependency): boolean {
  const host = subject.replace(/:\d+$/, '');
  const pattern = fault === 'port' && port !== undefined ? hostPortPattern(host, port) : hostPattern(host);
  return model
    .listIn('Pod', pod.namespace)
    .filter((entry) => entry.name === pod.name)
    .some((entry) =>
      configuredTexts(model, entry).some(
        ({ text }) => pattern.test(text) || (fault === 'port' && text.trim() === String(port)),
      ),
    );
}
