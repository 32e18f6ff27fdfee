import {
  constructFromEvents,
  defineScalarTag,
  EVENT_ID,
  type Event,
  FAILSAFE_SCHEMA,
  mergeTag,
  NOT_RESOLVED,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import { resolvePlainScalar } from './plain-scalar.ts';

/*
 * Everything YAML that plain-yaml.ts does not read, through js-yaml: anchors, merge keys, flow collections, tags, and the
 * words for what is wrong. Slow to load, so only loaded when a document needs it.
 */

export interface FullDocument {
  readonly value: unknown;
  /** Index of the first mapping key that stood twice; the later value is used, as kubectl does. */
  readonly duplicateAt: number | undefined;
}
export interface YamlFault {
  readonly fault: string;
  readonly at: number;
}

const MAX_DEPTH = 100;
const MAX_ALIASES = 1000;
/** Nodes a document may have once its aliases are followed: the API server's own limit is of this order. */
const MAX_EXPANDED = 200_000;

const SCHEMA = FAILSAFE_SCHEMA.withTags(
  resolved('null', ['', ...'~nN'], (value) => value === null),
  resolved('bool', [...'yYnNtTfFoO'], (value) => typeof value === 'boolean'),
  resolved('int', [...'+-0123456789'], (value) => Number.isInteger(value)),
  resolved('float', [...'+-.0123456789'], (value) => typeof value === 'number'),
  mergeTag,
  explicit('tag:yaml.org,2002:timestamp', (text) => text),
  explicit('tag:yaml.org,2002:binary', (text) => Buffer.from(text, 'base64').toString('utf8')),
  // Tags of an application's own say nothing to kubectl, which takes the text.
  { ...explicit('!', (text) => text), matchByTagPrefix: true },
);

function resolved(name: string, implicitFirstChars: readonly string[], fits: (value: unknown) => boolean) {
  return defineScalarTag<unknown>(`tag:yaml.org,2002:${name}`, {
    implicit: true,
    implicitFirstChars,
    resolve: (text) => {
      const value = resolvePlainScalar(text);
      return fits(value) ? value : NOT_RESOLVED;
    },
    identify: () => false,
  });
}

function explicit(name: string, read: (text: string) => string) {
  return defineScalarTag<string>(name, { resolve: read, identify: () => false });
}

/** Reads one document; a fault says what is wrong and where, in words that quote nothing of the document. */
export function parseFullYaml(text: string): FullDocument | YamlFault {
  const result = parseStrictly(text);
  return 'fault' in result && result.fault === OUTDENTED ? parseOutdented(text, result) : result;
}

function parseStrictly(text: string): FullDocument | YamlFault {
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    const document = construct(text, events);
    const fault = events.some((event) => event.type === EVENT_ID.ALIAS) ? judgeAliases(document.value) : undefined;
    return fault === undefined ? document : { fault, at: 0 };
  } catch (error) {
    if (error instanceof YAMLException) return { fault: wordFault(error.reason), at: error.mark?.position ?? 0 };
    return { fault: 'cannot be read as YAML', at: 0 };
  }
}

/**
 * Inside brackets and quotes kubectl does not look at indentation, js-yaml does. Blanks at the start of such a line mean
 * nothing, so the lines js-yaml complains of are pushed in until it has read the document.
 */
function parseOutdented(text: string, first: YamlFault): FullDocument | YamlFault {
  let indented = text;
  let fault = first;
  for (let spent = 0; spent < MAX_REREAD; spent += indented.length) {
    const lineStart = indented.lastIndexOf('\n', fault.at - 1) + 1;
    indented = indented.slice(0, lineStart) + ' '.repeat(MAX_DEPTH) + indented.slice(lineStart);
    const result = parseStrictly(indented);
    if (!('fault' in result)) return { value: result.value, duplicateAt: sameLine(indented, result.duplicateAt, text) };
    // Anything else that is wrong is worded for the text as it was.
    if (result.fault !== OUTDENTED || result.at <= fault.at) return first;
    fault = result;
  }
  return first;
}

/** The start of the line in `text` that corresponds to an index in its indented copy. */
function sameLine(indented: string, index: number | undefined, text: string): number | undefined {
  if (index === undefined) return undefined;
  let start = 0;
  for (let at = indented.indexOf('\n'); at >= 0 && at < index; at = indented.indexOf('\n', at + 1)) {
    start = text.indexOf('\n', start) + 1;
  }
  return start;
}

const OUTDENTED = wordFault('deficient indentation');
/** Characters to read over again at most: each line pushed in costs a reading of the whole document. */
const MAX_REREAD = 8 * 1024 * 1024;

function construct(source: string, events: Event[]): FullDocument {
  const options = { source, schema: SCHEMA, maxAliases: MAX_ALIASES };
  try {
    return { value: constructFromEvents(events, options)[0] ?? null, duplicateAt: undefined };
  } catch (error) {
    if (!(error instanceof YAMLException) || !error.reason.startsWith('duplicated mapping key')) throw error;
    const duplicateAt = error.mark?.position;
    return { value: constructFromEvents(events, { ...options, json: true })[0] ?? null, duplicateAt };
  }
}

function wordFault(reason: string): string {
  if (reason.startsWith('nesting exceeded')) return `is nested deeper than ${MAX_DEPTH} levels and is not read`;
  if (reason.startsWith('aliases exceeded')) return `uses more than ${MAX_ALIASES} aliases and is not read`;
  return `is not valid YAML: ${reason.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ').slice(0, 200)}`;
}

/** Aliases can make a few hundred bytes mean billions of nodes, or a node that contains itself. */
function judgeAliases(root: unknown): string | undefined {
  let left = MAX_EXPANDED;
  const visit = (value: unknown, depth: number): boolean => {
    if (--left < 0 || depth > MAX_DEPTH) return false;
    if (typeof value !== 'object' || value === null) return true;
    for (const child of Array.isArray(value) ? value : Object.values(value)) {
      if (!visit(child, depth + 1)) return false;
    }
    return true;
  };
  return visit(root, 0) ? undefined : 'has aliases that expand without measure and is not read';
}

export { locateInFullYaml } from './full-yaml-locate.ts';
