/** The few operations of etcd's JSON gateway that loading objects and forcing 410 Gone take. */
export interface EtcdClient {
  /** Writes all pairs, in transactions of bounded size. */
  put(pairs: Iterable<readonly [key: string, value: string]>): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
  /** Forgets every revision before the present one: watches and pages that continue from an older one get 410 Gone. */
  compact(): Promise<void>;
}

/** etcd refuses requests above 1.5 MiB (--max-request-bytes); base64 adds a third. */
const MAX_BATCH_BYTES = 700_000;
/** etcd's --max-txn-ops. */
const MAX_BATCH_OPERATIONS = 128;

export function createEtcdClient(url: string): EtcdClient {
  const call = async (path: string, body: unknown): Promise<unknown> => {
    const response = await fetch(new URL(path, url), { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${(await response.text()).slice(0, 500)}`);
    return response.json();
  };
  const transact = (operations: readonly unknown[]): Promise<unknown> => call('/v3/kv/txn', { success: operations });
  return {
    async put(pairs) {
      let batch: unknown[] = [];
      let bytes = 0;
      for (const [key, value] of pairs) {
        const encoded = encode(value);
        if (batch.length === MAX_BATCH_OPERATIONS || (batch.length > 0 && bytes + encoded.length > MAX_BATCH_BYTES)) {
          await transact(batch);
          batch = [];
          bytes = 0;
        }
        batch.push({ requestPut: { key: encode(key), value: encoded } });
        bytes += encoded.length;
      }
      if (batch.length > 0) await transact(batch);
    },
    async delete(keys) {
      for (let start = 0; start < keys.length; start += MAX_BATCH_OPERATIONS) {
        const batch = keys.slice(start, start + MAX_BATCH_OPERATIONS);
        await transact(batch.map((key) => ({ requestDeleteRange: { key: encode(key) } })));
      }
    },
    async compact() {
      const { header } = (await call('/v3/kv/range', { key: encode('/') })) as {
        readonly header: { revision: string };
      };
      await call('/v3/kv/compaction', { revision: header.revision, physical: true });
    },
  };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
