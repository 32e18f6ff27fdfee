import type { Json, JsonObject } from '../../sources/contract.ts';
import type { Condition } from '../kinds/pod.ts';
import type { Labels, Requirement, Selector } from '../meta.ts';

/*
 * Reading untrusted JSON field by field. Every reader answers the wanted type or its neutral value; a field of the wrong
 * type counts as not there, as the API server would have refused it.
 */

const NO_OBJECT: JsonObject = Object.freeze({});
const NO_LIST: readonly Json[] = Object.freeze([]);
const NO_STRINGS: readonly string[] = Object.freeze([]);
export const NO_LABELS: Labels = Object.freeze({});

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readObject(parent: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  return isObject(value) ? value : NO_OBJECT;
}

/** Undefined when the field is not there or not an object: `{}` and absent often mean different things. */
export function readOptionalObject(parent: JsonObject, key: string): JsonObject | undefined {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  return isObject(value) ? value : undefined;
}

export function readList(parent: JsonObject, key: string): readonly Json[] {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  return Array.isArray(value) ? (value as readonly Json[]) : NO_LIST;
}

export function hasField(parent: JsonObject, key: string): boolean {
  return Object.hasOwn(parent, key) && parent[key] !== null && parent[key] !== undefined;
}

export function readObjects(parent: JsonObject, key: string): readonly JsonObject[] {
  return readList(parent, key).filter(isObject);
}

export function readStrings(parent: JsonObject, key: string): readonly string[] {
  const list = readList(parent, key);
  if (list.length === 0) return NO_STRINGS;
  return list.filter((item): item is string => typeof item === 'string');
}

export function readString(parent: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

export function readNumber(parent: JsonObject, key: string): number | undefined {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function readBoolean(parent: JsonObject, key: string): boolean | undefined {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  return typeof value === 'boolean' ? value : undefined;
}

/** IntOrString: a number, or a string that may be a name, a number or a percentage. */
export function readIntOrString(parent: JsonObject, key: string): number | string | undefined {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? value : undefined;
}

/** String maps (labels, annotations, data); values that are numbers or booleans by YAML accident become their text. */
export function readStringMap(parent: JsonObject, key: string): Labels {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  if (!isObject(value)) return NO_LABELS;
  const out: Record<string, string> = Object.create(null) as Record<string, string>;
  let any = false;
  for (const [name, entry] of Object.entries(value)) {
    if (typeof entry === 'string') out[name] = entry;
    else if (typeof entry === 'number' || typeof entry === 'boolean') out[name] = String(entry);
    else continue;
    any = true;
  }
  return any ? out : NO_LABELS;
}

/** RFC 3339 to epoch milliseconds. */
export function readTime(parent: JsonObject, key: string): number | undefined {
  const text = readString(parent, key);
  if (text === undefined) return undefined;
  return parseTime(text);
}

/** Times come in runs: the conditions of a Pod mostly changed together. */
let lastTime: { readonly text: string; readonly time: number | undefined } = { text: '', time: undefined };

function parseTime(text: string): number | undefined {
  if (text !== lastTime.text) {
    const time = Date.parse(text);
    lastTime = { text, time: Number.isNaN(time) ? undefined : time };
  }
  return lastTime.time;
}

/** metav1.LabelSelector; undefined when the field is absent (which selects nothing in some places and all in others). */
export function readSelector(parent: JsonObject, key: string): Selector | undefined {
  const raw = readOptionalObject(parent, key);
  if (raw === undefined) return undefined;
  const requirements: Requirement[] = [];
  for (const [label, value] of Object.entries(readStringMap(raw, 'matchLabels'))) {
    requirements.push({ key: label, operator: 'In', values: [value] });
  }
  for (const expression of readObjects(raw, 'matchExpressions')) {
    const label = readString(expression, 'key');
    const operator = readString(expression, 'operator');
    if (label === undefined) continue;
    if (operator === 'In' || operator === 'NotIn' || operator === 'Exists' || operator === 'DoesNotExist') {
      requirements.push({ key: label, operator, values: readStrings(expression, 'values') });
    }
  }
  return { requirements };
}

export function readConditions(parent: JsonObject): readonly Condition[] {
  return readObjects(parent, 'conditions').map((raw) => {
    const reason = readString(raw, 'reason');
    const message = readString(raw, 'message');
    const since = readTime(raw, 'lastTransitionTime');
    const condition: Writable<Condition> = {
      type: readString(raw, 'type') ?? '',
      status: readString(raw, 'status') ?? 'Unknown',
    };
    if (reason !== undefined) condition.reason = reason;
    if (message !== undefined) condition.message = message;
    if (since !== undefined) condition.since = since;
    return condition;
  });
}

/** For records of which there are very many: a literal with what is always there, then what may be. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Leaves out keys whose value is undefined: optional fields are absent, never `undefined`. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const out = {} as Record<string, unknown>;
  // Own keys only, since it is literals that are given; without a list of pairs for each of a million objects.
  for (const key in value) {
    const entry: unknown = value[key];
    if (entry !== undefined) out[key] = entry;
  }
  return out as { [K in keyof T]: Exclude<T[K], undefined> };
}
