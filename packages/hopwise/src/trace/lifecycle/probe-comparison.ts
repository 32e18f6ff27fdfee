import { probePort } from '../listening.ts';
import { formerContainer } from './former-template.ts';
import type { ProbeAdvice, ProbeQuestion } from './probe-question.ts';

/** Nothing was said about the failure; another probe of the same container asks the same port in another way. */
export function siblingProbe({ container, role, probe }: ProbeQuestion): ProbeAdvice | undefined {
  if (probe.kind !== 'httpGet') return undefined;
  for (const entry of ['liveness', 'startup', 'readiness'] as const) {
    const other = entry === role ? undefined : container[entry];
    if (other?.kind !== 'httpGet' || probePort(container, other) !== probePort(container, probe)) continue;
    const field = other.scheme !== probe.scheme ? 'scheme' : other.path !== probe.path ? 'path' : undefined;
    const value = field === undefined ? undefined : other[field];
    if (field === undefined || value === undefined) continue;
    const text = `asks ${probe[field]}, where the ${entry} probe asks ${value}`;
    return { wrong: false, text, field: `httpGet.${field}`, value, evidence: [] };
  }
  return undefined;
}

const PARTS = [
  'port',
  'path',
  'scheme',
  'host',
  'timeoutSeconds',
  'failureThreshold',
  'initialDelaySeconds',
  'periodSeconds',
] as const;

/** What an earlier revision of the workload probed instead. */
export function formerProbe({ facts, workload, container, role, probe }: ProbeQuestion): ProbeAdvice | undefined {
  if (workload === undefined) return undefined;
  const found = formerContainer(facts.model, workload, container, (entry) => entry[role]);
  const before = found?.container[role];
  if (found === undefined || before === undefined || before.kind !== probe.kind) return undefined;
  const part = PARTS.find((entry) => before[entry] !== probe[entry]);
  if (part === undefined) return undefined;
  const value = before[part];
  const nested = part === 'port' || part === 'path' || part === 'scheme' || part === 'host';
  return {
    wrong: true,
    text: `differs from revision ${found.former.revision}: ${part} was ${value ?? 'not set'}`,
    ...(value === undefined ? {} : { field: nested ? `${probe.kind}.${part}` : part, value }),
    evidence: [],
  };
}
