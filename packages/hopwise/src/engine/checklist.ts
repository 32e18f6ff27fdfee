import type { ChecklistStep } from '../report/diagnosis.ts';
import type { PathObservations } from '../trace/observed.ts';
import type { Hop, HopKind, HopState, Trace } from '../trace/trace.ts';

interface StepSpec {
  readonly step: ChecklistStep['step'];
  readonly title: string;
  readonly hops: readonly HopKind[];
}

/** The five steps of an investigation by hand, and the hops each one looks at. */
const STEPS: readonly StepSpec[] = [
  {
    step: 'failing-route',
    title: 'Capture the failing request and its route',
    hops: ['client', 'external-dns', 'edge', 'gateway'],
  },
  { step: 'ready-endpoints', title: 'Service and ready endpoints', hops: ['cluster-dns', 'service'] },
  { step: 'port-protocol', title: 'Port and protocol', hops: ['pod'] },
  { step: 'policy-connectivity', title: 'Policy and connectivity', hops: ['network'] },
  { step: 'logs', title: 'Logs', hops: ['app'] },
];

const RANK: Readonly<Record<HopState, number>> = { broken: 3, suspect: 2, unknown: 1, ok: 0 };

export function writeChecklist(trace: Trace, seen: PathObservations): readonly ChecklistStep[] {
  return STEPS.map(({ step, title, hops }) => {
    const mine = trace.hops.filter((hop) => hops.includes(hop.hop));
    const found = mine.map(describe);
    if (step === 'logs') found.push(...logLines(seen));
    return { step, title, state: worstState(mine), found };
  });
}

function describe(hop: Hop): string {
  return `${hop.hop}: ${hop.detail}`;
}

function worstState(hops: readonly Hop[]): HopState {
  return hops.reduce<HopState>(
    (worst, hop) => (RANK[hop.state] > RANK[worst] ? hop.state : worst),
    hops.length === 0 ? 'unknown' : 'ok',
  );
}

function logLines(seen: PathObservations): readonly string[] {
  const lines = [
    `${seen.access.length} gateway line${seen.access.length === 1 ? '' : 's'} of this path, ${seen.errors.length} error line${seen.errors.length === 1 ? '' : 's'}`,
  ];
  for (const mode of seen.modes.slice(0, 3))
    lines.push(`${mode.mode}, seen ${mode.count} time${mode.count === 1 ? '' : 's'} by the ${mode.reporter}`);
  return lines;
}
