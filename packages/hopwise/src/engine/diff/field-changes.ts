import type { FieldChange } from '../../report/diagnosis.ts';
import type { Json, JsonObject } from '../../sources/contract.ts';

/** Fields that change without anybody changing anything: versions, heartbeats, times of observation. */
const RESTLESS: ReadonlySet<string> = new Set([
  'resourceVersion',
  'managedFields',
  'generation',
  'observedGeneration',
  'selfLink',
  'uid',
  'creationTimestamp',
  'lastHeartbeatTime',
  'lastTransitionTime',
  'lastProbeTime',
  'lastUpdateTime',
  'lastUpdated',
  'lastScaleTime',
  'lastScheduleTime',
  'lastSuccessfulTime',
  'renewTime',
  'collisionCount',
  'currentMetrics',
  'images',
  'volumesInUse',
  'volumesAttached',
]);
/** Annotations that controllers count in. */
const RESTLESS_ANNOTATIONS: ReadonlySet<string> = new Set([
  'deployment.kubernetes.io/revision',
  'control-plane.alpha.kubernetes.io/leader',
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
  'volumes.kubernetes.io/controller-managed-attach-detach',
]);
/** How many Pods a workload has: told by its Pods. */
const COUNTS = /(?:[rR]eplicas|Scheduled|Misscheduled|numberReady|numberAvailable|numberUnavailable)$/;
/** What names an item of a list, in the order of trust. */
const KEYS = ['name', 'type', 'key', 'host', 'path', 'port', 'ip', 'sectionName'] as const;
const MAX_FIELDS = 200;
const MAX_LINES = 20;
const MAX_TEXT = 600;

/** The fields in which two versions of an object differ, in the order of the newer one. */
export function fieldChanges(before: JsonObject, after: JsonObject): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  compareObjects(before, after, '', changes);
  return changes.slice(0, MAX_FIELDS);
}

/** Was the object deleted and made again? */
export function isRecreated(before: JsonObject, after: JsonObject): boolean {
  const [old, young] = [uidOf(before), uidOf(after)];
  return old !== undefined && young !== undefined && old !== young;
}

function uidOf({ metadata }: JsonObject): string | undefined {
  return isObject(metadata) && typeof metadata.uid === 'string' ? metadata.uid : undefined;
}

function compareObjects(before: JsonObject, after: JsonObject, path: string, changes: FieldChange[]): void {
  for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
    if (path === 'status' && COUNTS.test(key)) continue;
    if (RESTLESS.has(key) || (path === 'metadata.annotations' && RESTLESS_ANNOTATIONS.has(key))) continue;
    // An apiVersion is how it was asked for, not what it is.
    if (path === '' && (key === 'apiVersion' || key === 'kind')) continue;
    compare(own(before, key), own(after, key), step(path, key), changes);
  }
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function compare(before: Json | undefined, after: Json | undefined, path: string, changes: FieldChange[]): void {
  if (changes.length > MAX_FIELDS || before === after) return;
  // Status is filled in by controllers: a field that only one side has says how far they were, or how much was captured.
  if ((before === undefined || after === undefined) && /^status\b/.test(path)) return;
  // Labels and annotations one by one, also where there were none at all.
  if (path.startsWith('metadata.') && (isObject(before) || isObject(after))) {
    compareObjects(isObject(before) ? before : {}, isObject(after) ? after : {}, path, changes);
    return;
  }
  if (isObject(before) && isObject(after)) compareObjects(before, after, path, changes);
  else if (Array.isArray(before) && Array.isArray(after)) compareLists(before, after, path, changes);
  else if (typeof before === 'string' && typeof after === 'string' && /\n/.test(before + after)) {
    const lines = changedLines(before, after);
    if (lines !== undefined) changes.push({ path, ...lines });
  } else if (JSON.stringify(before) !== JSON.stringify(after))
    changes.push({ path, ...written('before', before), ...written('after', after) });
}

function compareLists(before: readonly Json[], after: readonly Json[], path: string, changes: FieldChange[]): void {
  const key = KEYS.find((name) => isKeyOf(name, before) && isKeyOf(name, after));
  if (key !== undefined) {
    const [old, young] = [byKey(before, key), byKey(after, key)];
    for (const name of new Set([...young.keys(), ...old.keys()])) {
      compare(old.get(name), young.get(name), `${path}[${name}]`, changes);
    }
    return;
  }
  if (before.length === after.length && before.some(isObject)) {
    for (const [index, item] of after.entries()) compare(before[index], item, `${path}[${index}]`, changes);
    return;
  }
  const [old, young] = [
    new Set(before.map((item) => JSON.stringify(item))),
    new Set(after.map((item) => JSON.stringify(item))),
  ];
  const gone = before.filter((item) => !young.has(JSON.stringify(item)));
  const come = after.filter((item) => !old.has(JSON.stringify(item)));
  if (gone.length > 0 || come.length > 0) {
    changes.push({
      path,
      ...(gone.length > 0 ? written('before', gone) : {}),
      ...(come.length > 0 ? written('after', come) : {}),
    });
  } else if (JSON.stringify(before) !== JSON.stringify(after)) {
    changes.push({ path, ...written('before', before), ...written('after', after) });
  }
}

function isKeyOf(key: string, list: readonly Json[]): boolean {
  const names = list.map((item) => (isObject(item) ? item[key] : undefined));
  return (
    names.every((name) => typeof name === 'string' || typeof name === 'number') && new Set(names).size === names.length
  );
}

function byKey(list: readonly Json[], key: string): Map<string, Json> {
  return new Map(list.map((item) => [isObject(item) ? String(item[key]) : '', item]));
}

/** The lines that only one of two texts has; undefined when they differ in nothing but order and spaces at line ends. */
function changedLines(before: string, after: string): Pick<FieldChange, 'before' | 'after'> | undefined {
  const [old, young] = [before, after].map((text) => text.split('\n').map((line) => line.trimEnd()));
  const gone = without(old ?? [], young ?? []);
  const come = without(young ?? [], old ?? []);
  if (gone.length === 0 && come.length === 0)
    return before.trim() === after.trim()
      ? undefined
      : { before: 'lines in another order', after: 'lines in another order' };
  return {
    ...(gone.length === 0 ? {} : { before: joinLines(gone) }),
    ...(come.length === 0 ? {} : { after: joinLines(come) }),
  };
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0 && line.trim() !== '';
  });
}

function joinLines(lines: readonly string[]): string {
  const more = lines.length > MAX_LINES ? [`… ${lines.length - MAX_LINES} more lines`] : [];
  return cut([...lines.slice(0, MAX_LINES).map((line) => line.trim()), ...more].join('\n'));
}

function written(side: 'before' | 'after', value: Json | undefined): Pick<FieldChange, 'before' | 'after'> {
  if (value === undefined) return {};
  return { [side]: cut(typeof value === 'string' ? value : JSON.stringify(value)) };
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function step(path: string, key: string): string {
  if (/^[A-Za-z_][\w-]*$/.test(key)) return path === '' ? key : `${path}.${key}`;
  return `${path}[${JSON.stringify(key)}]`;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
