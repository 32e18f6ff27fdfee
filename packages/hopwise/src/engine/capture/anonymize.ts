import { createHash, randomBytes } from 'node:crypto';
import { Anonymizer, type Mapping } from '../../sources/anonymize/anonymizer.ts';
import { WordCollector } from '../../sources/anonymize/collect-words.ts';
import type { Spool } from '../../sources/capture-writer/spool.ts';
import type { JsonObject } from '../../sources/contract.ts';
import { type Selection, select } from './scope.ts';

export interface Anonymized {
  readonly selection: Selection;
  readonly mapping: Mapping;
  readonly scope: string | undefined;
}

export interface AnonymizeOptions {
  readonly secret: string | undefined;
  /** What the capture is of, as text. */
  readonly scope: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Fills `target` with the selection under pseudonyms. Everything is gone through twice: names that are met late stand in
 * objects that came early. Without a `secret` the pseudonyms are others each time.
 */
export function anonymize(
  spool: Spool,
  { kinds, logs, coverage }: Selection,
  target: Spool,
  { secret, scope, signal }: AnonymizeOptions,
): Anonymized {
  const collector = new WordCollector();
  const objects = function* (): Iterable<JsonObject> {
    for (const kind of kinds) {
      signal.throwIfAborted();
      for (const object of kind.objects) yield JSON.parse(spool.readObject(object).toString()) as JsonObject;
    }
  };
  for (const object of objects()) collector.object(object);
  for (const log of logs) collector.text(spool.readLog(log).toString());
  for (const { text } of spool.responses) collector.text(text);
  if (scope !== undefined) collector.text(scope);
  const key = secret === undefined ? randomBytes(32) : createHash('sha256').update(secret).digest();
  const anonymizer = new Anonymizer(key, collector);
  const change = (text: string): string => anonymizer.text(text);
  for (const object of objects()) target.object(anonymizer.object(object), { file: '' });
  for (const { start, length, ...log } of logs) {
    signal.throwIfAborted();
    const text = change(spool.readLog({ ...log, start, length }).toString());
    target.log({
      ...log,
      file: change(log.file),
      namespace: change(log.namespace),
      pod: change(log.pod),
      container: change(log.container),
      text,
    });
  }
  for (const { text, file } of spool.responses) target.response(change(text), file);
  for (const { file, line, message } of spool.problems) {
    target.problem({ file: change(file), message: change(message), ...(line === undefined ? {} : { line }) });
  }
  for (const entry of coverage) {
    const { reason, namespaces, names } = entry;
    target.coverage({
      ...entry,
      ...(reason === undefined ? {} : { reason: change(reason) }),
      ...(namespaces === undefined ? {} : { namespaces: namespaces.map(change) }),
      ...(names === undefined ? {} : { names: names.map(change) }),
    });
  }
  target.snapshot(spool.facts);
  return { selection: select(target, undefined, 'all'), mapping: anonymizer.mapping(), scope: scope && change(scope) };
}
