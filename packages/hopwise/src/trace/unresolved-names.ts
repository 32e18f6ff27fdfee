import { valueOf } from '../base/lookup.ts';
import { idOf, type ObjectId, objectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import type { Json, JsonObject } from '../sources/contract.ts';
import type { Observations } from '../sources/observations.ts';
import { type ConfigSource, findConfigSource, replaceInSource } from './config-source.ts';
import { inZone } from './dns/corefile.ts';
import { dnsSetupOf } from './dns/dns-setup.ts';
import { readMeaning } from './dns/near-names.ts';
import { resolveExternalName, resolveInCluster } from './dns/resolve.ts';
import { type LookupFailure, lookupFailures } from './lookup-failures.ts';
import { dnsPolicyPatch, judgeName, judgeOutside, meantBy, type NameFault } from './name-fault.ts';
import type { PathObservations } from './observed.ts';
import { blameSubdomain, headlessGap } from './pod-names.ts';
import type { Trace } from './trace.ts';

/** A name on the request's path that does not exist. */
export interface UnresolvedName {
  readonly name: string;
  /** What to change: the configuration that holds the name, the ExternalName Service, the workload that asks. */
  readonly object: ObjectId;
  /** Who asks for it. */
  readonly asker: ObjectId;
  readonly failures: readonly LookupFailure[];
  readonly evidence: readonly Evidence[];
  readonly why: string;
  /** The model knows that the name does not exist; false when only a log line says so. */
  readonly known: boolean;
  readonly meant: string | undefined;
  readonly patch: NamePatch | undefined;
}

export interface NamePatch {
  readonly object: ObjectId;
  readonly type: 'merge' | 'json';
  readonly patch: JsonObject | readonly Json[];
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
  readonly observations: Observations;
}

/** Names that a proxy, the app or the caller of this path asks for and that cluster DNS does not have. */
export function unresolvedNames(world: Asked): readonly UnresolvedName[] {
  const out = new Map<string, UnresolvedName>();
  for (const entry of [...askedName(world), ...externalNames(world)]) out.set(entry.name, entry);
  if (!world.seen.failing) return [...out.values()];
  for (const failure of lookupFailures(world)) {
    const { name, pod } = failure;
    if (name === undefined || pod === undefined) continue;
    const known = out.get(name);
    if (known !== undefined) {
      out.set(name, { ...known, failures: [...known.failures, failure] });
      continue;
    }
    const entry = fromLine(world, name, pod, failure);
    if (entry !== undefined) out.set(name, entry);
  }
  return [...out.values()];
}

/** The name in the URL of an in-cluster caller. */
function askedName({ model, trace, seen }: Asked): readonly UnresolvedName[] {
  if (!trace.inCluster || trace.entry !== undefined || trace.backends.length > 0) return [];
  const name = trace.request.urlHost;
  const caller = valueOf(trace.callers)?.[0];
  const setup = dnsSetupOf(model);
  // What a short name means depends on who asks.
  if (caller === undefined && !(name.includes('.svc') || inZone(name, setup.domain))) return [];
  const home = caller?.namespace ?? 'default';
  const answer = resolveInCluster(model, name, caller ?? { namespace: home });
  const base = { name, failures: [] };
  if (answer.state === 'external') {
    if (seen.response?.clientError?.kind !== 'dns' || caller === undefined) return [];
    return [{ ...base, ...held(model, caller, name, judgeOutside(model, setup, name, home)) }];
  }
  if (answer.state !== 'nxdomain') return [];
  const alias = answer.aliases.at(-1);
  if (alias !== undefined) return [externalName(model, alias, answer.why)];
  const gap = headlessGap(model, name, answer);
  if (gap?.kind === 'other-subdomain') {
    const { object, why, evidence } = blameSubdomain(model, gap.service, gap.pod);
    const asker = caller === undefined ? object : model.controllerOf(caller);
    return [{ ...base, object, asker, evidence: [evidence], why, known: true, meant: undefined, patch: undefined }];
  }
  const fault = { why: answer.why, known: true, meant: meantBy(model, setup, name, home, answer) };
  if (caller !== undefined) return [{ ...base, ...held(model, caller, name, fault) }];
  const { service, namespace } = readMeaning(name, home, setup.domain);
  const object = objectId('Service', namespace, service);
  return [{ ...base, ...fault, object, asker: object, evidence: [], patch: undefined }];
}

/** The fault of a name together with the configuration that holds it. */
function held(
  model: ClusterModel,
  pod: Pod,
  name: string,
  { why, known, meant }: NameFault,
): Omit<UnresolvedName, 'name' | 'failures'> {
  const asker = model.controllerOf(pod);
  const source = sourceOf(model, pod, name);
  return {
    object: source?.found.object ?? asker,
    asker,
    evidence: source === undefined ? [] : [source.found.evidence],
    why,
    known,
    meant,
    patch: patchSource(model, source, meant),
  };
}

function externalNames({ model, trace }: Asked): readonly UnresolvedName[] {
  return trace.backends.flatMap((path) => {
    const service = valueOf(path.service);
    if (service?.type !== 'ExternalName' || service.externalName === undefined) return [];
    const answer = resolveExternalName(model, service);
    return answer.state === 'nxdomain' ? [externalName(model, service, answer.why)] : [];
  });
}

function externalName(model: ClusterModel, service: Service, why: string): UnresolvedName {
  const target = service.externalName ?? '';
  const answer = resolveExternalName(model, service);
  const meant =
    answer.state === 'nxdomain' ? meantBy(model, dnsSetupOf(model), target, service.namespace, answer) : undefined;
  // A CNAME holds a complete name: no search path is applied to it.
  const full = meant === undefined || answer.state !== 'nxdomain' ? undefined : answer.suggestions[0]?.name;
  return {
    name: target,
    object: idOf(service),
    asker: idOf(service),
    failures: [],
    evidence: [citeField(service, 'spec.externalName', `externalName is ${target}`, target)],
    why,
    known: true,
    meant: full,
    patch:
      full === undefined
        ? undefined
        : { object: idOf(service), type: 'merge', patch: { spec: { externalName: full } } },
  };
}

function fromLine(world: Asked, name: string, pod: Pod, failure: LookupFailure): UnresolvedName | undefined {
  const { model, trace } = world;
  const fault = judgeName(model, name, pod, failure);
  if (fault === undefined) return undefined;
  const base = { name, asker: model.controllerOf(pod), failures: [failure], why: fault.why, known: fault.known };
  if (fault.asker !== undefined) {
    const { object, evidence, policy } = fault.asker;
    const patch: NamePatch = { object, type: 'merge', patch: dnsPolicyPatch(object, policy) };
    return { ...base, object, evidence: [evidence], meant: undefined, patch };
  }
  const service = trace.backends
    .flatMap((path) => valueOf(path.service) ?? [])
    .find((entry) => entry.type === 'ExternalName' && entry.externalName?.toLowerCase() === name);
  if (service !== undefined)
    return { ...externalName(model, service, fault.why), failures: [failure], known: fault.known };
  return { name, failures: [failure], ...held(model, pod, name, fault) };
}

interface Source {
  readonly found: ConfigSource;
  /** The name as the configuration writes it. */
  readonly written: string;
}

/** Logs may show the name with endings that the resolver or the program added. */
function sourceOf(model: ClusterModel, pod: Pod, name: string): Source | undefined {
  const { domain } = dnsSetupOf(model);
  const variants = new Set([name]);
  let rest = name;
  for (const end of [`.${domain}`, '.svc', `.${pod.namespace}`]) {
    if (rest.endsWith(end)) rest = rest.slice(0, -end.length);
    variants.add(rest);
  }
  for (const written of variants) {
    const found = findConfigSource(model, pod, written);
    if (found !== undefined) return { found, written };
  }
  return undefined;
}

function patchSource(
  model: ClusterModel,
  source: Source | undefined,
  meant: string | undefined,
): NamePatch | undefined {
  if (source === undefined || meant === undefined) return undefined;
  return replaceInSource(model, source.found, source.written, meant);
}
