import type { ServicePort } from '../model/kinds/service.ts';
import type { PathFacts } from './lifecycle/path-troubles.ts';
import { observedMode } from './path-queries.ts';
import { mentions, type TargetPort } from './target-port.ts';

/** How sure it is that nothing listens on the target port; undefined when nothing worth saying speaks for it. */
export type PortDoubt = 'proven' | 'strong' | 'likely' | 'possible' | undefined;

/** An undeclared port proves nothing: it takes a refusal, the process's own word, or everything else pointing elsewhere. */
export function doubtTarget({ seen }: PathFacts, target: TargetPort): PortDoubt {
  const { refused, heard, said, declared, configured, agreeing } = target;
  const undeclared = declared.length > 0 && declared.every((entry) => entry.port.port !== target.number);
  if (refused) return heard.length > 0 ? 'proven' : undeclared ? 'strong' : 'likely';
  if (observedMode(seen, 'refused') !== undefined) return heard.length > 0 || agreeing >= 2 ? 'strong' : 'likely';
  if (said) {
    if (undeclared) return 'strong';
    // Not every listener is logged: a port that the manifest names may be one of them.
    return seen.failing || declared.length === 0 ? 'likely' : undefined;
  }
  if (configured || !undeclared) return undefined;
  const documented = heard.every((port) => declared.some((entry) => entry.port.port === port));
  if (heard.length > 0) {
    // A probe on a port that is not declared either shows that this manifest does not list what is served.
    if (!documented) return seen.failing ? 'possible' : undefined;
    return declared.length === 1 || agreeing >= 4 ? 'strong' : seen.failing || agreeing >= 3 ? 'likely' : undefined;
  }
  if (agreeing >= 2) return 'likely';
  // Of the public manifests looked at, one-port workloads whose Service targets another port were all broken.
  if (agreeing >= 1 && declared.length === 1) return 'likely';
  return seen.failing ? 'possible' : undefined;
}

/** The Service agrees with what the workload says of itself; the process does not. */
export function isWorkloadsFault(port: ServicePort, target: TargetPort): boolean {
  if (typeof port.targetPort === 'string') return true;
  const declared = target.declared.find((entry) => entry.port.port === target.number);
  if (declared === undefined) return false;
  const { readiness, liveness } = declared.container;
  const probed = [readiness?.port, liveness?.port].some(
    (probe) => probe === target.number || (probe !== undefined && probe === declared.port.name),
  );
  return probed || (target.meant !== undefined && mentions(declared.container, target.meant));
}
