// The controller cannot load the configuration it generated because one object in it is invalid. The proxy keeps running
// with the last good configuration: new Pods, routes and certificates are missing until the object is mended.
import { displayId, idOf, type ObjectId, objectId } from '../../../base/object-id.ts';
import { citeEvent } from '../../../model/cite.ts';
import type { ClusterModel } from '../../../model/cluster-model.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { ClusterEvent } from '../../../model/kinds/cluster.ts';
import type { ControllerEntry } from '../../../sources/observations.ts';
import { logEvidence } from '../../../trace/log-evidence.ts';
import { staleAddresses } from '../../../trace/stale-addresses.ts';
import type { Certainty, Fact } from '../../check.ts';
import { defineCheck } from '../../define.ts';

interface Rejected extends Fact {
  readonly message: string;
}

/** Reasons that controllers give to events about an object that makes a whole configuration fail. */
const REJECTION =
  /ConfigurationApplyFailed|ConfigurationTranslationFailed|^Rejected|AddedOrUpdatedWithError|UpdatedWithError|ConfigError|InvalidConfig|SyncError|^RELOAD/i;

export default defineCheck<Rejected>({
  cause: 'gateway-config-rejected',
  reads: ['Event', 'Ingress', 'Pod'],
  since: '0.1.0',
  explains: ['gateway-config-stale', 'stale-endpoints', 'path-not-matched', 'host-not-matched', 'no-ready-endpoints'],
  *find(world) {
    const { seen, model, trace } = world;
    if (!seen.failing) return;
    const refusals = seen.controller.filter((entry) => entry.event === 'config-rejected');
    const event = latestRejection(model);
    const last = refusals.at(-1);
    if (last === undefined && event === undefined) return;
    // A later success of the same controller ends it.
    const applied = seen.controller.findLast((entry) => entry.event === 'config-applied');
    if (last !== undefined && applied?.time !== undefined && last.time !== undefined && applied.time > last.time)
      return;
    const object = event?.about ?? subjectOf(model, last) ?? trace.gateway?.rejects?.[0]?.object;
    if (object === undefined) return;
    const evidence: Evidence[] = [];
    if (event !== undefined) evidence.push(citeEvent(event));
    if (last !== undefined) evidence.push(logEvidence(last, last.message, refusals.length));
    const stale = staleAddresses(world);
    evidence.push(...stale.evidence);
    const effect =
      stale.addresses.length > 0 ||
      trace.decision.kind === 'none' ||
      world.seen.modes.some((mode) => mode.mode === 'no-endpoints' || mode.mode === 'no-route');
    const certainty: Certainty =
      effect && last !== undefined
        ? 'proven'
        : effect
          ? 'strong'
          : event !== undefined && event.about === trace.rule?.object
            ? 'likely'
            : 'possible';
    yield {
      object,
      certainty,
      modes: [
        'refused',
        'no-route-to-host',
        'connect-timeout',
        'no-route',
        'no-endpoints',
        'wrong-backend',
        'no-live-endpoint',
      ],
      evidence,
      message: event?.message ?? last?.message ?? '',
    };
  },
  describe: ({ object, message }) => ({
    headline: `${displayId(object)} makes the gateway refuse its configuration`.slice(0, 80),
    why: `The controller cannot apply its configuration (${message.slice(0, 140)}), so the proxy keeps an old one.`,
    chain: [
      `${displayId(object)}: ${message.slice(0, 100)}`,
      'every new configuration is refused as a whole',
      'the proxy keeps the last good one',
      'it sends to Pods that are gone or lacks the route',
    ],
  }),
  fix: ({ object, message }) => ({
    summary: `Mend or remove ${displayId(object)}: ${message.slice(0, 120)}`,
    level: 'review',
    patches: [],
    commands: [],
  }),
  prove: ({ object }) => {
    const [kind = '', namespace = '', name = ''] = object.split('/');
    return [
      {
        command: `kubectl describe ${kind.toLowerCase()} ${name} -n ${namespace}`,
        expect: 'the event with the reason',
      },
    ];
  },
});

function latestRejection(model: ClusterModel): ClusterEvent | undefined {
  const recent = model
    .list('Event')
    .filter(
      (event) => REJECTION.test(event.reason) && event.type !== 'Normal' && (event.last ?? 0) > model.now - 3_600_000,
    )
    .sort((a, b) => (b.last ?? 0) - (a.last ?? 0));
  // Controllers report the fault on their own Pod too; the object that holds it is the one to change.
  return recent.find((event) => !/^(?:Pod|Deployment|DaemonSet)\//.test(event.about)) ?? undefined;
}

function subjectOf(model: ClusterModel, entry: ControllerEntry | undefined): ObjectId | undefined {
  if (entry?.subject === undefined) return undefined;
  const parts = entry.subject.split('/');
  if (parts.length === 3) return objectId(parts[0] ?? '', parts[1] ?? '', parts[2] ?? '');
  const ingress = model.get('Ingress', parts[0] ?? '', parts[1] ?? '');
  return ingress.state === 'found' ? idOf(ingress.value) : undefined;
}
