/**
 * What is wrong with a piece of NGINX configuration by its form alone: braces that do not match, or a last directive without
 * its `;`. Undefined when the form is right, or cannot be judged (Lua blocks have a syntax of their own).
 */
export function snippetFault(text: string): 'unbalanced braces' | 'a directive without a closing ;' | undefined {
  if (text.includes('_by_lua')) return undefined;
  let depth = 0;
  let open = false;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (quote !== undefined) {
      if (char === '\\') at += 1;
      else if (char === quote) quote = undefined;
    } else if (char === '#' && !open) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (char === ';') open = false;
    else if (char === '{') {
      // A variable written as ${name} is no block.
      if (text[at - 1] === '$') at = Math.max(at, text.indexOf('}', at));
      else {
        depth += 1;
        open = false;
      }
    } else if (char === '}') {
      if (open) return 'a directive without a closing ;';
      depth -= 1;
      if (depth < 0) return 'unbalanced braces';
    } else if (!/\s/.test(char)) {
      // Regular expressions and values may hold quotes; only one at the start of a word opens a string.
      if ((char === '"' || char === "'") && (at === 0 || /\s/.test(text[at - 1] as string))) quote = char;
      open = true;
    }
  }
  if (depth !== 0) return 'unbalanced braces';
  return open ? 'a directive without a closing ;' : undefined;
}
