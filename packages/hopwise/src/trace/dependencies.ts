import { type ObjectId, objectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pod } from '../model/kinds/pod.ts';
import type { Service } from '../model/kinds/service.ts';
import { isIpAddress } from './addresses.ts';
import { type Complaint, type ComplaintLine, complaintsOf } from './complaints.ts';
import {
  type ConfiguredText,
  citeText,
  configuredTexts,
  hostPattern,
  hostPortPattern,
  rewriteText,
  type TextPatch,
} from './configured-text.ts';
import { resolveInCluster } from './dns/resolve.ts';
import type { PathObservations } from './observed.ts';
import { podsOnPath } from './path-queries.ts';
import type { Trace } from './trace.ts';

/** Something the app needs, addressed or entered in a way that cannot work. */
export interface FaultyDependency {
  readonly fault: 'name' | 'port' | 'credential' | 'missing';
  /** Host, `host:port`, or what does not exist there. */
  readonly subject: string;
  readonly port: number | undefined;
  readonly why: string;
  /** The object to change. */
  readonly object: ObjectId;
  /** Field of it, as people name it. */
  readonly place: string;
  readonly evidence: readonly Evidence[];
  readonly line: ComplaintLine;
  readonly lines: number;
  /** What is written there should read. */
  readonly meant: string | undefined;
  readonly patches: readonly TextPatch[];
  readonly pod: Pod;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

/**
 * Dependencies that the app of this path complains about and whose address in its configuration is plainly wrong: the name
 * does not exist, the Service has no such port, or what is there refuses the credentials or knows no such database. A
 * dependency that is merely down is not misconfigured.
 */
export function faultyDependencies({ model, trace, seen }: Asked): readonly FaultyDependency[] {
  const pods = podsOnPath(trace);
  if (!seen.failing && !pods.some((pod) => pod.hasStatus && !pod.ready)) return [];
  return complaintsOf(seen, pods).flatMap((complaint) => {
    const pod = pods.find((entry) => entry.name === complaint.line.at.pod) ?? pods[0];
    return pod === undefined ? [] : (judge(model, pod, complaint) ?? []);
  });
}

function judge(model: ClusterModel, pod: Pod, complaint: Complaint): FaultyDependency | undefined {
  if (complaint.kind === 'credential') return refusedCredential(model, pod, complaint);
  if (complaint.subject === undefined) return undefined;
  if (complaint.kind === 'missing') return missingThing(model, pod, complaint, complaint.subject);
  if (isIpAddress(complaint.subject)) {
    // Many runtimes name the address they resolved: a Service's own address leads back to its name.
    const service = model.serviceByIP(complaint.subject);
    return service.state === 'found' ? wrongPort(model, pod, complaint, service.value, undefined) : undefined;
  }
  const answer = resolveInCluster(model, complaint.subject, pod);
  if (answer.state === 'service') return wrongPort(model, pod, complaint, answer.service, complaint.subject);
  // A short name that looks like a Service but is none resolves to nothing either, wherever the search path leads.
  const nowhere = answer.state === 'external' && !complaint.subject.includes('.') && answer.addresses.length === 0;
  if (answer.state !== 'nxdomain' && !nowhere) return undefined;
  const likely =
    answer.state === 'nxdomain' ? answer.suggestions.find((entry) => entry.likeness !== 'part') : undefined;
  const meant = likely === undefined ? undefined : writtenLike(complaint.subject, likely.name, pod);
  return wrongName(model, pod, complaint, complaint.subject, meant);
}

/** A name as short as the one it replaces: no longer than its namespace asks for. */
function writtenLike(asked: string, full: string, pod: Pod): string {
  const [name = full, namespace = ''] = full.split('.');
  if (/\.svc(?:\.|$)/.test(asked)) return asked.includes('.svc.') ? full : `${name}.${namespace}.svc`;
  return namespace === pod.namespace && !asked.includes('.') ? name : `${name}.${namespace}`;
}

function wrongName(
  model: ClusterModel,
  pod: Pod,
  { line, lines, port }: Complaint,
  host: string,
  meant: string | undefined,
): FaultyDependency | undefined {
  const pattern = hostPattern(host);
  const text = configuredTexts(model, pod).find((entry) => pattern.test(entry.text));
  if (text === undefined) return undefined;
  const why = `${host} does not exist in cluster DNS`;
  const patches = meant === undefined ? [] : rewriteText(model, pod, text, text.text.replace(pattern, meant));
  const absence: Evidence = { type: 'absence', what: host, text: why };
  return found('name', text, [citeText(text, host), absence], {
    subject: host,
    port,
    why,
    line,
    lines,
    meant,
    patches,
    pod,
  });
}

function wrongPort(
  model: ClusterModel,
  pod: Pod,
  { line, lines, port }: Complaint,
  service: Service,
  asked: string | undefined,
): FaultyDependency | undefined {
  if (port === undefined || service.type === 'ExternalName' || service.headless) return undefined;
  if (service.ports.length === 0 || service.ports.some((entry) => entry.port === port)) return undefined;
  const texts = configuredTexts(model, pod);
  const { name, namespace } = service;
  const hosts =
    asked === undefined
      ? [`${name}.${namespace}.svc.cluster.local`, `${name}.${namespace}.svc`, `${name}.${namespace}`, name]
      : [asked];
  const only = service.ports.length === 1 ? service.ports[0]?.port : undefined;
  const ports = service.ports.map((entry) => entry.port).join(', ');
  const why = `Service ${namespace}/${name} has no port ${port} (it has ${ports})`;
  const ofService = citeField(service, 'spec.ports', why);
  for (const host of hosts) {
    const pattern = hostPortPattern(host, port);
    const together = texts.find((entry) => pattern.test(entry.text));
    const apart = texts.find((entry) => hostPattern(host).test(entry.text));
    const text = together ?? (apart === undefined ? undefined : portApart(texts, apart, port));
    if (text === undefined) continue;
    const written = together === undefined ? String(only) : text.text.replace(pattern, `$1${only}`);
    const patches = only === undefined ? [] : rewriteText(model, pod, text, written);
    const facts = { subject: `${host}:${port}`, port, why, line, lines, pod, patches };
    const meant = only === undefined ? undefined : `${host}:${only}`;
    return found('port', text, [citeText(text, together === undefined ? String(port) : host), ofService], {
      ...facts,
      meant,
    });
  }
  return undefined;
}

/** The port stands in a variable of its own: the one of that value whose name is most like the host's. */
function portApart(texts: readonly ConfiguredText[], host: ConfiguredText, port: number): ConfiguredText | undefined {
  const candidates = texts.filter((entry) => entry.text.trim() === String(port) && /port/i.test(entry.name));
  const alike = candidates.filter((entry) => entry.name.split(/[_.]/)[0] === host.name.split(/[_.]/)[0]);
  return alike[0] ?? (candidates.length === 1 ? candidates[0] : undefined);
}

/** `database "x" does not exist`, and x stands in the configuration. */
function missingThing(
  model: ClusterModel,
  pod: Pod,
  { line, lines }: Complaint,
  name: string,
): FaultyDependency | undefined {
  const pattern = hostPattern(name);
  const text = configuredTexts(model, pod).find((entry) => pattern.test(entry.text));
  if (text === undefined) return undefined;
  const why = `what the app names ${name} does not exist there`;
  const facts = { subject: name, port: undefined, why, line, lines, meant: undefined, patches: [], pod };
  return found('missing', text, [citeText(text, name)], facts);
}

const CREDENTIAL = /PASS|PWD|SECRET|TOKEN|CREDENTIAL|DSN|_URL|_URI|AUTH|CONNECTION/i;

/** The credentials come from the one Secret or variable that its environment has for them. */
function refusedCredential(
  model: ClusterModel,
  pod: Pod,
  { line, lines, subject }: Complaint,
): FaultyDependency | undefined {
  const user = subject === undefined ? '' : ` of user ${subject}`;
  const why = `the dependency refuses the credentials${user}`;
  const facts = {
    subject: `the credentials${user}`,
    port: undefined,
    why,
    line,
    lines,
    meant: undefined,
    patches: [],
    pod,
  };
  const changed = model.controllerOf(pod);
  const owner = model.object(changed) ?? pod;
  const prefix = owner.kind === 'Pod' ? 'spec' : 'spec.template.spec';
  const places = pod.spec.containers
    .filter((container) => container.role === 'main')
    .flatMap((container, at) =>
      container.env.flatMap((entry, index) => {
        if (!CREDENTIAL.test(entry.name)) return [];
        const path = `${prefix}.containers[${at}].env[${index}]`;
        const from = entry.from?.kind === 'Secret' ? entry.from : undefined;
        if (from === undefined && entry.value === undefined) return [];
        const object = from === undefined ? changed : objectId('Secret', pod.namespace, from.name);
        const text = `${entry.name} ${from === undefined ? 'is set in the template' : `comes from key ${from.key} of Secret ${from.name}`}`;
        return [{ object, place: from?.key ?? entry.name, evidence: citeField(owner, path, text) }];
      }),
    );
  const [first] = places;
  if (first === undefined || new Set(places.map((place) => place.object)).size > 1) return undefined;
  return { fault: 'credential', object: first.object, place: first.place, evidence: [first.evidence], ...facts };
}

type Facts = Omit<FaultyDependency, 'fault' | 'object' | 'place' | 'evidence'>;

function found(
  fault: FaultyDependency['fault'],
  { owner, path, name }: ConfiguredText,
  evidence: readonly Evidence[],
  facts: Facts,
): FaultyDependency {
  return { fault, object: owner, place: name === '' ? path : name, evidence, ...facts };
}
