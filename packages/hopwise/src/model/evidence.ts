import type { ObjectId } from '../base/object-id.ts';

/** Every statement of a report traces back to one of these. `text` is the sentence a reader sees; it is data, never markup. */
export type Evidence =
  | FieldEvidence
  | AbsenceEvidence
  | LogEvidence
  | EventEvidence
  | ProbeEvidence
  | ResponseEvidence
  | TimingEvidence;

export interface FieldEvidence {
  readonly type: 'field';
  readonly text: string;
  readonly object: ObjectId;
  /** `spec.ports[0].targetPort` */
  readonly path: string;
  readonly value?: string;
  readonly file?: string;
  readonly line?: number;
}
/** Something is not there, and the kind it would be of was completely read. */
export interface AbsenceEvidence {
  readonly type: 'absence';
  readonly text: string;
  readonly what: string;
}
export interface LogEvidence {
  readonly type: 'log';
  readonly text: string;
  readonly file: string;
  readonly line: number;
  /** Epoch milliseconds. */
  readonly time?: number;
  /** The line itself, shortened. */
  readonly quote: string;
  /** How many lines say the same. */
  readonly count?: number;
}
export interface EventEvidence {
  readonly type: 'event';
  readonly text: string;
  readonly object: ObjectId;
  readonly reason: string;
  readonly time?: number;
  readonly count?: number;
}
export interface ProbeEvidence {
  readonly type: 'probe';
  readonly text: string;
}
export interface ResponseEvidence {
  readonly type: 'response';
  readonly text: string;
  readonly file?: string;
}
export interface TimingEvidence {
  readonly type: 'timing';
  readonly text: string;
}
