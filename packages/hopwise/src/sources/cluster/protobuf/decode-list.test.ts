import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeList, decodeStatus, isProtobufKind } from './decode-list.ts';
import { answer, entry, listAnswer, number, run, varint } from './testing/write-wire.ts';
import { ProtobufError } from './wire.ts';

/** metadata (1) with a name. */
const named = (name: string, ...rest: readonly (readonly number[])[]) => run(1, [run(1, name), ...rest]);
const onlyItem = (apiVersion: string, kind: string, ...fields: readonly (readonly number[])[]) =>
  decodeList(listAnswer(apiVersion, kind, [fields])).items[0];
const podStatus = (...fields: readonly (readonly number[])[]) =>
  (onlyItem('v1', 'PodList', run(3, fields)) as { status: object }).status;
const terminated = (...fields: readonly (readonly number[])[]) =>
  podStatus(run(8, [run(2, [run(3, fields)])])) as { containerStatuses: [{ state: { terminated: unknown } }] };

describe('a page of a list', () => {
  it('has the list’s own fields, and items that say their apiVersion and kind', () => {
    const meta = [run(1, ''), run(2, '8123'), run(3, 'eyJ2Ijoi'), number(4, 19_500)];
    expect(decodeList(listAnswer('v1', 'PodList', [[named('cart-1')], [named('cart-2')]], meta))).toEqual({
      kind: 'PodList',
      apiVersion: 'v1',
      resourceVersion: '8123',
      continue: 'eyJ2Ijoi',
      remainingItemCount: 19_500,
      items: [
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'cart-1' } },
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'cart-2' } },
      ],
    });
  });

  it('has no items when there are none, and no continue at its end', () => {
    const page = decodeList(listAnswer('apps/v1', 'ReplicaSetList', [], [run(2, '9'), run(3, '')]));
    expect(page).toEqual({ kind: 'ReplicaSetList', apiVersion: 'apps/v1', resourceVersion: '9', items: [] });
  });

  it('is refused when it is a Status, another kind, wrapped twice, or no protobuf at all', () => {
    const refused: readonly [Uint8Array, RegExp][] = [
      [answer('v1', 'Status', [run(2, 'Failure')]), /v1 Status is no list/],
      [listAnswer('v1', 'SecretList', []), /v1 SecretList is no list/],
      [listAnswer('apps/v1beta1', 'ReplicaSetList', []), /no list/],
      [answer('v1', 'Pod', []), /v1 Pod is no list/],
      [answer('v1', 'PodList', [], [run(3, 'gzip')]), /encoded once more/],
      [answer('v1', 'PodList', [], [run(4, 'application/json')]), /encoded once more/],
      [Buffer.from('{"kind":"PodList","apiVersion":"v1"}'), /byte 0: .*mark of Kubernetes/],
      [Buffer.from('k8s'), /byte 3: .*mark of Kubernetes/],
      [Buffer.from('k8s\0'), /does not say its kind/],
    ];
    for (const [bytes, message] of refused) {
      expect(() => decodeList(bytes)).toThrow(ProtobufError);
      expect(() => decodeList(bytes)).toThrow(message);
    }
  });

  it('reads bytes that lie inside a larger buffer', () => {
    const page = listAnswer('v1', 'PodList', [[named('cart')]]);
    const larger = new Uint8Array([9, 9, 9, ...page, 9, 9]);
    expect(decodeList(larger.subarray(3, 3 + page.length)).items).toHaveLength(1);
  });
});

