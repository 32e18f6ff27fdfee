import type { Json, JsonObject, ReadProblem, Sink } from '../contract.ts';
import type { InputFile } from './input-file.ts';
import { FileLines, PlacedOrigin } from './locate.ts';
import { type FileHints, hasLived, identifyObject, isEmptyList, isObject } from './object-identity.ts';
import { type ListHeader, type PieceReceiver, type Place, UNRENDERED } from './pieces.ts';
import { redactObject } from './redact.ts';

/** What reading a file needs to know of the read it belongs to. */
export interface ReadContext {
  readonly sink: Sink;
  readonly signal: AbortSignal;
  readonly totals: ReadTotals;
  /** Objects handed on so far, in layouts that hold the same object several times. */
  readonly seen?: Set<string>;
  /** Sees every object on its way, for layouts that learn from them. */
  readonly observe?: (object: JsonObject) => void;
}

/** What a read has come to, for the summary. */
export interface ReadTotals {
  objects: number;
  files: number;
  logs: number;
  logBytes: number;
  responses: number;
  problems: number;
  firstProblem: ReadProblem | undefined;
  yamlBytes: number;
  /** Some object shows that it lived in a cluster. */
  live: boolean;
}

/** A broken file may be broken in thousands of places; these are enough to see what is wrong with it. */
const MAX_PROBLEMS_PER_FILE = 20;
/** YAML read before objects are cut loose from its text. */
const MAX_SHARED = 16 * 1024 * 1024;

/** Items of a list that has not said its kind yet. */
interface Waiting {
  readonly value: JsonObject;
  readonly place: Place;
}

/** Takes what the readers find in one file, makes Kubernetes objects of it and hands them to the sink. */
export class Delivery implements PieceReceiver {
  private readonly context: ReadContext;
  private readonly file: InputFile;
  private readonly hints: FileHints;
  private readonly lines: FileLines | undefined;
  private readonly waiting = new Map<ListHeader, Waiting[]>();
  private problems = 0;
  private saidUnrendered = false;
  private objects = 0;

  constructor(file: InputFile, context: ReadContext, hints: FileHints) {
    this.context = context;
    this.file = file;
    this.hints = hints;
    this.lines = file.range === undefined ? undefined : new FileLines(file.range);
  }

  /** To be called when the file has been read. */
  finish(): void {
    if (this.objects > 0) this.context.totals.files++;
    const unsaid = this.problems - MAX_PROBLEMS_PER_FILE;
    if (unsaid > 0)
      reportProblem({ file: this.file.name, message: `has ${unsaid} more problems like these` }, this.context);
  }

  document(value: unknown, place: Place): void {
    if (Array.isArray(value)) {
      // An array of objects, as support bundles have them, or any list of somebody else's.
      value.forEach((item: unknown, index) => {
        if (isObject(item)) this.document(item, { ...place, prefix: [...place.prefix, index] });
      });
      return;
    }
    // An empty document is nothing to name, and neither is text: Helm's notes, a README.
    if (!isObject(value)) return;
    if (Array.isArray(value.items)) this.openList(value, value.items, place);
    else if (!isEmptyList(value)) this.identify(value, place, {}, false);
  }

  item(value: unknown, place: Place, list: ListHeader): void {
    if (!isObject(value)) {
      if (list.bare !== true) this.broken('is a list item that is no object', place.start);
    } else if (list.bare === true) this.document(value, place);
    else if (Array.isArray(value.items)) this.openList(value, value.items, place);
    else if (this.isKindUnknown(value, list)) {
      const waiting = this.waiting.get(list);
      if (waiting === undefined) this.waiting.set(list, [{ value, place }]);
      else waiting.push({ value, place });
    } else this.identify(value, place, list, true);
  }

  /** An item of a typed list whose kind has not been read yet. */
  private isKindUnknown(value: JsonObject, list: ListHeader): boolean {
    const isSaid = value.kind !== undefined || value.apiVersion !== undefined;
    return !isSaid && isObject(value.metadata) && list.kind === undefined && this.hints.kind === undefined;
  }

  endOfList(list: ListHeader): void {
    for (const { value, place } of this.waiting.get(list) ?? []) this.identify(value, place, list, true);
    this.waiting.delete(list);
  }

  broken(message: string, offset: number, lines = 0): void {
    // One rendering mends them all.
    if (message === UNRENDERED && this.saidUnrendered) return;
    this.saidUnrendered ||= message === UNRENDERED;
    if (++this.problems > MAX_PROBLEMS_PER_FILE) return;
    const line = this.lines?.lineAt(offset);
    const place = line === undefined ? {} : { line: line + lines };
    reportProblem({ file: this.file.name, ...place, message }, this.context);
  }

  private openList(list: JsonObject, items: readonly Json[], place: Place): void {
    const header: ListHeader = {};
    if (typeof list.kind === 'string') header.kind = list.kind;
    if (typeof list.apiVersion === 'string') header.apiVersion = list.apiVersion;
    items.forEach((item, index) => {
      this.item(item, { ...place, prefix: [...place.prefix, 'items', index] }, header);
    });
    this.endOfList(header);
  }

  private identify(value: JsonObject, place: Place, list: ListHeader, inList: boolean): void {
    const identity = identifyObject(value, { list, hints: this.hints, inList });
    if (typeof identity === 'string') this.broken(identity, place.start);
    else if (identity !== undefined) this.hand(identity, place);
  }

  private hand(object: JsonObject, place: Place): void {
    const { totals, seen, sink, observe } = this.context;
    if (seen !== undefined && isSeen(object, seen)) return;
    this.objects++;
    totals.objects++;
    totals.live ||= hasLived(object);
    observe?.(object);
    const { name } = this.file;
    const origin = this.lines === undefined ? { file: name } : new PlacedOrigin(name, this.lines, place);
    const redacted = redactObject(object);
    if (place.format === 'yaml') totals.yamlBytes += place.end - place.start;
    sink.object(place.format === 'yaml' && totals.yamlBytes > MAX_SHARED ? detach(redacted) : redacted, origin);
  }
}

/**
 * A copy that shares nothing with the text it was read from. The engine keeps a string cut from a longer one as a
 * reference into it, so one name that is remembered would keep its whole document in memory. (JSON.parse copies.)
 */
function detach(object: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}

/** Hands a problem on and counts it. */
export function reportProblem(problem: ReadProblem, { sink, totals }: ReadContext): void {
  totals.problems++;
  totals.firstProblem ??= problem;
  sink.problem(problem);
}

/** Whether the same object (whatever the version it is written in) came before. */
function isSeen(object: JsonObject, seen: Set<string>): boolean {
  const { metadata, apiVersion, kind } = object;
  const group = String(apiVersion).includes('/') ? String(apiVersion).split('/')[0] : '';
  const { namespace, name } = isObject(metadata) ? metadata : {};
  const key = JSON.stringify([group, kind, namespace ?? '', name]);
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
}
