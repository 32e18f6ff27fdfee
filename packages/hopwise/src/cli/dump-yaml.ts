import { type Document, dump, SCALAR_STYLE, visit } from 'js-yaml';
import { escapeInQuotes, isUnsafe } from '../report/sanitize.ts';

/** A value as YAML. What a terminal must not get stands in double quotes, where it can be written as an escape. */
export function dumpYaml(value: unknown): string {
  return escapeInQuotes(dump(value, { lineWidth: -1, noRefs: true, transform: quoteUnsafe }), 'eight-digits');
}

function quoteUnsafe(documents: Document[]): void {
  visit(documents, (node) => {
    // Line feeds alone are safe: block scalars indent what follows them.
    if (node.kind === 'scalar' && isUnsafe(node.value.replaceAll('\n', ''))) node.style = SCALAR_STYLE.DOUBLE_QUOTED;
  });
}
