import type { ClusterModel } from '../model/cluster-model.ts';
import type { Request } from '../routing/request.ts';
import type { FailureMode } from '../sources/failure.ts';
import type {
  AccessEntry,
  BackendErrorEntry,
  LogEntry,
  Observations,
  ResponseObservation,
} from '../sources/observations.ts';
import type { ProbeObservation } from '../sources/probe-observation.ts';
import { hostPart } from './addresses.ts';
import { type JoinTarget, joinLines } from './join.ts';
import { logEvidence } from './log-evidence.ts';
import type { ObservedMode, PathObservations } from './observed.ts';
import { decideOrigin } from './origin.ts';
import { failedAccess, failedGiven, failedResponse, judgeNow } from './outcome.ts';
import { pathShape } from './path-shape.ts';
import { insideFailures, probeOutcomes, probeResponse } from './probed.ts';
import { modesOfResponse } from './response-modes.ts';

/** Joins what was seen to the path of a request and says what it amounts to. `given` is a status the user reports. */
export function observePath(
  model: ClusterModel,
  target: JoinTarget,
  observations: Observations,
  given: number | undefined,
): PathObservations {
  const lines = joinLines(model, target, observations);
  const { request } = target;
  const probes = observations.probes ?? [];
  const told = responseTo(request, observations.response);
  const now = judgeNow(request, told, given, lines.access, lines.errors, probeOutcomes(request, probes));
  const failedLines = lines.access.filter((entry) => failedAccess(request, entry));
  const response = told ?? answerOfProbe(target, probes, given, now.now, failedLines);
  const last = now.now === 'failing' || now.now === 'intermittent' ? failedLines.at(-1) : lines.access.at(-1);
  const status = given ?? response?.status ?? last?.status;
  const durationMs = response?.totalMs ?? last?.durationMs;
  const failing =
    now.now === 'failing' ||
    now.now === 'intermittent' ||
    (response !== undefined && failedResponse(request, response) === true) ||
    (given !== undefined && failedGiven(request, given));
  const origin = decideOrigin({
    gateway: target.gateway,
    response,
    access: failing ? failedLines : [],
    errors: failing ? lines.errors : [],
    app: lines.app,
    status,
    inside: target.inside !== undefined && target.inside.entry === undefined,
  });
  return {
    ...(response === undefined ? {} : { response }),
    ...(status === undefined ? {} : { status }),
    ...(durationMs === undefined ? {} : { durationMs }),
    probes,
    ...(observations.gatewayConfig === undefined ? {} : { gatewayConfig: observations.gatewayConfig }),
    ...(origin === undefined || !failing ? {} : { generatedBy: origin }),
    modes: failing
      ? withInside(collectModes(lines.access, lines.errors, lines.app.errors, target, response), probes)
      : [],
    access: lines.access,
    nearby: lines.nearby,
    errors: lines.errors,
    otherErrors: lines.otherErrors,
    app: lines.app,
    controller: lines.controller,
    failing,
    ...now,
  };
}

/**
 * A probe's answer stands for the client's own where that is not known. Not where the client is known to have met something
 * else: a good answer beside a failure, another status, or no answer at all where requests are seen to get one (this machine
 * may not be allowed to where clients are).
 */
function answerOfProbe(
  { request }: JoinTarget,
  probes: readonly ProbeObservation[],
  given: number | undefined,
  now: PathObservations['now'],
  failedLines: readonly AccessEntry[],
): ResponseObservation | undefined {
  const answer = probeResponse(request, probes);
  if (answer === undefined) return undefined;
  if (given !== undefined) return answer.status === given ? answer : undefined;
  if (failedResponse(request, answer) === true)
    return answer.status === undefined && failedLines.length > 0 ? undefined : answer;
  return now === 'failing' || now === 'intermittent' ? undefined : answer;
}

/** A capture holds the answer to one request; another URL's answer says nothing about this one. */
export function responseTo(
  request: Request,
  response: ResponseObservation | undefined,
): ResponseObservation | undefined {
  if (response === undefined) return undefined;
  if (response.requestHost !== undefined && hostPart(response.requestHost).toLowerCase() !== request.host)
    return undefined;
  if (response.target === undefined) return response;
  return pathShape(response.target) === pathShape(request.path) ? response : undefined;
}

/** What was met on the gateway's way to the Pods counts as if the gateway had logged it. */
function withInside(modes: readonly ObservedMode[], probes: readonly ProbeObservation[]): readonly ObservedMode[] {
  const added: ObservedMode[] = [];
  for (const [mode, failures] of Map.groupBy(insideFailures(probes), (failure) => failure.mode)) {
    const last = failures.at(-1);
    if (last === undefined || modes.some((known) => known.mode === mode && known.reporter === 'gateway')) continue;
    added.push({
      mode,
      reporter: 'gateway',
      count: failures.length,
      addresses: [...new Set(failures.flatMap(({ address }) => address ?? []))],
      evidence: last.evidence,
      last: last.time,
    });
  }
  return [...modes, ...added];
}

function collectModes(
  access: readonly AccessEntry[],
  errors: readonly BackendErrorEntry[],
  behind: readonly BackendErrorEntry[],
  target: JoinTarget,
  response: ResponseObservation | undefined,
): readonly ObservedMode[] {
  const groups = new Map<
    string,
    {
      mode: FailureMode;
      reporter: ObservedMode['reporter'];
      entries: { entry: LogEntry; text: string; addresses: readonly string[] }[];
    }
  >();
  const add = (
    mode: FailureMode,
    reporter: ObservedMode['reporter'],
    entry: LogEntry,
    text: string,
    addresses: readonly string[],
  ): void => {
    const key = `${reporter}:${mode}`;
    const group = groups.get(key) ?? { mode, reporter, entries: [] };
    group.entries.push({ entry, text, addresses });
    groups.set(key, group);
  };
  for (const entry of errors)
    add(entry.mode, 'gateway', entry, entry.phrase, entry.address === undefined ? [] : [entry.address]);
  for (const entry of access) {
    if (!failedAccess(target.request, entry)) continue;
    const mode = entry.mode ?? (entry.generated === false ? 'passed-on' : undefined);
    if (mode !== undefined)
      add(
        mode,
        'gateway',
        entry,
        `status ${entry.status}${entry.flags === undefined ? '' : ` ${entry.flags}`}`,
        entry.attempts.flatMap((attempt) => attempt.address ?? []),
      );
  }
  for (const entry of behind)
    add(entry.mode, 'app', entry, entry.phrase, entry.address === undefined ? [] : [entry.address]);
  const modes = [...groups.values()].map(({ mode, reporter, entries }): ObservedMode => {
    // An error line says more about a failure than the access line of the same request.
    const latest = (entries.findLast((item) => item.entry.type === 'backend-error') ??
      entries.at(-1)) as (typeof entries)[number];
    return {
      mode,
      reporter,
      count: entries.length,
      addresses: [...new Set(entries.flatMap((item) => item.addresses))],
      evidence: logEvidence(latest.entry, latest.text, entries.length),
      ...(latest.entry.time === undefined ? {} : { last: latest.entry.time }),
    };
  });
  const reached = target.inside === undefined || target.inside.entry !== undefined ? 'gateway' : 'backend';
  const said = response === undefined ? [] : modesOfResponse(response, reached);
  for (const { mode, evidence } of said) {
    if (!modes.some((known) => known.mode === mode))
      modes.push({ mode, reporter: 'client', count: 1, addresses: [], evidence });
  }
  return modes.sort((a, b) => (b.last ?? 0) - (a.last ?? 0) || b.count - a.count);
}
