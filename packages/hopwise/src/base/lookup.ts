/**
 * Three-valued answer to "does this exist?". `unknown` is never turned into `absent`: it says why nobody could look
 * and what (a permission, a file) would settle it.
 */
export type Lookup<T> = Found<T> | Absent | Unknown;
export interface Found<T> {
  readonly state: 'found';
  readonly value: T;
}
export interface Absent {
  readonly state: 'absent';
}
export interface Unknown {
  readonly state: 'unknown';
  readonly why: string;
  readonly settledBy?: string;
}

export const ABSENT: Absent = { state: 'absent' };

export function found<T>(value: T): Found<T> {
  return { state: 'found', value };
}

export function unknown(why: string, settledBy?: string): Unknown {
  return settledBy === undefined ? { state: 'unknown', why } : { state: 'unknown', why, settledBy };
}

/** The value when found, otherwise undefined: for callers that treat absent and unknown alike on purpose. */
export function valueOf<T>(lookup: Lookup<T>): T | undefined {
  return lookup.state === 'found' ? lookup.value : undefined;
}
