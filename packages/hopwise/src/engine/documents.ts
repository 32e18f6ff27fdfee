import type { Check, World } from '../checks/check.ts';
import type { Diagnosed } from '../diagnosis/diagnose.ts';
import type { RankedCause } from '../diagnosis/rank.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import { patchCommands } from '../remedy/commands.ts';
import { verifyFix } from '../remedy/verify.ts';
import {
  API_VERSION,
  type CauseDocument,
  type CoverageDocument,
  type DecisionDocument,
  type DiagnosisDocument,
  type FixDocument,
  type RequestDocument,
  type SourceDocument,
  type TraceDocument,
} from '../report/diagnosis.ts';
import { failuresOf } from '../trace/failures-of.ts';
import type { Trace } from '../trace/trace.ts';
import { writeChecklist } from './checklist.ts';
import type { RequestInput, Snapshot } from './contract.ts';
import { summarisePath } from './path-summary.ts';
import { writeProbes } from './write-probes.ts';

/** Fixes are re-run on the model for the causes a reader will act on; suspicions further down are not worth the time. */
const VERIFIED_CAUSES = 2;

export function writeDiagnosis(
  snapshot: Snapshot,
  input: RequestInput,
  world: World,
  diagnosed: Diagnosed,
  checks: readonly Check[],
): DiagnosisDocument {
  const { trace, seen } = world;
  const predicted = trace.predicted?.status ?? predictedByCause(trace, diagnosed.causes[0]);
  return {
    apiVersion: API_VERSION,
    kind: 'Diagnosis',
    request: writeRequest(input, trace),
    verdict: {
      status: diagnosed.verdict.status,
      ...(seen.status === undefined ? {} : { observedStatus: seen.status }),
      ...(predicted === undefined ? {} : { predictedStatus: predicted }),
      ...(seen.generatedBy === undefined ? {} : { generatedBy: seen.generatedBy }),
      summary: diagnosed.verdict.why,
    },
    hops: trace.hops,
    causes: diagnosed.causes.map((cause, index) => writeCause(world, cause, index < VERIFIED_CAUSES, checks)),
    unknowns: diagnosed.unknowns,
    coverage: writeCoverage(world.model),
    path: summarisePath(world.model, trace, seen),
    history: seen.now === 'recovered' ? historyOf(world) : [],
    assumptions: assumptionsOf(world),
    source: writeSource(snapshot),
    checklist: writeChecklist(trace, seen),
    ...(seen.probes.length === 0 ? {} : { probes: writeProbes(trace.request, seen.probes, seen.generatedBy?.hop) }),
  };
}

/** The status that the best cause makes the gateway answer, when no hop alone predicts one. */
function predictedByCause(trace: Trace, best: RankedCause | undefined): number | undefined {
  const mode = best?.finding.fact.modes[0];
  return mode === undefined ? undefined : failuresOf(trace)?.[mode]?.status;
}

export function writeRequest(input: RequestInput, trace: Trace): RequestDocument {
  return {
    method: trace.request.method,
    url: trace.request.url,
    headers: input.headers ?? {},
    protocol: trace.request.protocol,
  };
}

export function writeCause(world: World, cause: RankedCause, verify: boolean, checks: readonly Check[]): CauseDocument {
  const { finding } = cause;
  return {
    id: finding.cause,
    confidence: Math.round(cause.confidence * 100) / 100,
    hop: finding.hop,
    object: finding.fact.object,
    summary: finding.wording.headline,
    why: finding.wording.why,
    chain: chainOf(cause),
    evidence: finding.fact.evidence,
    against: cause.against,
    fix: writeFix(world, cause, verify, checks),
    prove: finding.proofs,
  };
}

/** The check's own chain, with the folded symptoms that it does not name itself. */
function chainOf({ finding, symptoms }: RankedCause): readonly string[] {
  const said = finding.wording.chain.join(' ');
  return [
    ...finding.wording.chain,
    ...symptoms.filter((symptom) => !said.includes(symptom.cause)).map((symptom) => symptom.cause),
  ];
}

