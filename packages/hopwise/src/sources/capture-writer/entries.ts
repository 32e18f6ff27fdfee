import type { Spool, SpooledKind, SpooledLog } from './spool.ts';

/** One file of a capture; its bytes come in chunks and are as many as `size` says. */
export interface CaptureEntry {
  /** `/`-separated, inside the capture. */
  readonly path: string;
  readonly size: number;
  chunks(): Iterable<Uint8Array>;
}

const CHUNK = 256 * 1024;

/**
 * The objects of one kind as a List with one object per line: read at the speed of JSON, and two captures can be compared
 * line by line.
 */
export function objectsEntry(spool: Spool, { kind, group, objects }: SpooledKind): CaptureEntry {
  const head = Buffer.from('{"apiVersion":"v1","kind":"List","items":[\n');
  const joint = Buffer.from(',\n');
  const tail = Buffer.from('\n]}\n');
  const content = objects.reduce((sum, object) => sum + object.length, 0);
  return {
    path: `objects/${safeName(group === '' ? kind : `${kind}.${group}`)}.json`,
    size: head.length + content + Math.max(0, objects.length - 1) * joint.length + tail.length,
    *chunks() {
      let parts: Buffer[] = [head];
      let size = head.length;
      for (const [index, object] of objects.entries()) {
        if (index > 0) parts.push(joint);
        parts.push(spool.readObject(object));
        size += object.length + joint.length;
        if (size >= CHUNK) {
          yield Buffer.concat(parts);
          parts = [];
          size = 0;
        }
      }
      yield Buffer.concat([...parts, tail]);
    },
  };
}

/** `logs/NAMESPACE/POD/CONTAINER.log`; of a log that was cut only the end, from byte `from` on. */
export function logEntry(spool: Spool, log: SpooledLog, from = 0): CaptureEntry {
  return {
    path: logPath(log),
    size: log.length - from,
    *chunks() {
      yield spool.readLog(log).subarray(from);
    },
  };
}

export function logPath({ namespace, pod, container, previous }: SpooledLog): string {
  const steps = [namespace, pod, container].map((step) => safeName(step));
  return `logs/${steps.join('/')}${previous ? '.previous' : ''}.log`;
}

export function textEntry(path: string, text: string): CaptureEntry {
  const bytes = Buffer.from(text);
  return {
    path,
    size: bytes.length,
    *chunks() {
      yield bytes;
    },
  };
}

/** A name as one step of a path, whatever a hostile source calls its objects. Kubernetes' own names stay as they are. */
export function safeName(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 253);
  return safe === '' ? '_' : safe;
}
