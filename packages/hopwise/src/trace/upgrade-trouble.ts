import { displayId, idOf, type ObjectId } from '../base/object-id.ts';
import { citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { JsonObject } from '../sources/contract.ts';
import type { FailureMode } from '../sources/failure.ts';
import type { AccessEntry, BackendErrorEntry } from '../sources/observations.ts';
import { citeSetting } from './cite-setting.ts';
import { isCutSession } from './cut-sessions.ts';
import { logEvidence } from './log-evidence.ts';
import type { PathObservations } from './observed.ts';
import { observedMode } from './path-queries.ts';
import { responseEvidence } from './response-modes.ts';
import { strangerReplica } from './session-affinity.ts';
import type { Trace } from './trace.ts';
import { tunnelKnob } from './tunnel-knob.ts';
import { upgradeSupport } from './upgrade-support.ts';

/** Why a WebSocket does not start or does not last, where to change it and how. */
export interface UpgradeTrouble {
  readonly object: ObjectId;
  readonly certainty: 'proven' | 'strong' | 'likely' | 'possible';
  readonly modes: readonly FailureMode[];
  readonly partial: boolean;
  readonly evidence: readonly Evidence[];
  /** What stands in the way, as a clause. */
  readonly why: string;
  readonly symptom: string;
  readonly advice: string;
  readonly patches: readonly { readonly object: ObjectId; readonly type: 'merge'; readonly patch: JsonObject }[];
  readonly reached: (after: Asked) => boolean;
}

interface Asked {
  readonly model: ClusterModel;
  readonly trace: Trace;
  readonly seen: PathObservations;
}

export function upgradeTrouble(world: Asked): UpgradeTrouble | undefined {
  const { trace, seen } = world;
  const stranger = strangerReplica(world);
  if (stranger !== undefined) return withoutAffinity(trace, stranger);
  if (trace.request.protocol !== 'websocket') return undefined;
  if (seen.failing && (seen.status === 101 || seen.status === undefined)) {
    const ended =
      seen.access.findLast((entry) => isCutSession(trace.request, entry)) ??
      seen.errors.findLast((entry) => entry.mode === 'read-timeout' && /upgraded connection/.test(entry.phrase));
    return ended === undefined ? undefined : cutByTimeout(world, ended);
  }
  if (!seen.failing && (seen.now === 'none' || seen.now === 'recovered')) return undefined;
  // A connection that cannot be made is no matter of the upgrade.
  const broken = observedMode(
    seen,
    'refused',
    'connect-timeout',
    'no-endpoints',
    'no-service',
    'no-route-to-host',
    'dns-failure',
    'tls-handshake',
  );
  return broken === undefined ? notForwarded(world) : undefined;
}

function notForwarded(world: Asked): UpgradeTrouble | undefined {
  const { trace, seen } = world;
  const support = upgradeSupport(world);
  const got = seen.status;
  const object = support.object === undefined ? trace.rule?.object : idOf(support.object);
  const known = support.state === 'no';
  // Forwarded, as far as known: only an answer that is neither 101 nor an error of a proxy speaks of the backend.
  if (object === undefined || (!known && (got === undefined || got >= 500))) return undefined;
  const evidence: Evidence[] = [];
  if (support.object !== undefined) evidence.push(citeField(support.object, support.path, support.why, support.value));
  if (seen.response !== undefined && got !== undefined)
    evidence.push(responseEvidence(seen.response, `an Upgrade request got ${got}, not 101`));
  const line = seen.access.findLast((entry) => entry.status !== undefined && entry.status !== 101);
  if (line !== undefined) evidence.push(logEvidence(line, `answered ${line.status} instead of 101`));
  // A page, or a WebSocket server's own "Upgrade Required", says plainly that no upgrade arrived where it belongs.
  const page = got === 200 && /text\/html/.test(seen.response?.headers['content-type'] ?? '');
  return {
    object,
    certainty: known ? (got === undefined ? 'strong' : 'proven') : page || got === 426 ? 'likely' : 'possible',
    modes: ['upgrade-failed', 'passed-on'],
    partial: false,
    evidence,
    why: known ? support.why : `the backend of this rule answers a plain ${got}: it serves no WebSocket here`,
    symptom: got === undefined ? 'no upgrade reaches the app' : `the client gets ${got} instead of 101`,
    advice: support.advice ?? `Route the WebSocket’s path to the Service that serves it (${displayId(object)})`,
    patches: support.patches,
    reached: (after) => upgradeSupport(after).state !== 'no',
  };
}

function cutByTimeout(world: Asked, line: AccessEntry | BackendErrorEntry): UpgradeTrouble | undefined {
  const { model, trace } = world;
  const knob = tunnelKnob(world);
  const object = knob?.object ?? trace.rule?.object;
  if (object === undefined) return undefined;
  const cited = citeSetting(model, knob?.setting, 'how long the gateway keeps a silent connection');
  const seconds = knob?.setting === undefined ? undefined : knob.setting.value / 1000;
  const after = seconds === undefined ? 'after a while' : `after ${seconds} s`;
  const ping = seconds === undefined ? 'before the timeout' : `more often than every ${seconds} s`;
  return {
    object,
    certainty: 'proven',
    modes: ['read-timeout', 'upgrade-failed'],
    partial: true,
    evidence: [logEvidence(line, 'a timeout ends an upgraded connection'), ...(cited === undefined ? [] : [cited])],
    why: `the gateway ends connections on which nothing is sent ${after}`,
    symptom: 'the client is disconnected after its 101 (close code 1006)',
    advice: `Send a ping ${ping}, or ${knob === undefined ? 'raise the timeout of upgraded connections' : `set ${knob.name} on ${displayId(object)}`}`,
    patches: knob?.patches ?? [],
    reached: (done) => knob?.reached(done) ?? false,
  };
}

const AFFINITY = { 'nginx.ingress.kubernetes.io/affinity': 'cookie' };

function withoutAffinity(trace: Trace, answer: Evidence): UpgradeTrouble | undefined {
  const object = trace.rule?.object;
  if (object === undefined) return undefined;
  const nginx = trace.gateway?.dialect === 'ingress-nginx';
  return {
    object,
    certainty: 'strong',
    modes: ['passed-on', 'upgrade-failed'],
    partial: true,
    evidence: [answer],
    why: 'the requests of one session reach different replicas',
    symptom: 'a replica that does not know the session refuses it',
    advice: `Keep a session on one replica (cookie affinity on ${displayId(object)}), or share sessions between replicas`,
    patches: nginx ? [{ object, type: 'merge', patch: { metadata: { annotations: AFFINITY } } }] : [],
    reached: (after) => after.trace.rule?.settings.affinity !== undefined,
  };
}
