import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listEntries } from '../../sources/capture-writer/testing/list-entries.ts';
import type { JsonObject, KindCoverage, Source } from '../../sources/contract.ts';
import { openSource } from '../../sources/open.ts';
import { recordRead } from '../../sources/testing/record-read.ts';
import { capture } from './capture.ts';
import type { CaptureOptions } from './options.ts';

const P = 'hunter2-PLANTED-7Q';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwise-capture-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const object = (kind: string, namespace: string, name: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace === '' ? {} : { namespace }), uid: `${kind}-${name}` },
  ...more,
});
const log = (namespace: string, pod: string, text: string, previous = false) => ({
  file: 'somewhere',
  namespace,
  pod,
  container: 'app',
  previous,
  text,
  truncated: false,
});

interface Contents {
  readonly objects?: readonly JsonObject[];
  readonly logs?: readonly ReturnType<typeof log>[];
  readonly coverage?: readonly KindCoverage[];
  readonly response?: string;
  readonly fails?: Error;
}

const source = ({ objects = [], logs = [], coverage = [], response, fails }: Contents): Source => ({
  id: 'test',
  async read(sink) {
    sink.snapshot({ time: 1_700_000_000_000, serverVersion: 'v1.34.0' });
    for (const entry of coverage) sink.coverage(entry);
    for (const raw of objects) sink.object(raw, { file: 'x' });
    for (const file of logs) sink.log(file);
    if (response !== undefined) sink.response(response, 'response.txt');
    if (fails !== undefined) throw fails;
    return { kind: 'test', path: 'x', description: 'a test' };
  },
});

const take = (contents: Contents, target: string, more: Partial<CaptureOptions> = {}) =>
  capture({
    source: source(contents),
    target: join(folder, target),
    hopwiseVersion: '1.2.3',
    signal: new AbortController().signal,
    ...more,
  });

const read = async (target: string) => recordRead(await openSource(join(folder, target)));

const SMALL: Contents = {
  objects: [
    object('Pod', 'shop', 'b'),
    object('Node', '', 'n1'),
    object('Pod', 'shop', 'a'),
    object('Pod', 'edge', 'z'),
  ],
  logs: [log('shop', 'a', 'one\ntwo\n'), log('shop', 'a', 'before\n', true)],
  coverage: [
    { kind: 'Pod', state: 'complete' },
    { kind: 'NetworkPolicy', state: 'forbidden', reason: 'no "list" for\u2028you' },
    { kind: 'Secret', state: 'partial', namespaces: ['shop', 'on'], names: ['edge/tls'], missing: 'failed' },
  ],
  response: '< HTTP/1.1 502 Bad Gateway\n',
};

describe('a capture', () => {
  it('is read back as it was written, sorted, with coverage and facts', async () => {
    const report = await take(SMALL, 'whole.tgz');
    const back = await read('whole.tgz');
    expect(back.objects.map(({ raw }) => raw)).toEqual(
      ['n1', 'z', 'a', 'b'].map((name) =>
        SMALL.objects?.find((raw) => JSON.stringify(raw).includes(`"name":"${name}"`)),
      ),
    );
    expect(
      back.logs.map(({ namespace, pod, container, previous, text }) => [namespace, pod, container, previous, text]),
    ).toEqual([
      ['shop', 'a', 'app', false, 'one\ntwo\n'],
      ['shop', 'a', 'app', true, 'before\n'],
    ]);
    expect(back.coverage).toEqual(expect.arrayContaining([...(SMALL.coverage ?? [])]));
    expect(back.facts).toContainEqual({ time: 1_700_000_000_000, serverVersion: 'v1.34.0' });
    expect(back.responses.map(({ text }) => text)).toEqual([SMALL.response]);
    expect(back.problems).toEqual([]);
    expect(report).toMatchObject({
      objects: 4,
      logs: 2,
      responses: 1,
      bytes: readFileSync(join(folder, 'whole.tgz')).length,
    });
    expect(report.gaps.map(({ kind, state }) => [kind, state])).toEqual([
      ['NetworkPolicy', 'forbidden'],
      ['Secret', 'partial'],
    ]);
  });

  it('is the same bytes whatever the order in which things arrive', async () => {
    await take(SMALL, 'one.tgz');
    await take(
      {
        ...SMALL,
        objects: SMALL.objects?.toReversed() ?? [],
        logs: SMALL.logs?.toReversed() ?? [],
        coverage: SMALL.coverage?.toReversed() ?? [],
      },
      'two.tgz',
    );
    expect(readFileSync(join(folder, 'two.tgz')).equals(readFileSync(join(folder, 'one.tgz')))).toBe(true);
  });

  it('is the same files as a folder, and captured again the same bytes', async () => {
    await take(SMALL, 'tree/');
    await take(SMALL, 'first.tgz');
    await capture({
      source: await openSource(join(folder, 'tree')),
      target: join(folder, 'again.tgz'),
      hopwiseVersion: '1.2.3',
      signal: new AbortController().signal,
    });
    expect(await listEntries(join(folder, 'again.tgz'))).toEqual(await listEntries(join(folder, 'first.tgz')));
    expect(readdirSync(join(folder, 'tree')).sort()).toEqual(['capture.yaml', 'logs', 'objects', 'response.txt']);
  });

  it('holds no planted secret anywhere', async () => {
    await take(
      {
        objects: [
          object('Secret', 'shop', 's', { data: { p: Buffer.from(P).toString('base64') } }),
          object('Pod', 'shop', 'p', {
            spec: { containers: [{ env: [{ name: 'TOKEN', value: P }], args: ['--password', P] }] },
          }),
          object('ConfigMap', 'shop', 'c', { data: { 'a.yaml': `password: ${P}` } }),
        ],
        logs: [log('shop', 'p', `Authorization: Bearer ${P}\n`)],
        response: `> cookie: sid=${P}\n< HTTP/1.1 502 Bad Gateway\n`,
      },
      'clean.tgz',
    );
    const unpacked = gunzipSync(readFileSync(join(folder, 'clean.tgz'))).toString('latin1');
    for (const form of [P, Buffer.from(P).toString('base64')]) expect(unpacked).not.toContain(form);
  });

  it('of some namespaces says so in its coverage', async () => {
    await take(SMALL, 'shop.tgz', { namespaces: ['shop'] });
    const back = await read('shop.tgz');
    expect(back.objects.map(({ raw }) => raw.kind)).toEqual(['Node', 'Pod', 'Pod']);
    expect(back.coverage).toContainEqual({
      kind: 'Pod',
      state: 'partial',
      reason: 'only captured in shop',
      namespaces: ['shop'],
    });
    expect(back.coverage).toContainEqual({
      kind: 'NetworkPolicy',
      state: 'forbidden',
      reason: 'no "list" for\u2028you',
    });
    expect(back.facts).toContainEqual(expect.objectContaining({ scope: 'namespace shop' }));
  });

  it('without logs holds none', async () => {
    await take(SMALL, 'no-logs.tgz', { logs: 'none' });
    expect((await read('no-logs.tgz')).logs).toEqual([]);
  });

  it('keeps hostile names inside itself', async () => {
    await take(
      { objects: [{ ...object('Pod', '../../x', '../y'), kind: '../Evil' }], logs: [log('..', '../../etc', 'x\n')] },
      'hostile/',
    );
    expect(
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => /etc|Evil/.test(path))
        .every((path) => path.startsWith('hostile/')),
    ).toBe(true);
  });
});

