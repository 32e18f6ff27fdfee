import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { PROTOBUF_KINDS } from '../../packages/hopwise/src/sources/cluster/protobuf/decode-list.ts';
import { type CapturedObject, readCaptureObjects } from '../controlplane/capture-objects.ts';
import { storeObjects } from '../controlplane/load-objects.ts';
import { describeLive } from '../live/describe-live.ts';
import { LISTS, listBothWays, projectBoth } from './both-ways.ts';
import { storeAsIs } from './store.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CAPTURES = ['incidents', 'healthy']
  .map((folder) => join(ROOT, '..', 'shared', folder))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [join(folder, entry.name)] : [],
    ),
  );
const VARIANTS = 400;

describeLive('lists in protobuf are the same to the model as lists in JSON', {}, (controlPlane) => {
  const expectSame = async (): Promise<number> => {
    let objects = 0;
    for (const path of Object.values(LISTS)) {
      const { wanted, given } = projectBoth(await listBothWays(controlPlane(), path));
      expect(given).toEqual(wanted);
      objects += (given as { readonly objects: readonly unknown[] }).objects.length;
    }
    return objects;
  };

  it('for every object of every shared capture', async () => {
    const objects = CAPTURES.flatMap(readCaptureObjects).filter(isListedInProtobuf);
    const loaded = await storeObjects(controlPlane(), objects);
    const all = new Set(loaded.objects.map(keyOf)).size;
    // Lists come from the API server's watch cache, which takes a moment to see what was written.
    await vi.waitFor(async () => expect(await expectSame()).toBeGreaterThanOrEqual(all), 60_000);
    await loaded.unload();
  });

  it('for objects of which any field is missing, empty or zero', async () => {
    const base = readCaptureObjects(join(import.meta.dirname, 'objects'));
    const changes = fc.sample(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), {
      numRuns: VARIANTS,
      seed: 20261123,
    });
    const variants = changes.map((draws, index) => vary(base[index % base.length] as CapturedObject, index, draws));
    await storeAsIs(controlPlane(), variants);
    await vi.waitFor(async () => expect(await expectSame()).toBeGreaterThanOrEqual(VARIANTS), 60_000);
  });

  it('page by page', async () => {
    const first = await listBothWays(controlPlane(), '/api/v1/pods?limit=7');
    const { wanted, given } = projectBoth(first);
    expect(given).toEqual(wanted);
    expect(given).toMatchObject({ next: expect.stringMatching(/./), remaining: expect.any(Number) });
  });
});

function isListedInProtobuf({ apiVersion, kind }: CapturedObject): boolean {
  return PROTOBUF_KINDS.has(`${apiVersion}/${kind}`);
}

function keyOf({ kind, metadata }: CapturedObject): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** A copy with an own name of which one field in six is missing, and one in ten empty. */
function vary(object: CapturedObject, index: number, draws: Iterator<number>): CapturedObject {
  const draw = (): number => draws.next().value as number;
  const { apiVersion, kind, metadata, ...rest } = object;
  const { name, namespace, ...more } = metadata;
  const own = { ...(changed(more, draw) as object), name: `${name}-${index}` };
  return {
    apiVersion,
    kind,
    metadata: namespace === undefined ? own : { ...own, namespace },
    ...(changed(rest, draw) as object),
  };
}

/** Text that is not any text: an empty one cannot be decoded. */
const STRICT = /Time|Timestamp|At$|^(?:cpu|memory|divisor|example\.com\/gpu)$/;

function changed(value: unknown, draw: () => number, key = ''): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.filter(() => draw() > 0.1).map((item) => changed(item, draw));
  }
  if (typeof value === 'object' && value !== null) {
    const kept = Object.entries(value).filter(() => draw() > 0.15);
    return Object.fromEntries(kept.map(([name, inner]) => [name, changed(inner, draw, name)]));
  }
  if (draw() > 0.1 || STRICT.test(key)) return value;
  return typeof value === 'string' ? '' : typeof value === 'number' ? 0 : typeof value === 'boolean' ? !value : value;
}
