import { resolvePort } from '../../model/derive.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Probe } from '../../model/kinds/pod.ts';
import { listenPorts, probePort } from '../listening.ts';
import { logEvidence } from '../log-evidence.ts';
import { pathOnly } from '../path-shape.ts';
import { formerProbe, siblingProbe } from './probe-comparison.ts';
import type { ProbeAdvice, ProbeQuestion } from './probe-question.ts';
import { readProbeFailure } from './probe-words.ts';

/** Compares a failing probe with where the process listens, what its other probes ask, and what it was before. */
export function adviseProbe(question: ProbeQuestion): ProbeAdvice | undefined {
  return wrongPort(question) ?? byMessage(question) ?? formerProbe(question) ?? siblingProbe(question);
}

function wrongPort(question: ProbeQuestion): ProbeAdvice | undefined {
  const { probe, container, message } = question;
  if (probe.kind === 'exec') return undefined;
  const port = probePort(container, probe);
  const failure = message === undefined ? undefined : readProbeFailure(message);
  if (port === undefined || failure?.kind === 'port-name') {
    const value = intendedPort(question, undefined);
    return {
      wrong: true,
      text: `asks for port ${probe.port}, a name the container does not declare`,
      ...setPort(probe, value),
      evidence: [],
    };
  }
  if (failure !== undefined && failure.kind !== 'refused' && failure.kind !== 'timeout') return undefined;
  const lines = listenPorts(question.pod, question.facts.seen);
  const heard = lines.map((entry) => entry.port);
  if (heard.includes(port)) return undefined;
  const first = lines[0];
  const value = intendedPort(question, port);
  if (first !== undefined) {
    const evidence = [logEvidence(first, `the process listens on ${heard.join(', ')}`)];
    return { wrong: true, text: `asks port ${port}, where nothing listens`, ...setPort(probe, value), evidence };
  }
  const declared = container.ports.filter((entry) => entry.protocol === 'TCP');
  if (declared.length === 0 || declared.some((entry) => entry.port === port) || value === undefined) return undefined;
  // Undeclared ports may well be served: only together with a refusal, or with nothing else known, it is the port.
  if (failure?.kind === 'timeout') return undefined;
  return {
    wrong: true,
    text: `asks port ${port}, which the container does not declare`,
    ...setPort(probe, value),
    evidence: [],
  };
}

/** The port that everything else about the container points to. */
function intendedPort(
  { facts, pod, container, role, service }: ProbeQuestion,
  not: number | undefined,
): number | undefined {
  const heard = listenPorts(pod, facts.seen).flatMap((entry) => entry.port ?? []);
  const target = resolvePort(service, pod)?.port;
  const others = (['readiness', 'liveness', 'startup'] as const)
    .filter((entry) => entry !== role)
    .flatMap((entry) => {
      const other = container[entry];
      return other === undefined ? [] : (probePort(container, other) ?? []);
    });
  const declared = container.ports.flatMap((entry) => (entry.protocol === 'TCP' ? [entry.port] : []));
  const known = heard.length > 0 ? heard : declared;
  const candidates = [...others, ...(target === undefined ? [] : [target]), ...known].filter((port) => port !== not);
  return candidates.find((port) => known.includes(port)) ?? (known.length === 0 ? candidates[0] : undefined);
}

function setPort(probe: Probe, value: number | undefined): Pick<ProbeAdvice, 'field' | 'value'> {
  return value === undefined ? {} : { field: `${probe.kind}.port`, value };
}

function byMessage(question: ProbeQuestion): ProbeAdvice | undefined {
  const { message, probe } = question;
  if (message === undefined) return undefined;
  const failure = readProbeFailure(message);
  switch (failure.kind) {
    case 'scheme':
      return {
        wrong: true,
        text: `speaks ${failure.wanted === 'HTTP' ? 'HTTPS' : 'HTTP'} to a port that speaks ${failure.wanted}`,
        field: 'httpGet.scheme',
        value: failure.wanted,
        evidence: [],
      };
    case 'status':
      return statusAdvice(question, failure.code);
    case 'timeout':
      return slowAnswer(question);
    case 'host':
      return { wrong: true, text: `asks host ${probe.host ?? ''}, which does not resolve`, evidence: [] };
    case 'command':
      return {
        wrong: true,
        text: `runs a command the image does not have: ${probe.command.join(' ').slice(0, 80)}`,
        evidence: [],
      };
    default:
      return undefined;
  }
}

/** 404 and 405 mean a path the app does not have; 401 and 403 one it protects; 5xx is the app's own word. */
function statusAdvice(question: ProbeQuestion, code: number): ProbeAdvice {
  const { probe, container, role, facts, pod } = question;
  const path = probe.path ?? '/';
  if (code >= 500)
    return { wrong: false, text: `gets ${code} from the app at ${path}`, evidence: answers(question, path) };
  const other = (['liveness', 'readiness', 'startup'] as const)
    .filter((entry) => entry !== role)
    .map((entry) => container[entry])
    .find((entry) => entry?.kind === 'httpGet' && entry.path !== undefined && entry.path !== path);
  const answered = facts.seen.app.requests.findLast(
    (entry) =>
      entry.at.pod === pod.name && isProbeClient(entry.userAgent) && entry.status !== undefined && entry.status < 400,
  );
  const former = formerProbe(question);
  const value =
    former?.value !== undefined && former.field === 'httpGet.path' ? former.value : (answered?.path ?? other?.path);
  const text =
    code === 404 || code === 405
      ? `asks ${path}, a path the app does not have (${code})`
      : `asks ${path}, which the app answers with ${code}`;
  return {
    wrong: true,
    text,
    ...(value === undefined ? {} : { field: 'httpGet.path', value }),
    evidence: answers(question, path),
  };
}

function isProbeClient(userAgent: string | undefined): boolean {
  return userAgent === undefined || userAgent.startsWith('kube-probe/');
}

/** The app's own lines about the probed path. */
function answers({ facts, pod }: ProbeQuestion, path: string): readonly Evidence[] {
  const lines = facts.seen.app.requests.filter(
    (entry) => entry.at.pod === pod.name && entry.path !== undefined && pathOnly(entry.path) === pathOnly(path),
  );
  const last = lines.at(-1);
  return last === undefined
    ? []
    : [logEvidence(last, `the app answers the probe with ${last.status ?? 'no status'}`, lines.length)];
}

/** The app answers, but later than the probe waits. */
function slowAnswer(question: ProbeQuestion): ProbeAdvice {
  const { facts, pod, probe } = question;
  const path = pathOnly(probe.path ?? '/');
  const slow = facts.seen.app.requests.filter(
    (entry) =>
      entry.at.pod === pod.name &&
      entry.path !== undefined &&
      pathOnly(entry.path) === path &&
      (entry.durationMs ?? 0) > probe.timeoutSeconds * 1000,
  );
  const last = slow.at(-1);
  const former = formerProbe(question);
  const longest = Math.max(...slow.map((entry) => entry.durationMs ?? 0));
  const wanted =
    last === undefined
      ? former?.field === 'timeoutSeconds'
        ? former.value
        : undefined
      : Math.min(Math.ceil(longest / 1000) + 1, 60);
  return {
    wrong: last !== undefined || former?.field === 'timeoutSeconds',
    text: `gets no answer within ${probe.timeoutSeconds} s`,
    ...(wanted === undefined ? {} : { field: 'timeoutSeconds', value: wanted }),
    evidence:
      last === undefined
        ? []
        : [logEvidence(last, `the app answers the probe after ${last.durationMs} ms`, slow.length)],
  };
}
