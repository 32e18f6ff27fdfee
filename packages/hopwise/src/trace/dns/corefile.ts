/** A directive of a Corefile: `name args { block }`. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: readonly Directive[];
}

export interface ServerBlock {
  /** Zones with the port they are served on, as `{zone: 'cluster.local', port: 53}`; the root zone is ''. */
  readonly zones: readonly { readonly zone: string; readonly port: number }[];
  readonly directives: readonly Directive[];
}

export interface Corefile {
  readonly servers: readonly ServerBlock[];
  /** What an `import` named and nobody provided. */
  readonly missingImports: readonly string[];
}

/** Text of what `import` names: the other files beside the Corefile. */
export type ImportFiles = (pattern: string) => readonly string[] | undefined;

const MAX_TOKENS = 50_000;
const MAX_IMPORTS = 64;

/**
 * Reads a Corefile (the Caddyfile grammar of coredns/caddy caddyfile/lexer.go and parse.go); undefined when its braces
 * do not close.
 */
export function parseCorefile(text: string, importFiles: ImportFiles = () => undefined): Corefile | undefined {
  const missing: string[] = [];
  const snippets = new Map<string, readonly Directive[]>();
  const servers: ServerBlock[] = [];
  let imports = 0;

  const readFile = (source: string): boolean => {
    const lines = tokenize(source);
    const blocks = lines === undefined ? undefined : readBlock({ lines, at: 0 }, true);
    if (blocks === undefined) return false;
    return blocks.every(addTop);
  };
  const addTop = (entry: Directive): boolean => {
    const snippet = /^\((.+)\)$/.exec(entry.name)?.[1];
    if (snippet !== undefined) snippets.set(snippet, entry.block);
    else if (entry.name === 'import') return importTop(entry);
    else servers.push({ zones: zonesOf([entry.name, ...entry.args]), directives: expand(entry.block) });
    return true;
  };
  const importTop = (entry: Directive): boolean => {
    const files = filesOf(entry);
    return files.every(readFile);
  };
  const filesOf = (entry: Directive): readonly string[] => {
    const pattern = entry.args[0] ?? '';
    imports++;
    const files = imports > MAX_IMPORTS ? undefined : importFiles(pattern);
    if (files === undefined) missing.push(pattern);
    return files ?? [];
  };
  const expand = (directives: readonly Directive[]): readonly Directive[] =>
    directives.flatMap((directive) => {
      if (directive.name !== 'import') return [directive];
      const snippet = snippets.get(directive.args[0] ?? '');
      if (snippet !== undefined) {
        imports++;
        return imports > MAX_IMPORTS ? [] : expand(snippet);
      }
      return filesOf(directive).flatMap((source) => {
        const lines = tokenize(source);
        const inner = lines === undefined ? undefined : readBlock({ lines, at: 0 }, true);
        return inner === undefined ? [] : expand(inner);
      });
    });

  return readFile(text) ? { servers, missingImports: missing } : undefined;
}

/** Lines of tokens; `{` and `}` are tokens of their own when they stand alone. */
function tokenize(text: string): readonly (readonly string[])[] | undefined {
  const lines: string[][] = [];
  let count = 0;
  for (const raw of text.split('\n')) {
    const line: string[] = [];
    for (const token of raw.match(/"(?:[^"\\]|\\.)*"|[^\s"]+/g) ?? []) {
      if (token.startsWith('#')) break;
      line.push(token.startsWith('"') && token.length > 1 ? token.slice(1, -1).replaceAll('\\"', '"') : token);
      if (++count > MAX_TOKENS) return undefined;
    }
    if (line.length > 0) lines.push(line);
  }
  return lines;
}

interface Reader {
  readonly lines: readonly (readonly string[])[];
  at: number;
}

/** Directives up to the closing brace; at the top, up to the end. */
function readBlock(reader: Reader, top: boolean, depth = 0): readonly Directive[] | undefined {
  const directives: Directive[] = [];
  if (depth > 8) return undefined;
  while (reader.at < reader.lines.length) {
    const line = reader.lines[reader.at++] as readonly string[];
    if (line[0] === '}') return top ? undefined : directives;
    // Zones of a server block may go on over several lines while each ends with a comma.
    const words = [...line];
    while (top && words.at(-1)?.endsWith(',') === true && reader.at < reader.lines.length) {
      words.push(...(reader.lines[reader.at++] as readonly string[]));
    }
    const opens = words.at(-1) === '{';
    const closed = words.length > 2 && words.at(-1) === '}' && words.indexOf('{') > 0;
    const [name = '', ...args] = opens ? words.slice(0, -1) : closed ? words.slice(0, words.indexOf('{')) : words;
    const block = opens ? readBlock(reader, false, depth + 1) : closed ? inlineBlock(words) : [];
    if (block === undefined) return undefined;
    directives.push({ name, args, block });
  }
  return top ? directives : undefined;
}

/** `name { directive args }` on one line. */
function inlineBlock(words: readonly string[]): readonly Directive[] {
  const [name, ...args] = words.slice(words.indexOf('{') + 1, -1);
  return name === undefined ? [] : [{ name, args, block: [] }];
}

/** `cluster.local:1053`, `.:53`, `dns://.:53`, `example.org,`; reverse zones may be written as CIDR and are kept as they are. */
function zonesOf(keys: readonly string[]): ServerBlock['zones'] {
  return keys.flatMap((key) => {
    const plain = key.replace(/,$/, '').replace(/^[a-z]+:\/\//, '');
    if (plain === '') return [];
    const port = /:([0-9]{1,5})$/.exec(plain);
    const zone = port === null ? plain : plain.slice(0, port.index);
    return [{ zone: normalZone(zone), port: port === null ? 53 : Number(port[1]) }];
  });
}

/** Lower case, without the final dot. */
export function normalZone(zone: string): string {
  return zone.toLowerCase().replace(/\.$/, '');
}

/** Is the name the zone itself or below it? */
export function inZone(name: string, zone: string): boolean {
  return zone === '' || name === zone || name.endsWith(`.${zone}`);
}

/** `fallthrough` passes names without a record on to the next plugin: every name, or those of the zones it lists. */
export function fallsThrough(plugin: Directive, name: string): boolean {
  const option = plugin.block.find((entry) => entry.name === 'fallthrough');
  return (
    option !== undefined && (option.args.length === 0 || option.args.some((zone) => inZone(name, normalZone(zone))))
  );
}
