import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import type { JsonObject, Sink, Source } from './contract.ts';
import { redactObject } from './reading/redact.ts';

export interface OpenOptions {
  /** What `-` reads. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

/** The source behind a path; what kind of input it is shows in its summary. */
export async function openSource(path: string, _options: OpenOptions = {}): Promise<Source> {
  return {
    id: 'capture',
    async read(sink) {
      let objects = 0;
      let logs = 0;
      const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
      for (const name of names) {
        if (name === 'response.txt') sink.response(readFileSync(join(path, name), 'utf8'), name);
        else if (name.startsWith('logs/') && name.endsWith('.log')) {
          const [, namespace = '', pod = '', last = ''] = name.split('/');
          const previous = last.endsWith('.previous.log');
          const container = last.replace(/(?:\.previous)?\.log$/, '');
          const text = readFileSync(join(path, name), 'utf8');
          sink.log({ file: name, namespace, pod, container, previous, text, truncated: false });
          logs++;
        } else if (/\.(?:ya?ml|json)$/.test(name)) objects += readDocuments(join(path, name), name, sink);
      }
      return { kind: 'capture', path, description: `capture folder ${path} (${objects} objects, ${logs} logs)` };
    },
  };
}

function readDocuments(path: string, file: string, sink: Sink): number {
  let count = 0;
  for (const document of loadAll(readFileSync(path, 'utf8'), { schema: YAML11_SCHEMA }) as JsonObject[]) {
    const items = Array.isArray(document?.items) ? (document.items as JsonObject[]) : [document];
    for (const item of items) {
      if (typeof item?.kind !== 'string' || typeof item.apiVersion !== 'string') continue;
      sink.object(redactObject(JSON.parse(JSON.stringify(item))), { file });
      count++;
    }
  }
  return count;
}
