import { displayId, splitId } from '../base/object-id.ts';
import type { Evidence } from '../model/evidence.ts';

/** Short names of the kinds that evidence mostly points at, so that its labels fit a narrow column. */
const KIND_LABELS: ReadonlyMap<string, string> = new Map([
  ['NetworkPolicy', 'policy'],
  ['AdminNetworkPolicy', 'admin policy'],
  ['BaselineAdminNetworkPolicy', 'base policy'],
  ['EndpointSlice', 'endpoints'],
  ['StatefulSet', 'statefulset'],
  ['HorizontalPodAutoscaler', 'autoscaler'],
  ['PodDisruptionBudget', 'disruptions'],
  ['ResourceQuota', 'quota'],
  ['IngressClass', 'class'],
  ['GatewayClass', 'class'],
  ['ReferenceGrant', 'grant'],
  ['BackendTLSPolicy', 'backend TLS'],
]);

/** One word for where a piece of evidence comes from. */
export function labelOfEvidence(evidence: Evidence): string {
  if (evidence.type === 'field') {
    const { kind } = splitId(evidence.object);
    return KIND_LABELS.get(kind) ?? kind.toLowerCase();
  }
  return TYPE_LABELS[evidence.type];
}

const TYPE_LABELS = {
  absence: 'missing',
  log: 'log',
  event: 'event',
  probe: 'probe',
  response: 'response',
  timing: 'time',
} as const satisfies Record<Exclude<Evidence['type'], 'field'>, string>;

export interface Place {
  readonly file: string;
  readonly line?: number;
}

/** The file and line a reader can open; undefined when the evidence has none. */
export function placeOf(evidence: Evidence): Place | undefined {
  if (!('file' in evidence) || evidence.file === undefined) return undefined;
  const line = 'line' in evidence ? evidence.line : undefined;
  return line === undefined ? { file: evidence.file } : { file: evidence.file, line };
}

export function formatPlace(place: Place): string {
  return place.line === undefined ? place.file : `${place.file}:${place.line}`;
}

/** The object and field behind the evidence, for readers who have the cluster rather than the file. */
export function subjectOf(evidence: Evidence): string | undefined {
  if (evidence.type === 'field') return `${displayId(evidence.object)} ${evidence.path}`;
  return evidence.type === 'event' ? displayId(evidence.object) : undefined;
}

/** The sentence with what the reader needs to weigh it: how often it was seen. */
export function sentenceOf(evidence: Evidence): string {
  const count = 'count' in evidence ? (evidence.count ?? 1) : 1;
  return count > 1 && !evidence.text.includes(String(count)) ? `${evidence.text} (${count} times)` : evidence.text;
}

/** The quoted line, unless the sentence says it already. */
export function quoteOf(evidence: Evidence): string | undefined {
  if (evidence.type !== 'log' || evidence.quote === '' || evidence.text.includes(evidence.quote)) return undefined;
  return evidence.quote;
}

export function formatTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? 'unknown time' : `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
