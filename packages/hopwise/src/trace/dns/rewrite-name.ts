import { compilePattern } from '../../routing/match/pattern.ts';
import type { Directive } from './corefile.ts';
import { normalZone } from './corefile.ts';

export type Rewritten = { readonly name: string } | { readonly unknown: string };

const KINDS: ReadonlySet<string> = new Set(['exact', 'prefix', 'suffix', 'substring', 'regex']);
/** Rewrites that do not touch the name asked for. */
const OTHER_FIELDS: ReadonlySet<string> = new Set(['type', 'class', 'edns0', 'ttl', 'rcode', 'cname']);

/** The name after a server block's `rewrite` directives (CoreDNS plugin/rewrite): the first match ends it unless it says continue. */
export function rewriteName(directives: readonly Directive[], name: string): Rewritten {
  let current = name;
  for (const directive of directives) {
    if (directive.name !== 'rewrite') continue;
    const words = [...directive.args];
    const mode = words[0] === 'continue' || words[0] === 'stop' ? words.shift() : 'stop';
    const inner = directive.block.find((entry) => entry.name === 'name');
    if (words[0] === 'name') words.shift();
    else if (words.length === 0 && inner !== undefined) words.push(...inner.args);
    else if (OTHER_FIELDS.has(words[0] ?? '')) continue;
    else return { unknown: `rewrite ${directive.args.join(' ')} of the Corefile is not understood` };
    const next = applyRule(words, current);
    if (next === undefined) continue;
    if (typeof next !== 'string') return next;
    current = next;
    if (mode === 'stop') break;
  }
  return { name: current };
}

function applyRule(words: readonly string[], name: string): string | { readonly unknown: string } | undefined {
  const kind = KINDS.has(words[0] ?? '') ? words[0] : 'exact';
  const [from, to] = KINDS.has(words[0] ?? '') ? words.slice(1) : words;
  if (from === undefined || to === undefined)
    return { unknown: `rewrite name ${words.join(' ')} of the Corefile is not understood` };
  const plainFrom = normalZone(from);
  const plainTo = normalZone(to);
  switch (kind) {
    case 'exact':
      return name === plainFrom ? plainTo : undefined;
    case 'prefix':
      return name.startsWith(plainFrom) ? plainTo + name.slice(plainFrom.length) : undefined;
    case 'suffix':
      return name.endsWith(plainFrom) ? name.slice(0, name.length - plainFrom.length) + plainTo : undefined;
    case 'substring':
      return name.includes(plainFrom) ? name.replaceAll(plainFrom, plainTo) : undefined;
    default:
      return applyRegex(from, to, name);
  }
}

/** The expression sees the name with its final dot; `{1}` in the replacement stands for a group. */
function applyRegex(from: string, to: string, name: string): string | { readonly unknown: string } | undefined {
  const found = compilePattern(from, { engine: 're2', ignoreCase: false, full: false }).exec(`${name}.`);
  if (found === undefined) return { unknown: `rewrite name regex ${from} of the Corefile cannot be evaluated` };
  if (found === null) return undefined;
  return normalZone(to.replace(/\{([0-9])\}/g, (_whole, group: string) => found[Number(group)] ?? ''));
}
