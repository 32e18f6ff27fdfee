import type { ReportDocument } from './renderer.ts';
import { escapeInQuotes } from './sanitize.ts';

/**
 * The document as JSON. Invisible and control characters are written as `\u` escapes: the value is the same, and the text
 * is safe in a terminal.
 */
export function toJson(document: ReportDocument, indent: 0 | 2): string {
  return escapeInQuotes(JSON.stringify(document, undefined, indent), 'surrogates');
}
