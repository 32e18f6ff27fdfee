import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterAll, describe, expect, it } from 'vitest';
import { openSource } from './open.ts';
import { SourceError } from './source-error.ts';
import { inPieces, packFiles, removeFolders, writeFolder } from './testing/input-folders.ts';
import { idsOf, objectOf, recordRead } from './testing/record-read.ts';

afterAll(removeFolders);

const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;

async function read(path: string) {
  return recordRead(await openSource(path));
}

async function failure(path: string, stdin?: AsyncIterable<Uint8Array>): Promise<SourceError> {
  try {
    await recordRead(await openSource(path, stdin === undefined ? {} : { stdin }));
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

describe('what cannot be read', () => {
  it('suggests the name that was meant', async () => {
    const folder = writeFolder({ 'cluster.yaml': service('a'), 'response.txt': '' });
    const error = await failure(join(folder, 'clutser.yml'));
    expect(error.code).toBe('not-found');
    expect(error.hint).toContain('cluster.yaml');
    expect((await failure(join(folder, 'zzzzzz'))).hint).toBeUndefined();
    expect((await failure(join(folder, 'no', 'such', 'folder'))).code).toBe('not-found');
  });

  it.each([
    ['a zip archive', Buffer.from([0x50, 0x4b, 3, 4, 0, 0])],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0])],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
  ])('says how to unpack %s', async (format, bytes) => {
    const error = await failure(join(writeFolder({ 'bundle.bin': bytes }), 'bundle.bin'));
    expect(error.code).toBe('unsupported');
    expect(error.message).toContain(format);
    expect(error.hint).toContain('unpack it first');
  });

  it('says so when there is nothing in it', async () => {
    expect((await failure(writeFolder({ 'README.md': 'hello' }))).code).toBe('empty');
    expect(await failure('-', inPieces(''))).toMatchObject({
      code: 'empty',
      message: expect.stringContaining('standard input') as string,
    });
    expect((await failure('-')).code).toBe('no-input');
    const broken = await failure(writeFolder({ 'a.yaml': 'kind: [\n' }));
    expect(broken.hint).toContain('a.yaml');
    const image = await failure(
      join(writeFolder({ 'a.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]) }), 'a.png'),
    );
    expect(image.hint).toContain('binary');
  });
});

describe('folders', () => {
  it('walks in the order of names, without what is no manifest', async () => {
    const folder = writeFolder({
      'b/2.yml': service('two'),
      'b/1.yaml': service('one'),
      'a.json': '{"apiVersion":"v1","kind":"Service","metadata":{"name":"zero"}}',
      'c.yaml.gz': gzipSync(service('three')),
      'node_modules/x/y.yaml': service('dependency'),
      '.git/z.yaml': service('history'),
      'notes.txt': service('text'),
      'Chart.yaml': 'apiVersion: v2\nname: chart\n',
    });
    const recorded = await read(folder);
    expect(recorded.objects.map(({ raw }) => (raw.metadata as { name?: string }).name)).toEqual([
      'zero',
      'one',
      'two',
      'three',
    ]);
    expect(recorded.problems).toEqual([]);
    expect(recorded.objects.map(({ origin }) => origin.file)).toEqual(['a.json', 'b/1.yaml', 'b/2.yml', 'c.yaml.gz']);
    expect(objectOf(recorded, 'Service//three').origin.lineOf?.('metadata.name')).toBe(4);
  });

  it('does not follow links out, and links inside only to what is not walked anyway', async () => {
    const outside = writeFolder({ 'secret.yaml': service('outside') });
    const folder = writeFolder({ 'a.yaml': service('a'), '..2026/data.yaml': service('mounted') });
    symlinkSync(join(outside, 'secret.yaml'), join(folder, 'out.yaml'));
    symlinkSync(outside, join(folder, 'out'));
    symlinkSync('a.yaml', join(folder, 'again.yaml'));
    symlinkSync(join('..2026', 'data.yaml'), join(folder, 'data.yaml'));
    symlinkSync('.', join(folder, 'loop'));
    symlinkSync('nowhere', join(folder, 'dangling.yaml'));
    const recorded = await read(folder);
    expect(idsOf(recorded)).toEqual(['Service//a', 'Service//mounted']);
    expect(recorded.problems.map(({ file }) => file).sort()).toEqual(['out', 'out.yaml']);
  });

  it('survives folders nested too deep', async () => {
    const folder = writeFolder({ 'a.yaml': service('a') });
    const deep = join(folder, ...Array.from({ length: 40 }, () => 'd'));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'b.yaml'), service('b'));
    const recorded = await read(folder);
    expect(idsOf(recorded)).toEqual(['Service//a']);
    expect(recorded.problems[0]?.message).toContain('folders deep');
  });

  it('leaves out kustomize patches and says how to get the real objects', async () => {
    const recorded = await read(
      writeFolder({
        'base/kustomization.yaml': 'resources: [service.yaml]\n',
        'base/service.yaml': service('a'),
        'prod/kustomization.yaml': 'resources: [../base]\npatches:\n- path: replicas.yaml\n',
        'prod/replicas.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  replicas: 3\n',
      }),
    );
    expect(idsOf(recorded)).toEqual(['Service//a']);
    expect(recorded.problems).toEqual([
      { file: 'prod/kustomization.yaml', message: expect.stringContaining('kustomize build prod') as string },
    ]);
  });

  it('never takes case.yaml for an object', async () => {
    const recorded = await read(
      writeFolder({
        'cluster.yaml': service('a'),
        'case.yaml': 'id: x\nexpected:\n  cause: y\n',
        'response.txt': 'HTTP/1.1 502',
      }),
    );
    expect(idsOf(recorded)).toEqual(['Service//a']);
    expect(recorded.problems).toEqual([]);
  });
});

