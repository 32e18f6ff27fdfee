import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSource } from '../../sources/open.ts';
import { readSize, writeSize } from '../read-size.ts';
import { runCli } from '../testing/fake-io.ts';

// A machine that may be busy with other suites.
vi.setConfig({ testTimeout: 30_000 });

const MANIFESTS = `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop, uid: a}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Secret
metadata: {name: s, namespace: pay, uid: b}
data: {password: aHVudGVyMg==}
`;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwise-capture-cli-'));
  writeFileSync(join(folder, 'in.yaml'), MANIFESTS);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]) =>
  runCli(['capture', '--from', join(folder, 'in.yaml'), ...argv], { open: openSource });

describe('capture', () => {
  it('says what it wrote and what to do with it', async () => {
    const target = join(folder, 'out.tgz');
    const { code, out, err } = await run('-o', target);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('2 objects: 1 Secret, 1 Service');
    expect(out).toContain(`hopwise diagnose URL --from ${target}`);
    expect(readdirSync(folder).sort()).toEqual(['in.yaml', 'out.tgz']);
    expect((await run('-o', target, '-q')).out).toBe('');
  });

  it('of a namespace says what is not in it', async () => {
    const { out } = await run('-o', join(folder, 'shop.tgz'), '-n', 'shop');
    expect(out).toContain('1 object: 1 Service');
    expect(out).toContain('Secret: partial, only captured in shop');
  });

  it('under pseudonyms keeps the names to itself, and what stands for what where it is told to', async () => {
    const { out, written } = await run(
      '-o',
      join(folder, 'anonymous.tgz'),
      '--anonymize',
      '--anonymize-map',
      'map.json',
    );
    expect(out).toContain('have pseudonyms');
    expect(Object.keys(JSON.parse(written.get('map.json') ?? '').words)).toEqual(['cart', 'pay', 'shop']);
  });

  it.each([
    [['-o', 'x.tgz', '--anonymize-map', 'map.json'], '--anonymize-map needs --anonymize'],
    [[], 'capture needs a place to write to'],
    [['-o', 'x.tgz', '--max-size', 'lots'], "--max-size cannot be 'lots'"],
    [['-o', 'x.tgz', '--logs', 'path'], 'only the logs of a path need its URL'],
    [['-o', 'no/such/x.tgz'], 'does not exist'],
    [['-o', 'x.tgz', '--for', 'http://[/'], 'http://[/'],
  ])('%j is refused', async (argv, message) => {
    const { code, err, out } = await run(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});

describe('sizes', () => {
  it('are read as Kubernetes writes them', () => {
    expect(['1', '50Mi', '2k', '1.5GiB', '10 MB'].map((text) => readSize(text, '--x'))).toEqual([
      1, 52_428_800, 2000, 1_610_612_736, 10_000_000,
    ]);
    for (const text of ['0', '', '-1', '5 Pods', '1e9']) expect(() => readSize(text, '--x')).toThrow();
    expect([1, 1023, 7800, 52_428_800].map(writeSize)).toEqual(['1 byte', '1023 bytes', '7.6 KiB', '50 MiB']);
  });
});