describe('values', () => {
  it('are left out where JSON leaves them out when empty, and kept where JSON shows them', () => {
    // Go writes every field that is no pointer, empty or not.
    expect(podStatus(run(1, ''), run(8, [run(1, 'app'), number(4, 0), number(5, 0), run(6, '')]))).toEqual({
      containerStatuses: [{ name: 'app', ready: false, restartCount: 0, image: '' }],
    });
    expect(onlyItem('apps/v1', 'ReplicaSetList', run(2, [number(1, 0), number(4, 0)]), run(3, [number(1, 0)]))).toEqual(
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', spec: { replicas: 0 }, status: { replicas: 0 } },
    );
  });

  it('numbers may be negative, and larger than 32 bits', () => {
    expect(terminated(number(1, -1)).containerStatuses[0].state.terminated).toEqual({ exitCode: -1 });
    const generation = (value: bigint) =>
      onlyItem('v1', 'PodList', run(1, [number(7, value)])) as { metadata: { generation: number } };
    for (const value of [1n, 127n, 128n, 2n ** 31n, 2n ** 32n + 5n, 2n ** 53n - 1n, -1n, -(2n ** 40n), -(2n ** 53n)]) {
      expect(generation(value).metadata.generation).toBe(Number(value));
    }
  });

  it('times are RFC 3339, and not there when empty', () => {
    const times = [run(5, [number(1, 1_780_000_000), number(2, 999_999_999)]), run(6, [])];
    expect(terminated(...times).containerStatuses[0].state.terminated).toEqual({ startedAt: '2026-05-28T20:26:40Z' });
    expect(onlyItem('v1', 'EventList', run(10, [number(1, 1_780_000_000), number(2, 12_345_678)]))).toMatchObject({
      eventTime: '2026-05-28T20:26:40.012345Z',
    });
    const year = (seconds: number) => terminated(run(6, [number(1, seconds)])).containerStatuses[0].state.terminated;
    expect(year(-1)).toEqual({ finishedAt: '1969-12-31T23:59:59Z' });
    expect(() => year(1e15)).toThrow(/1000000000000000 seconds since 1970 is no time/);
  });

  it('IntOrString is a number or a text, as its type says', () => {
    const port = (...fields: readonly (readonly number[])[]) =>
      onlyItem('v1', 'PodList', run(2, [run(2, [run(11, [run(1, [run(2, [run(2, fields)])])])])]));
    const withPort = (value: number | string) => ({
      spec: { containers: [{ readinessProbe: { httpGet: { port: value } } }] },
    });
    expect(port(number(1, 0), number(2, 8080), run(3, ''))).toMatchObject(withPort(8080));
    expect(port(number(1, 1), number(2, 0), run(3, 'http'))).toMatchObject(withPort('http'));
    expect(port(number(1, 0), number(2, 0), run(3, ''))).toMatchObject(withPort(0));
  });

  it('quantities are text, embedded structs inline, presence enough', () => {
    const container = [
      run(1, 'app'),
      run(8, [entry(1, 'memory', [run(1, '256Mi')]), entry(2, 'cpu', [run(1, '100m')])]),
    ];
    const volumes = [
      run(1, [run(1, 'settings'), run(2, [run(19, [run(1, [run(1, 'cart-settings')]), number(4, 0)])])]),
      run(1, [run(1, 'token'), run(2, [run(26, [run(1, 'anything')])])]),
    ];
    expect(onlyItem('v1', 'PodList', run(2, [...volumes, run(2, container)]))).toMatchObject({
      spec: {
        containers: [{ name: 'app', resources: { limits: { memory: '256Mi' }, requests: { cpu: '100m' } } }],
        volumes: [
          { name: 'settings', configMap: { name: 'cart-settings', optional: false } },
          { name: 'token', projected: {} },
        ],
      },
    });
  });

  it('text is UTF-8, the same before and after it has been seen', () => {
    const labels = ['app', 'größe', '値', '', 'x'.repeat(300), 'app'].map((value, index) =>
      entry(11, `k${index}`, value),
    );
    for (let round = 0; round < 2; round++) {
      expect(onlyItem('v1', 'PodList', run(1, labels))).toMatchObject({
        metadata: { labels: { k0: 'app', k1: 'größe', k2: '値', k3: '', k4: 'x'.repeat(300), k5: 'app' } },
      });
    }
  });

  it('keys of maps may be any word; kubectl’s copy of the manifest is not read', () => {
    const item = onlyItem(
      'v1',
      'NodeList',
      run(1, [
        entry(11, '__proto__', 'x'),
        entry(11, 'constructor', 'y'),
        entry(12, 'kubectl.kubernetes.io/last-applied-configuration', '{}'),
        entry(12, 'note', 'kept'),
      ]),
    ) as { metadata: { labels: object; annotations: object } };
    expect(Object.entries(item.metadata.labels)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(item.metadata.labels)).toBe(Object.prototype);
    expect(item.metadata.annotations).toEqual({ note: 'kept' });
  });

  it('fields nobody reads are passed over, whatever their type', () => {
    const unread = [number(60, 5), run(61, 'text'), [...varint((62 << 3) | 1), 1, 2, 3, 4, 5, 6, 7, 8]];
    const fixed32 = [...varint((63 << 3) | 5), 1, 2, 3, 4];
    expect(podStatus(...unread, run(1, 'Running'), fixed32)).toEqual({ phase: 'Running' });
  });

  it('a message that comes in two parts is one, as in every protobuf reader', () => {
    expect(onlyItem('v1', 'PodList', named('cart'), run(1, [run(3, 'shop')]))).toMatchObject({
      metadata: { name: 'cart', namespace: 'shop' },
    });
  });
});

