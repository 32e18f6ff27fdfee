import type { ServicePort } from '../model/kinds/service.ts';
import type { PathFacts } from './lifecycle/path-facts.ts';
import { observedMode } from './path-queries.ts';
import type { TargetPort } from './target-port.ts';
import { mentions } from './target-port-votes.ts';

/** How sure it is that nothing listens on the target port; undefined when nothing worth saying speaks for it. */
export type PortDoubt = 'proven' | 'strong' | 'likely' | 'possible' | undefined;

/** An undeclared port proves nothing: it takes a refusal, the process's own word, or everything else pointing elsewhere. */
export function doubtTarget({ seen }: PathFacts, target: TargetPort, told = false): PortDoubt {
  const { refused, heard, said, declared, configured, agreeing } = target;
  const undeclared = declared.length > 0 && declared.every((entry) => entry.port.port !== target.number);
  if (refused) return heard.length > 0 ? 'proven' : undeclared ? 'strong' : 'likely';
  if (told || observedMode(seen, 'refused') !== undefined)
    return heard.length > 0 || agreeing >= 2 ? 'strong' : 'likely';
  if (said) {
    if (undeclared && !configured && target.counterpart) return 'strong';
    // Not every listener is logged: a port that the manifest or a setting names may be one of them.
    return seen.failing || (declared.length === 0 && !configured) ? 'likely' : undefined;
  }
  if (configured || !undeclared) return undefined;
  // A process may serve ports beside those it declares: only the counterpart of this very Service port tells something.
  if (!target.counterpart) return seen.failing ? 'possible' : undefined;
  if (target.undocumented) return seen.failing ? 'possible' : undefined;
  if (heard.length > 0) return declared.length === 1 || agreeing >= 4 ? 'strong' : 'likely';
  // Of the public manifests looked at, one-port workloads whose Service targets another port were all broken.
  return agreeing >= 2 || declared.length === 1 ? 'likely' : 'possible';
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
