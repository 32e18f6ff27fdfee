import { idOf } from '../../base/object-id.ts';
import { citeEvent, citeField } from '../../model/cite.ts';
import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Pod } from '../../model/kinds/pod.ts';

export interface VolumeFault {
  readonly message: string;
  readonly sure: boolean;
  readonly evidence: readonly Evidence[];
}

/** A Pod of this age whose containers still wait for a volume does so because the volume cannot be made. */
const PATIENCE = 60_000;

/** Why the volumes of a Pod that is stuck before its first container cannot be mounted: by events, else by look-up. */
export function findFailedVolume(model: ClusterModel, pod: Pod): VolumeFault | undefined {
  const started = pod.statuses.some((status) => status.state.kind === 'running' || status.state.kind === 'terminated');
  if (started || pod.nodeName === undefined) return undefined;
  const event = model
    .eventsAbout(idOf(pod))
    .filter((entry) => entry.reason === 'FailedMount' || entry.reason === 'FailedAttachVolume')
    // The summary of a timeout says which volume, but not why; the attempt itself does.
    .sort(
      (a, b) =>
        Number(/not found|non-existent|SetUp failed/.test(a.message)) -
        Number(/not found|non-existent|SetUp failed/.test(b.message)),
    )
    .at(-1);
  if (event !== undefined) return { message: event.message, sure: true, evidence: [citeEvent(event)] };
  if (model.now - (pod.startTime ?? pod.created ?? model.now) < PATIENCE) return undefined;
  for (const [index, volume] of pod.spec.volumes.entries()) {
    if (volume.optional || volume.source === undefined) continue;
    if (volume.kind !== 'ConfigMap' && volume.kind !== 'Secret') continue;
    // Made by the cluster itself, and left out of most dumps.
    if (volume.source === 'kube-root-ca.crt' || /-token-[a-z0-9]{5}$/.test(volume.source)) continue;
    if (model.get(volume.kind, pod.namespace, volume.source).state !== 'absent') continue;
    const message = `${volume.kind.toLowerCase()} "${volume.source}" not found`;
    return {
      message,
      sure: false,
      evidence: [
        citeField(
          pod,
          `spec.volumes[${index}]`,
          `volume ${volume.name} is ${volume.kind} ${volume.source}`,
          volume.source,
        ),
        {
          type: 'absence',
          what: `${volume.kind}/${pod.namespace}/${volume.source}`,
          text: `${volume.kind} ${pod.namespace}/${volume.source} does not exist`,
        },
      ],
    };
  }
  return undefined;
}