function writeFix(world: World, { finding }: RankedCause, verify: boolean, checks: readonly Check[]): FixDocument {
  const hint = finding.fix;
  if (hint === undefined) {
    return {
      summary: finding.wording.why,
      level: 'advice',
      patches: [],
      commands: [],
      verified: false,
      verification: 'no change to the configuration is known',
    };
  }
  const result = verify
    ? verifyFix(world, finding, checks)
    : { verified: false, text: 'not re-run: another cause is likelier' };
  return {
    summary: hint.summary,
    level: hint.level,
    patches: hint.patches.map(({ object, type, patch }) => ({ object, type, patch })),
    commands: [...patchCommands(world.model, hint.patches), ...hint.commands],
    verified: result.verified,
    verification: result.text,
  };
}

export function writeCoverage(model: ClusterModel): readonly CoverageDocument[] {
  return model.coverages().map((entry) => ({
    kind: entry.kind,
    state: entry.state,
    count: entry.count,
    ...(entry.reason === undefined ? {} : { reason: entry.reason }),
    ...(entry.missing === undefined ? {} : { missing: entry.missing }),
  }));
}

export function writeSource(snapshot: Snapshot): SourceDocument {
  const { model, source } = snapshot;
  return {
    description: source.description,
    problems: model.problems,
    ...(model.now > 0 ? { time: new Date(model.now).toISOString() } : {}),
  };
}

function historyOf({ seen, trace }: World): readonly string[] {
  const lines: string[] = [];
  const failed = seen.access.filter((entry) => (entry.status ?? 0) >= 400);
  const last = seen.lastFailure === undefined ? undefined : new Date(seen.lastFailure).toISOString();
  lines.push(
    `${failed.length > 0 ? failed.length : seen.errors.length} failed request${failed.length === 1 ? '' : 's'} of this path are in the logs${last === undefined ? '' : `, the last at ${last}`}`,
  );
  const error = seen.errors.at(-1);
  if (error !== undefined) {
    const addresses = new Set(trace.backends.flatMap((path) => path.endpoints.map((endpoint) => endpoint.address)));
    const host = error.address?.replace(/:\d+$/, '');
    lines.push(
      `${error.phrase}${error.address === undefined ? '' : ` at ${error.address}`}${host !== undefined && !addresses.has(host) ? ', an address no endpoint has any more' : ''}`,
    );
  }
  if (seen.lastSuccess !== undefined) lines.push(`answered since, last at ${new Date(seen.lastSuccess).toISOString()}`);
  return lines;
}

function assumptionsOf({ model, trace }: World): readonly string[] {
  const lines: string[] = [];
  const assumed = model
    .coverages()
    .filter(
      (entry) =>
        entry.state === 'assumed-none' &&
        (entry.kind === 'NetworkPolicy' ||
          entry.kind === 'AdminNetworkPolicy' ||
          entry.kind === 'BaselineAdminNetworkPolicy'),
    );
  if (assumed.length > 0)
    lines.push(`no ${assumed.map((entry) => entry.kind).join(', ')} exists (none is in the input)`);
  if (trace.gateway?.approximate === true)
    lines.push(
      `${trace.gateway.name} routes by the plain Ingress specification (its own annotations are not modelled)`,
    );
  for (const hop of trace.hops) {
    if (
      hop.state === 'unknown' &&
      (hop.hop === 'external-dns' || hop.hop === 'edge' || hop.hop === 'cluster-dns' || hop.hop === 'app')
    )
      lines.push(`${hop.hop} works (${hop.detail})`);
  }
  if (model.manifestsOnly) lines.push('workloads run and become ready (only manifests were read)');
  return lines;
}

export function writeTrace(snapshot: Snapshot, input: RequestInput, trace: Trace): TraceDocument {
  const { decision } = trace;
  const document: DecisionDocument = {
    kind: decision.kind,
    ...(decision.gateway === undefined ? {} : { gateway: decision.gateway }),
    ...(decision.rule === undefined ? {} : { rule: decision.rule }),
    ...(decision.backends.length === 0 ? {} : { backends: decision.backends }),
    ...(decision.status === undefined ? {} : { status: decision.status }),
    ...(decision.location === undefined ? {} : { location: decision.location }),
    ...(decision.received === undefined ? {} : { received: decision.received }),
  };
  return {
    apiVersion: API_VERSION,
    kind: 'Trace',
    request: writeRequest(input, trace),
    decision: document,
    losers: trace.losers.map(({ object, field, why }) => ({ object, field, why })),
    hops: trace.hops,
    ...(trace.predicted === undefined ? {} : { predictedStatus: trace.predicted.status }),
    unknowns: trace.unknowns,
    coverage: writeCoverage(snapshot.model),
  };
}
