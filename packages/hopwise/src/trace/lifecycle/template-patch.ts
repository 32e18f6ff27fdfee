import { pointerOf } from '../../base/json-pointer.ts';
import type { Container } from '../../model/kinds/pod.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import type { Json } from '../../sources/contract.ts';
import { containerPath } from './container-place.ts';

/**
 * An RFC 6902 operation on a container of a workload's template: `add` sets or replaces a member. Undefined when the
 * container is not one of the template's (an injected sidecar).
 */
export function setInContainer(
  workload: Workload,
  container: Container,
  field: string,
  value: Json,
): { readonly [key: string]: Json } | undefined {
  const { spec } = workload.template;
  if (!spec.containers.some((entry) => entry.name === container.name)) return undefined;
  const path = pointerOf(`${containerPath(workload, spec, container)}.${field}`);
  return path === undefined ? undefined : { op: 'add', path, value };
}
