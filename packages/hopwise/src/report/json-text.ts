import type { ReportDocument } from './renderer.ts';
import { escapeInQuotes } from './sanitize.ts';
import { orderKeys } from './schema/order-keys.ts';

/**
 * The document as JSON, its keys in the order of the published schema. Invisible and control characters are written as
 * `\u` escapes: the value is the same, and the text is safe in a terminal.
 */
export function toJson(document: ReportDocument, indent: 0 | 2): string {
  return escapeInQuotes(JSON.stringify(orderKeys(document), undefined, indent), 'surrogates');
}
