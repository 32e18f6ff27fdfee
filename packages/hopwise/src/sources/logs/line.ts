import type { JsonObject } from '../contract.ts';
import { readLogfmt } from './logfmt.ts';
import type { Stamp } from './timestamp.ts';

/** One line with its transport prefix gone; structured views are worked out once and only when a format asks. */
export class LogLine {
  readonly text: string;
  /** Time the container runtime (or kubectl, docker, stern) put before the line. */
  readonly outerTime: Stamp | undefined;
  #json: JsonObject | null | undefined;
  #logfmt: ReadonlyMap<string, string> | undefined;

  constructor(text: string, outerTime?: Stamp) {
    this.text = text;
    this.outerTime = outerTime;
  }

  /** The line as a JSON object, undefined when it is not one. */
  get json(): JsonObject | undefined {
    if (this.#json === undefined) this.#json = parseObject(this.text);
    return this.#json ?? undefined;
  }

  /** `key=value` pairs of the line, empty when it has none. */
  get logfmt(): ReadonlyMap<string, string> {
    this.#logfmt ??= readLogfmt(this.text);
    return this.#logfmt;
  }
}

function parseObject(text: string): JsonObject | null {
  if (text.charCodeAt(0) !== 0x7b || !text.endsWith('}')) return null;
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return null;
  }
}
