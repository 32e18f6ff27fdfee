import type { ClusterModel } from '../../model/cluster-model.ts';
import type { Container } from '../../model/kinds/pod.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import { podMakers } from '../intent/pod-makers.ts';

interface ImageName {
  /** Registry and path without the last part. */
  readonly family: string;
  readonly repository: string;
  readonly tag: string;
}

/**
 * The image with the tag that the other images of its family (same registry and organisation) have in this namespace: a
 * release is usually rolled out as one. Undefined unless at least two of them agree and none differs.
 */
export function neighbourImage(model: ClusterModel, workload: Workload, container: Container): string | undefined {
  const own = parseImage(container.image);
  if (own === undefined) return undefined;
  const tags = podMakers(model, workload.namespace)
    .filter((maker) => maker.meta.name !== workload.name)
    .flatMap((maker) => maker.spec?.containers ?? [])
    .flatMap((entry) => parseImage(entry.image) ?? [])
    .filter((image) => image.family === own.family);
  const [first] = tags;
  if (first === undefined || tags.length < 2 || tags.some((image) => image.tag !== first.tag)) return undefined;
  return first.tag === own.tag ? undefined : `${own.repository}:${first.tag}`;
}

function parseImage(image: string): ImageName | undefined {
  const bare = image.replace(/@sha256:[0-9a-f]{64}$/, '');
  const match = /^([^\s:]{1,200}(?::\d{1,5}\/[^\s:]{1,200})?):([\w][\w.-]{0,127})$/.exec(bare);
  const slash = match?.[1]?.lastIndexOf('/') ?? -1;
  if (match === null || slash < 1) return undefined;
  return { family: (match[1] ?? '').slice(0, slash), repository: match[1] ?? '', tag: match[2] ?? '' };
}
