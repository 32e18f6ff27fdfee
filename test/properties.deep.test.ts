import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose, loadSnapshot, scan } from '../packages/hopwise/src/engine/engine.ts';
import type { Json, JsonObject } from '../packages/hopwise/src/sources/contract.ts';
import { findSharedCases, whyNoSharedCases } from '../tools/incidents/case.ts';
import { type Capture, listCaptures } from './captures/list-captures.ts';
import { kindsOf, type RecordedObject, type Recording, record, replay } from './captures/recording.ts';

const captures = listCaptures();
if (findSharedCases().length === 0) console.log(whyNoSharedCases());

describe('properties', () => {
  it.each(captures)('$name: the order of objects and logs does not matter, byte for byte', async (capture) => {
    const recording = await record(capture.folder);
    const wanted = await answers(capture, recording);
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const shuffled = {
          ...recording,
          objects: shuffle(recording.objects, seed),
          logs: shuffle(recording.logs, seed),
        };
        expect(await answers(capture, shuffled)).toEqual(wanted);
      }),
      { numRuns: 4, seed: 1 },
    );
  });

  it.each(captures)('$name: a namespace that has nothing to do with it changes nothing', async (capture) => {
    const recording = await record(capture.folder);
    const stranger = await record(strangerTo(capture).folder);
    const wanted = await conclusions(capture, recording);
    expect(
      await conclusions(capture, { ...recording, objects: [...recording.objects, ...moveAway(stranger, recording)] }),
    ).toEqual(wanted);
  });

  it.each(captures)('$name: mutilated objects never crash it', async (capture) => {
    const recording = await record(capture.folder);
    await fc.assert(
      fc.asyncProperty(fc.array(mutation(recording), { minLength: 1, maxLength: 12 }), async (mutations) => {
        const snapshot = await loadSnapshot(replay(applyAll(recording, mutations)), new AbortController().signal);
        for (const request of capture.requests) diagnose(snapshot, request);
        scan(snapshot, {});
      }),
      { numRuns: 40, seed: 7 },
    );
  });
});

async function answers({ requests }: Capture, recording: Recording): Promise<string[]> {
  const snapshot = await loadSnapshot(replay(recording), new AbortController().signal);
  return requests.map((request) => JSON.stringify(diagnose(snapshot, request), null, 1));
}

/** What is concluded, without the counts of what was read. */
async function conclusions({ requests }: Capture, recording: Recording): Promise<unknown[]> {
  const snapshot = await loadSnapshot(replay(recording), new AbortController().signal);
  return requests.map((request) => {
    const { verdict, causes, hops, history } = diagnose(snapshot, request);
    return { verdict, causes, hops, history };
  });
}

/** The same order for the same seed. The seed, not the items, is what fast-check varies: a failure stays readable. */
function shuffle<T>(items: readonly T[], seed: number): T[] {
  const keyed = items.map((item, index) => ({ item, key: Math.imul((seed ^ index) + 0x9e3779b9, 0x85ebca6b) >>> 0 }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** A capture of other applications: the first one that asks for another host. */
function strangerTo(capture: Capture): Capture {
  const host = new URL(capture.requests[0]?.url ?? '').host;
  return captures.find((other) => new URL(other.requests[0]?.url ?? '').host !== host) ?? capture;
}

/**
 * The stranger's namespaced objects under names nobody uses. Only kinds that the capture has anyway: a kind that appears
 * for the first time says that it was collected, which is news. Gateways stay at home, since a second one is news too.
 */
function moveAway(stranger: Recording, home: Recording): RecordedObject[] {
  const movable = new Set([
    'Pod',
    'Deployment',
    'ReplicaSet',
    'Service',
    'EndpointSlice',
    'Endpoints',
    'ConfigMap',
    'NetworkPolicy',
  ]);
  const known = new Set(kindsOf(home));
  return stranger.objects
    .filter(({ raw }) => movable.has(String(raw.kind)) && known.has(String(raw.kind)) && !isInfrastructure(raw))
    .map(({ raw, origin }) => ({
      raw: renameNamespace(raw, quietTime(home)),
      origin: { ...origin, file: `stranger-${origin.file}` },
    }));
}

function isInfrastructure(raw: JsonObject): boolean {
  const text = JSON.stringify(raw).toLowerCase();
  return /kube-system|coredns|ingress|gateway|envoy|traefik|haproxy|kong|istio|nginx/.test(text);
}

/** A moment long before anything in the capture: a stranger that is news would move the capture's own "now". */
function quietTime(home: Recording): string {
  const times = home.objects.flatMap(({ raw }) => JSON.stringify(raw.metadata).match(TIME) ?? []);
  return times.sort()[0] ?? '2026-01-01T00:00:00Z';
}

const TIME = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/g;

function renameNamespace(raw: JsonObject, time: string): JsonObject {
  const metadata = raw.metadata as JsonObject;
  // The stranger's addresses may be in use at home; a Pod without an address is as unrelated and never ambiguous.
  const text = JSON.stringify({ ...raw, metadata: { ...metadata, namespace: 'zz-stranger' } });
  return JSON.parse(text.replaceAll(TIME, time).replaceAll(/\b10\.\d{1,3}\.\d{1,3}\.(\d{1,3})\b/g, '10.250.250.$1'));
}

type Mutation = { readonly object: number; readonly steps: readonly number[]; readonly change: Json | undefined };

/** Somewhere in some object something is missing, of another type, or hostile. */
function mutation(recording: Recording): fc.Arbitrary<Mutation> {
  const junk = [
    undefined,
    null,
    0,
    -1,
    1e21,
    '',
    'x',
    '10.0.0.1',
    '__proto__',
    true,
    [],
    {},
    [null],
    [[]],
    { a: null },
    [1, 'b'],
    ['', {}],
  ];
  return fc.record({
    object: fc.nat({ max: Math.max(0, recording.objects.length - 1) }),
    steps: fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 9 }),
    change: fc.constantFrom<Json | undefined>(...junk),
  });
}

function applyAll(recording: Recording, mutations: readonly Mutation[]): Recording {
  const objects = [...recording.objects];
  for (const { object, steps, change } of mutations) {
    const entry = objects[object];
    if (entry !== undefined) objects[object] = { ...entry, raw: mutate(entry.raw, steps, change) as JsonObject };
  }
  return { ...recording, objects };
}

/** Follows the steps (each picks a key) as deep as the value goes and changes what is there; kind and apiVersion stay. */
function mutate(value: Json, steps: readonly number[], change: Json | undefined, top = true): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined || typeof value !== 'object' || value === null) return change;
  if (Array.isArray(value)) {
    if (value.length === 0) return change;
    return value.map((item: Json, index) =>
      index === step % value.length ? (mutate(item, rest, change, false) ?? null) : item,
    );
  }
  const record = value as JsonObject;
  const keys = Object.keys(record).filter((key) => !top || (key !== 'kind' && key !== 'apiVersion'));
  const key = keys[step % keys.length];
  if (key === undefined) return change;
  return { ...record, [key]: mutate(record[key] ?? null, rest, change, false) };
}