describe('logs', () => {
  it('keep the end of what is too long', async () => {
    const line = (index: number) => `${String(index).padStart(9, '0')} ${'x'.repeat(90)}\n`;
    const text = Array.from({ length: 100_000 }, (_, index) => line(index)).join('');
    const files = { 'cluster.yaml': service('a'), 'logs/shop/a-1/app.log': text };
    for (const path of [writeFolder(files), join(writeFolder({ 'i.tgz': await packFiles(files) }), 'i.tgz')]) {
      const [log] = (await read(path)).logs;
      expect(log).toMatchObject({ truncated: true, previous: false, container: 'app' });
      expect(log?.text.length).toBeLessThanOrEqual(8 * 1024 * 1024);
      expect(log?.text).toMatch(/^\d{9} x/);
      expect(log?.text.endsWith(line(99_999))).toBe(true);
    }
  });
});

describe('archives', () => {
  async function archive(entries: Parameters<typeof packTar>[0]): Promise<string> {
    return join(writeFolder({ 'x.tar': Buffer.from(await packTar(entries)) }), 'x.tar');
  }
  const file = (name: string, body: string) => ({ header: { name, size: body.length }, body });

  it('keep to themselves', async () => {
    const recorded = await read(
      await archive([
        file('../../etc/passwd.yaml', service('climbing')),
        file('/etc/absolute.yaml', service('absolute')),
        file('a/../../b.yaml', service('sideways')),
        { header: { name: 'link.yaml', size: 0, type: 'symlink', linkname: '/etc/passwd' } },
        { header: { name: 'hard.yaml', size: 0, type: 'link', linkname: '../../etc/passwd' } },
        { header: { name: 'device.yaml', size: 0, type: 'character-device' } },
        file('./ok.yaml', service('ok')),
        file(`${'long/'.repeat(40)}name.yaml`, service('long')),
      ]),
    );
    expect(idsOf(recorded)).toEqual(['Service//long', 'Service//ok']);
    expect(recorded.problems).toHaveLength(3);
  });

  it('are taken without what macOS adds to them', async () => {
    const noise = '\0\x05\x16\x07\0\x02';
    const recorded = await read(
      await archive([
        file('._incident', noise),
        file('incident/._cluster.yaml', noise),
        file('incident/cluster.yaml', service('a')),
        file('incident/response.txt', 'HTTP/1.1 502 Bad Gateway'),
        file('incident/.DS_Store', noise),
      ]),
    );
    expect(recorded.summary.kind).toBe('capture archive');
    expect(idsOf(recorded)).toEqual(['Service//a']);
    expect(recorded.problems).toEqual([]);
  });

  it('use the later of two files of one name, as tar does', async () => {
    const recorded = await read(await archive([file('a.yaml', service('old')), file('a.yaml', service('new'))]));
    expect(idsOf(recorded)).toEqual(['Service//new']);
  });

  it('are read to their end, whatever of them is wanted', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => {
        const filler = 'x'.repeat((index * 7919) % 300_000);
        return index % 3 === 0 ? [`${index}.yaml`, `${service(`s${index}`)}# ${filler}\n`] : [`${index}.bin`, filler];
      }),
    );
    const recorded = await recordRead(await openSource('-', { stdin: inPieces(await packFiles(files), 7000) }));
    expect(recorded.objects).toHaveLength(20);
    expect(recorded.problems).toEqual([]);
  });

  it('are used as far as they are whole', async () => {
    const packed = await packFiles({
      'a.yaml': service('a'),
      'b.yaml': service('b'),
      'logs/x.txt': 'x'.repeat(200_000),
    });
    const path = join(writeFolder({ 'cut.tgz': packed.subarray(0, packed.length - 30) }), 'cut.tgz');
    const recorded = await read(path);
    expect(idsOf(recorded)).toEqual(['Service//a', 'Service//b']);
    expect(recorded.problems[0]?.message).toContain('damaged or cut off');
  });

  it('are refused when they unpack to far too much', async () => {
    // Each member of a gzip stream is small to make; a reader sees 80 MiB from 80 KiB.
    const zeros = Buffer.concat(Array.from({ length: 80 }, () => gzipSync(Buffer.alloc(1024 * 1024))));
    const bomb = await failure(join(writeFolder({ 'bomb.yaml.gz': zeros }), 'bomb.yaml.gz'));
    expect(bomb.code).toBe('unsafe-archive');
    const header = Buffer.from(await packTar([file('a.yaml', 'a')])).subarray(0, 512);
    header.write('00500000000\0        ', 124);
    header.write('        ', 148);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const tar = Buffer.concat([gzipSync(header), zeros]);
    expect((await failure('-', inPieces(tar))).code).toBe('unsafe-archive');
  });

  it('are named when they are damaged', async () => {
    const path = join(writeFolder({ 'a.gz': gzipSync(service('a')).subarray(0, 20) }), 'a.gz');
    expect((await failure(path)).code).toBe('broken-archive');
    const noise = Buffer.from(await packTar([file('a.yaml', service('a'))]));
    noise.fill(0x7f, 0, 100);
    expect((await failure('-', inPieces(noise))).code).toBe('broken-archive');
  });
});
