/** HTML or XML text. Only `markup` and `raw` make it, so nothing reaches a page unescaped by accident. */
export class Markup {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

type Part = Markup | string | number | undefined | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe between tags and inside quoted attributes. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Our own constant text (a style sheet, a prologue), taken as it is. */
export function raw(constant: string): Markup {
  return new Markup(constant);
}

/** A template for HTML or XML: markup goes in as it is, lists are joined, undefined is nothing, all else is escaped. */
export function markup(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) {
    if (value instanceof Markup) text += value.toString();
    else if (typeof value === 'object') text += value.join('');
    else if (value !== undefined) text += escapeMarkup(String(value));
    text += parts[index + 1] ?? '';
  }
  return new Markup(text);
}
