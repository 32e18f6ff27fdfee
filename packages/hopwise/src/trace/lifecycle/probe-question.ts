import type { Evidence } from '../../model/evidence.ts';
import type { Container, Pod, Probe } from '../../model/kinds/pod.ts';
import type { ServicePort } from '../../model/kinds/service.ts';
import type { Workload } from '../../model/kinds/workload.ts';
import type { Json } from '../../sources/contract.ts';
import type { PathFacts } from './path-facts.ts';

export type ProbeRole = 'readiness' | 'liveness' | 'startup';

/** What is wrong about a probe and, where the facts say it, what it should be. */
export interface ProbeAdvice {
  /** The probe itself is wrong; otherwise it reports truly that the app does not serve. */
  readonly wrong: boolean;
  readonly text: string;
  /** Member of the probe to set, and its value. */
  readonly field?: string;
  readonly value?: Json;
  readonly evidence: readonly Evidence[];
}

export interface ProbeQuestion {
  readonly facts: PathFacts;
  readonly pod: Pod;
  readonly container: Container;
  readonly role: ProbeRole;
  readonly probe: Probe;
  readonly message: string | undefined;
  readonly service: ServicePort;
  readonly workload: Workload | undefined;
}
