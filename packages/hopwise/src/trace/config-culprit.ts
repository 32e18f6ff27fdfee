import { type ObjectId, objectId, splitId } from '../base/object-id.ts';
import { citeEvent, citeField } from '../model/cite.ts';
import type { ClusterModel } from '../model/cluster-model.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Meta } from '../model/meta.ts';
import { type ConfigText, configTexts, describedBy } from './config-texts.ts';
import type { RejectedConfig } from './rejected-config.ts';
import type { Trace } from './trace.ts';

/** The object that makes a gateway's configuration fail, as far as anything says. */
export interface Culprit {
  readonly object: ObjectId;
  /** The field that is wrong, when it is known. */
  readonly field: string | undefined;
  /** named: the controller names it; shown: what it holds cannot be valid, or is quoted by the message; suspected: likeliest. */
  readonly sureness: 'named' | 'shown' | 'suspected';
  readonly why: string;
  readonly evidence: readonly Evidence[];
}

/** Looks for the object that a standing rejection is about: what names it, what is known to be refused, what fits the words. */
export function findCulprit(model: ClusterModel, trace: Trace, rejection: RejectedConfig): Culprit | undefined {
  return (
    byEvent(model, rejection) ??
    bySubject(model, rejection) ??
    byDialect(model, trace) ??
    byWords(model, trace, rejection)
  );
}

function byEvent(model: ClusterModel, rejection: RejectedConfig): Culprit | undefined {
  const event = rejection.events.find(({ about }) => model.object(about) !== undefined);
  if (event === undefined) return undefined;
  const object = model.object(event.about) as Meta;
  const field = configTexts(object).find((text) => describedBy(text, [event.message]) > 0)?.path;
  return { object: event.about, field, sureness: 'named', why: event.message, evidence: [citeEvent(event)] };
}

/** The line names an object, or holds the `namespace/name` of one. Pods and what made them hold no configuration. */
function bySubject(model: ClusterModel, { lines }: RejectedConfig): Culprit | undefined {
  for (const line of [...lines].reverse()) {
    const [first = '', second = '', third] = (line.subject ?? '').split('/');
    const named = third === undefined ? objectId('Ingress', first, second) : objectId(first, second, third);
    const mentioned = [...line.message.matchAll(/\b([a-z0-9][a-z0-9-]{0,62})\/([a-z0-9][a-z0-9.-]{0,252})\b/g)].map(
      ([, namespace = '', name = '']) => objectId('Ingress', namespace, name),
    );
    for (const id of [named, ...mentioned]) {
      const { kind } = splitId(id);
      if (kind === 'Pod' || kind === 'Deployment' || kind === 'DaemonSet' || model.object(id) === undefined) continue;
      return { object: id, field: undefined, sureness: 'named', why: line.message, evidence: [] };
    }
  }
  return undefined;
}

function byDialect(model: ClusterModel, { gateway }: Trace): Culprit | undefined {
  for (const { object: id, path, why } of gateway?.rejects ?? []) {
    const object = model.object(id);
    if (object !== undefined)
      return { object: id, field: path, sureness: 'shown', why, evidence: [citeField(object, path, why)] };
  }
  return undefined;
}

interface Suspect {
  readonly object: Meta;
  readonly text: ConfigText;
  readonly points: number;
  readonly why: string;
}

/** Of all that the gateway reads, the piece that fits the message best, or cannot be right by its form. */
function byWords(model: ClusterModel, trace: Trace, { texts, since }: RejectedConfig): Culprit | undefined {
  const suspects = configObjects(model, trace).flatMap((object): Suspect[] =>
    configTexts(object).flatMap((text): Suspect[] => {
      const quoted = describedBy(text, texts);
      const { fault } = text;
      if (quoted === 0 && fault === undefined && !text.free) return [];
      const fresh = since !== undefined && object.created !== undefined && Math.abs(object.created - since) < 900_000;
      const works = !isWithoutEffect(trace, object, text);
      const points = (quoted > 0 ? 3 : 0) + (fault === undefined ? 0 : 3) + (text.free ? 1 : 0) + (fresh ? 2 : 0);
      return [{ object, text, points: works ? points : Math.min(points, 1), why: describeSuspect(text, quoted > 0) }];
    }),
  );
  suspects.sort((a, b) => b.points - a.points);
  const [best, second] = suspects;
  if (best === undefined) return undefined;
  const alone = second === undefined || second.points < best.points || second.object === best.object;
  return {
    object: objectId(best.object.kind, best.object.namespace, best.object.name),
    field: best.text.path,
    sureness: alone && best.points >= 3 ? 'shown' : 'suspected',
    why: best.why,
    evidence: [citeField(best.object, best.text.path, best.why, best.text.value.slice(0, 160))],
  };
}

function describeSuspect({ name, fault }: ConfigText, quoted: boolean): string {
  if (fault !== undefined) return `${name} has ${fault}`;
  return quoted ? `${name} holds what the controller complains about` : `${name} goes into the configuration as it is`;
}

/** Routes of this gateway and the ConfigMaps beside its Pods. */
function configObjects(model: ClusterModel, { gateway }: Trace): readonly Meta[] {
  const ids = new Set(
    gateway?.hosts.flatMap((host) => [...host.objects, ...host.rules.map((rule) => rule.object)]) ?? [],
  );
  const namespaces = new Set(gateway?.pods.state === 'found' ? gateway.pods.value.map((pod) => pod.namespace) : []);
  const rejected = model
    .list('Ingress')
    .filter((ingress) => !ids.has(objectId('Ingress', ingress.namespace, ingress.name)));
  return [
    ...[...ids].flatMap((id) => model.object(id) ?? []),
    ...[...namespaces].flatMap((namespace) => model.listIn('ConfigMap', namespace)),
    // An Ingress that the dialect takes for refused may have come in all the same, by a flag that was not seen.
    ...rejected.filter((ingress) => ingress.className === splitId(gateway?.object ?? objectId('', '', '')).name),
  ];
}

/** The dialect knows that the controller makes nothing of it. */
function isWithoutEffect({ gateway }: Trace, object: Meta, text: ConfigText): boolean {
  const id = objectId(object.kind, object.namespace, object.name);
  const listed = gateway?.hosts.flatMap((host) => host.rules).filter((rule) => rule.object === id) ?? [];
  if (listed.length === 0 && object.kind === 'Ingress') return true;
  return listed.some((rule) => rule.notUnderstood.some((note) => note.path === text.path && note.effect === 'ignored'));
}
