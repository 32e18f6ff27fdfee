import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSourceFiles, SOURCE_FOLDER, type SourceFile } from './reading/source-code.ts';

// The layer table of ARCHITECTURE.md, held against the imports. When a rule fails, its name says why it exists; move the
// code to the layer whose duty it is rather than widening a rule.

/** Earliest first. The files directly under src/ are the public entries: they may show anything but the drivers. */
const LAYERS = [
  'base',
  'sources',
  'model',
  'routing',
  'trace',
  'checks',
  'diagnosis',
  'remedy',
  'report',
  'engine',
  'entry',
  'cli',
] as const;
type Layer = (typeof LAYERS)[number];

/** Folders whose members (files or folders) are alternatives of one another; `index` and generated lists name them all. */
const SIBLINGS: readonly { readonly inside: RegExp; readonly what: string }[] = [
  { inside: /^checks\/[^/]+\/(?<member>[^/]+)\//, what: 'checks' },
  { inside: /^routing\/dialects\/(?<member>[^/]+)\//, what: 'dialects' },
  { inside: /^sources\/logs\/formats\/(?<member>[^/]+?)(?:\.ts$|\/)/, what: 'log formats' },
  { inside: /^sources\/(?<member>archive|bundle|capture|cluster|manifests|probe|stdin)\//, what: 'sources' },
  { inside: /^report\/renderers\/(?<member>[^/]+?)(?:\.ts$|\/)/, what: 'renderers' },
  { inside: /^cli\/commands\/(?<member>[^/]+?)(?:\.ts$|\/)/, what: 'commands' },
];

/** The stages that turn values into values; everything around them is allowed to touch the world. */
const PURE: readonly Layer[] = ['base', 'model', 'routing', 'trace', 'checks', 'diagnosis', 'remedy', 'report'];

/** What a pure stage may take from outside after all: computations that look at nothing but their arguments. */
const ALLOWED_IN_PURE: readonly { readonly module: string; readonly within: string; readonly why: string }[] = [
  { module: 'node:crypto', within: 'model/project/certificate.ts', why: 'parses X.509' },
  {
    module: 're2js',
    within: 'routing/match/',
    why: 'matches the regular expressions of routes as proxies with RE2 do',
  },
  { module: 'immutable-json-patch', within: 'remedy/', why: 'applies RFC 6902 patches to the model' },
];

const files = readSourceFiles();
const production = files.filter((file) => !isTestFile(file.path));

describe('layers', () => {
  it('every file lies in a layer of the table, so that its duty is known', () => {
    expect(production.map((file) => file.path).filter((path) => layerOf(path) === undefined)).toEqual([]);
  });

  it('a stage imports only earlier stages, so that a value flows one way and each stage can be read and tested alone', () => {
    expect(
      offences(production, (file) =>
        file.imports.flatMap(({ target }) => {
          if (target === undefined) return [];
          return rankOf(target) > rankOf(file.path) ? [`imports ${target}, a later layer`] : [];
        }),
      ),
    ).toEqual([]);
  });

  it('siblings never import each other, so that one can be added, read or removed without the others', () => {
    expect(
      offences(production, (file) =>
        SIBLINGS.flatMap(({ inside, what }) => {
          const own = memberOf(file.path, inside);
          if (own === undefined) return [];
          const others = file.imports.filter(({ target }) => {
            const other = target === undefined ? undefined : memberOf(target, inside);
            return other !== undefined && other !== own;
          });
          return others.map(({ target }) => `${what}: imports its sibling ${target}`);
        }),
      ),
    ).toEqual([]);
  });

  it('files do not import each other in a circle at run time, so that loading order never matters', () => {
    expect(findCircles(production)).toEqual([]);
  });

  it('tests and their fixtures are not imported by the product', () => {
    expect(
      offences(production, (file) =>
        file.imports.flatMap(({ target }) => (target !== undefined && isTestFile(target) ? [`imports ${target}`] : [])),
      ),
    ).toEqual([]);
  });
});

describe('what a layer may touch', () => {
  it('node: modules and npm packages stay in sources, engine and cli: the rest is pure, runs in a browser and is tested without files', () => {
    expect(
      offences(
        production.filter(({ path }) => isPure(path) || path.startsWith('sources/logs/formats/')),
        (file) =>
          file.imports
            .filter(({ specifier, target }) => target === undefined && !isAllowedInPure(file.path, specifier))
            .map(({ specifier }) => `imports ${specifier}`),
      ),
    ).toEqual([]);
  });

  it('nothing from model to report reads a clock, draws lots, prints or looks at the process: an old capture diagnoses the same today', () => {
    const forbidden =
      /\b(?:Date\.now|new Date\(\s*\)|performance\.|Math\.random|crypto\.random\w+|console\.\w+|process\.(?:env|argv|exit|exitCode|cwd|std(?:in|out|err)|nextTick|hrtime|uptime|pid|platform|versions?|memoryUsage|cpuUsage|on|once|emitWarning|getBuiltinModule)\b|setTimeout|setInterval|setImmediate|fetch\()/g;
    expect(
      offences(
        production.filter(({ path }) => isPure(path)),
        (file) =>
          [...file.code.matchAll(forbidden)].map((match) => `uses ${match[0]} (line ${lineOf(file, match.index)})`),
      ),
    ).toEqual([]);
  });

  it('checks are synchronous: a check that waits is a check that looks something up', () => {
    expect(
      offences(
        production.filter(({ path }) => layerOf(path) === 'checks'),
        (file) => [...file.code.matchAll(/\b(?:async|await|Promise)\b/g)].map((match) => `uses ${match[0]}`),
      ),
    ).toEqual([]);
  });
});

describe('language', () => {
  it('no any, no type suppression: an unknown shape is read with the field readers', () => {
    const anyType = /(?::|<|\bas|\||&|,|=|=>)\s*any\b(?!\s*[.:(=])/g;
    const suppression = /@ts-(?:ignore|nocheck|expect-error)|biome-ignore|eslint-disable/g;
    expect(
      offences(files, (file) => [
        ...[...file.code.matchAll(anyType)].map((match) => `any (line ${lineOf(file, match.index)})`),
        ...[...file.text.matchAll(suppression)].map((match) => `${match[0]} (line ${lineOf(file, match.index)})`),
      ]),
    ).toEqual([]);
  });

  it('names are kebab-case, and no drawer is called utils, helpers, common, misc or shared', () => {
    const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*\.ts$/;
    const drawer = /(?:^|\/)(?:utils?|helpers?|common|misc|shared|manager|handler)(?:\/|\.ts$)/;
    expect(files.map((file) => file.path).filter((path) => !kebab.test(basename(path)) || drawer.test(path))).toEqual(
      [],
    );
  });
});

describe('checks', () => {
  const folders = findCheckFolders();

  it('a check is one folder with its code, its page, its test and its cases, so that ls shows what is missing', () => {
    const wanted = ['check.ts', 'explain.md', 'check.test.ts', 'cases'];
    const incomplete = folders.flatMap((folder) =>
      wanted.filter((name) => !existsSync(join(SOURCE_FOLDER, folder, name))).map((name) => `${folder} lacks ${name}`),
    );
    expect(incomplete).toEqual([]);
  });

  it('every check has at least one case file, or nothing shows that it finds anything', () => {
    const empty = folders.filter((folder) => {
      const cases = join(SOURCE_FOLDER, folder, 'cases');
      return existsSync(cases) && readdirSync(cases).length === 0;
    });
    expect(empty).toEqual([]);
  });
});

function isTestFile(path: string): boolean {
  return /\.(?:test|bench)\.ts$/.test(path) || /(?:^|\/)(?:testing|fixtures|cases)\//.test(path);
}

function layerOf(path: string): Layer | undefined {
  const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : 'entry';
  return LAYERS.find((layer) => layer === folder);
}

function rankOf(path: string): number {
  const layer = layerOf(path);
  return layer === undefined ? -1 : LAYERS.indexOf(layer);
}

function isPure(path: string): boolean {
  return PURE.some((layer) => layer === layerOf(path));
}

function isAllowedInPure(path: string, specifier: string): boolean {
  return ALLOWED_IN_PURE.some(({ module, within }) => module === specifier && path.startsWith(within));
}

function memberOf(path: string, inside: RegExp): string | undefined {
  const member = inside.exec(path)?.groups?.member;
  return member === 'index' ? undefined : member;
}

function lineOf(file: SourceFile, index: number): number {
  return file.text.slice(0, index).split('\n').length;
}

function offences(among: readonly SourceFile[], find: (file: SourceFile) => readonly string[]): string[] {
  return among.flatMap((file) => find(file).map((offence) => `${file.path}: ${offence}`));
}

function findCheckFolders(): string[] {
  return readdirSync(join(SOURCE_FOLDER, 'checks'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /^[^/]+\/[^/]+\/(?:check\.ts|explain\.md|check\.test\.ts)$/.test(name))
    .map((name) => `checks/${dirname(name)}`)
    .filter((folder, index, all) => all.indexOf(folder) === index)
    .sort();
}

/** Circles among the imports that run at load time, each told once, from its alphabetically first file. */
function findCircles(among: readonly SourceFile[]): string[] {
  const next = new Map(
    among.map((file) => [
      file.path,
      file.imports.flatMap(({ target, kind }) => (target !== undefined && kind === 'static' ? [target] : [])),
    ]),
  );
  const circles = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const circle = trail.slice(start);
      const first = circle.indexOf([...circle].sort()[0] ?? '');
      circles.add([...circle.slice(first), ...circle.slice(0, first)].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const target of next.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return [...circles];
}
