import type { Finding, World } from '../checks/check.ts';
import type { Evidence } from '../model/evidence.ts';
import { type Agreement, agreement, confidenceOf, refutedByProbe } from './confidence.ts';

/** A finding with how sure we are and what it accounts for. */
export interface RankedCause {
  readonly finding: Finding;
  readonly confidence: number;
  readonly fit: Agreement;
  /** Shallower findings folded under it. */
  readonly symptoms: readonly Finding[];
  readonly against: readonly Evidence[];
}

/** A folded symptom must not be much surer than the cause it is folded under. */
const FOLD_FROM = 0.4;
/** Two different answers this close together make each other doubtful. */
const TIE = 0.06;

/**
 * Orders findings into causes: contradicted ones sink, symptoms fold under the deepest cause that explains them, and equal
 * claims of different causes take confidence from each other.
 */
export function rankCauses(findings: readonly Finding[], world: World): readonly RankedCause[] {
  if (worksNow(world)) return [];
  const scored = merge(findings).map((finding) => {
    const fit = agreement(finding, world.trace, world.seen);
    return { finding, fit, confidence: confidenceOf(finding, fit) };
  });
  scored.sort(
    (a, b) =>
      b.confidence - a.confidence ||
      depth(b.finding, findings) - depth(a.finding, findings) ||
      compare(a.finding, b.finding),
  );
  const folded = new Set<Finding>();
  const ranked: RankedCause[] = [];
  for (const entry of scored) {
    const symptoms = scored
      .filter(
        (other) =>
          other !== entry &&
          entry.confidence >= FOLD_FROM &&
          explains(entry.finding, other.finding) &&
          !explains(other.finding, entry.finding),
      )
      .map((other) => other.finding);
    for (const symptom of symptoms) folded.add(symptom);
    const refuted = refutedByProbe(entry.finding, world.trace, world.seen);
    ranked.push({ ...entry, symptoms, against: refuted === undefined ? [] : [refuted] });
  }
  return contend(ranked.filter((entry) => !folded.has(entry.finding)));
}

/** A path that is answered now has no cause to name, whatever its configuration looks like. */
function worksNow({ seen }: World): boolean {
  return !seen.failing && (seen.now === 'none' || seen.now === 'recovered');
}

function explains(cause: Finding, symptom: Finding): boolean {
  return cause.cause !== symptom.cause && cause.explains.includes(symptom.cause);
}

/** How many of the present findings it accounts for, directly. */
function depth(finding: Finding, all: readonly Finding[]): number {
  return all.filter((other) => explains(finding, other)).length;
}

function compare(a: Finding, b: Finding): number {
  const keys = [`${a.cause} ${a.fact.object}`, `${b.cause} ${b.fact.object}`] as const;
  return keys[0] < keys[1] ? -1 : keys[0] > keys[1] ? 1 : 0;
}

const ORDER = { proven: 3, strong: 2, likely: 1, possible: 0 } as const;

/** One fault is one cause: findings of the same cause and object keep the surest and all evidence. */
function merge(findings: readonly Finding[]): readonly Finding[] {
  const byKey = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.cause} ${finding.fact.object}`;
    const known = byKey.get(key);
    if (known === undefined) {
      byKey.set(key, finding);
      continue;
    }
    const [first, second] =
      ORDER[finding.fact.certainty] > ORDER[known.fact.certainty] ? [finding, known] : [known, finding];
    const evidence = [...first.fact.evidence];
    const seen = new Set(evidence.map((entry) => JSON.stringify(entry)));
    for (const entry of second.fact.evidence) if (!seen.has(JSON.stringify(entry))) evidence.push(entry);
    byKey.set(key, { ...first, fact: { ...first.fact, evidence } });
  }
  return [...byKey.values()];
}

/** The best stays best, but two different sure answers cannot both be right nine times in ten. */
function contend(ranked: readonly RankedCause[]): readonly RankedCause[] {
  const [first, second] = ranked;
  if (first === undefined || second === undefined) return ranked;
  const close = first.confidence - second.confidence < TIE;
  const alike = first.finding.fact.object === second.finding.fact.object;
  if (!close || alike) return ranked;
  return ranked.map((entry, index) => (index < 2 ? { ...entry, confidence: entry.confidence * 0.82 } : entry));
}