describe('damaged bytes', () => {
  it('are named with the place', () => {
    const damaged: readonly [readonly number[], RegExp][] = [
      [[0x00, 0x01], /field number is 0/],
      [[0x0a, 0x7f, 0x01], /127 bytes are announced, 1 are left/],
      [[0x0a, ...varint(-1)], /bytes are announced/],
      [[0x0a, 0xff], /ends inside a number/],
      [[0x08, 0x01], /metadata has wire type 0/],
      [[0xf8, ...Array<number>(11).fill(0xff)], /more than ten bytes/],
      [[0x7b], /wire type 3/],
    ];
    for (const [item, message] of damaged) {
      const bytes = listAnswer('v1', 'PodList', [[item]]);
      expect(() => decodeList(bytes)).toThrow(message);
      expect(() => decodeList(bytes)).toThrow(ProtobufError);
    }
  });

  it('any bytes give a list or the named error, in bounded time', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('PodList', 'NodeList', 'EventList', 'EndpointsList'),
        fc.uint8Array(),
        (kind, raw) => {
          expectListOrNamedError(answer('v1', kind, [[...raw]]));
          expectListOrNamedError(raw);
        },
      ),
    );
  });
});

describe('a Status', () => {
  it('says why the API server refused', () => {
    const bytes = answer('v1', 'Status', [
      run(1, [run(3, 'bmV4dA')]),
      run(2, 'Failure'),
      run(3, 'The provided continue parameter is too old'),
      run(4, 'Expired'),
      run(5, [run(3, 'pods'), number(5, 2)]),
      number(6, 410),
    ]);
    expect(decodeStatus(bytes)).toEqual({
      apiVersion: 'v1',
      kind: 'Status',
      metadata: { continue: 'bmV4dA' },
      status: 'Failure',
      message: 'The provided continue parameter is too old',
      reason: 'Expired',
      details: { kind: 'pods', retryAfterSeconds: 2 },
      code: 410,
    });
    expect(() => decodeStatus(listAnswer('v1', 'PodList', []))).toThrow(/v1 PodList is no Status/);
  });
});

it('kinds are known by their API version', () => {
  expect(isProtobufKind('v1', 'Pod')).toBe(true);
  expect(isProtobufKind('events.k8s.io/v1', 'Event')).toBe(true);
  expect(isProtobufKind('v1', 'Service')).toBe(false);
  expect(isProtobufKind('discovery.k8s.io/v1beta1', 'EndpointSlice')).toBe(false);
});

function expectListOrNamedError(bytes: Uint8Array): void {
  try {
    expect(Array.isArray(decodeList(bytes).items)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtobufError);
    expect((error as ProtobufError).offset).toBeLessThanOrEqual(bytes.length);
  }
}