describe('--max-size', () => {
  // Random enough that it does not vanish in compression.
  const noise = (lines: number, seed: number) => {
    let state = seed;
    return Array.from({ length: lines }, (_, line) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return `${line} ${state.toString(36)}${((state * 7919) % 1_000_003).toString(36)}`;
    }).join('\n');
  };
  const BIG: Contents = {
    objects: [object('Pod', 'shop', 'a'), object('Event', 'shop', 'e', { message: noise(3000, 5) })],
    logs: [log('shop', 'a', `${noise(20_000, 1)}\nlast line\n`), log('shop', 'b', 'short\n')],
  };

  it('cuts the oldest lines of large logs and says so', async () => {
    const report = await take(BIG, 'cut.tgz', { maxSize: 100_000 });
    expect(report.bytes).toBeLessThanOrEqual(100_000);
    expect(report.bytes).toBeGreaterThan(80_000);
    const back = await read('cut.tgz');
    const [large, short] = back.logs;
    expect(large?.text.endsWith('last line\n')).toBe(true);
    expect(large?.text).toMatch(/^\d+ \w+\n/);
    expect(short?.text).toBe('short\n');
    expect(back.problems).toEqual([
      { file: 'logs/shop/a/app.log', message: expect.stringMatching(/lacks its oldest \d+ of \d+ bytes/) },
    ]);
  });

  it('leaves Events out before it gives up, and other objects never', async () => {
    await take(BIG, 'uneventful.tgz', { maxSize: 2_000 });
    const back = await read('uneventful.tgz');
    expect(back.objects.map(({ raw }) => raw.kind)).toEqual(['Pod']);
    expect(back.coverage).toContainEqual(expect.objectContaining({ kind: 'Event', state: 'not-collected' }));
    await expect(take(BIG, 'tiny.tgz', { maxSize: 100 })).rejects.toThrow('objects alone');
    expect(existsSync(join(folder, 'tiny.tgz'))).toBe(false);
  });
});

describe('an error', () => {
  it('leaves what was there before, and nothing beside it', async () => {
    mkdirSync(join(folder, 'errors'));
    writeFileSync(join(folder, 'errors/a.tgz'), 'before');
    await expect(take({ ...SMALL, fails: new Error('gone') }, 'errors/a.tgz')).rejects.toThrow('gone');
    await expect(take(SMALL, 'errors/a.tgz', { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow(
      'stopped',
    );
    expect(readFileSync(join(folder, 'errors/a.tgz'), 'utf8')).toBe('before');
    expect(readdirSync(join(folder, 'errors'))).toEqual(['a.tgz']);
  });

  it('of the place is told before anything is read', async () => {
    await expect(take(SMALL, 'no/such/folder.tgz')).rejects.toThrow('does not exist');
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full/x'), '');
    await expect(take(SMALL, 'full')).rejects.toThrow('not an empty folder');
  });

  it('that ends the process undoes through onInterrupt', async () => {
    let undo = (): void => {};
    const report = take({ ...SMALL }, 'interrupted.tgz', {
      onInterrupt: (given) => {
        undo = given;
        return () => {};
      },
    });
    undo();
    await expect(report).rejects.toThrow();
    expect(readdirSync(folder).filter((name) => name.includes('interrupted'))).toEqual([]);
  });
});
