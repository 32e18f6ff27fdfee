import { type ObjectId, objectId } from '../../base/object-id.ts';
import type { DiagnosisDocument, DiffDocument, ScanDocument } from '../diagnosis.ts';
import { DIFF } from './diff.ts';
import { FAILING } from './failing.ts';
import { SCAN } from './scan.ts';

/** Text that attacks every format at once: a terminal, a shell, HTML, Markdown, XML and workflow commands. */
export const HOSTILE_TEXT =
  "\x1b]0;owned\x07\x1b[31mred\u202egnp.exe\u2066\u200b\r\n::error::pwned</script><script>alert(1)</script>]]>&amp;<img src=x onerror=alert(1)> `code` ``` [x](javascript:alert(1)) | @everyone $(touch pwned) ';touch pwned;' %0A \u0085\u009b2J\ud800";

const HOSTILE_OBJECT = objectId('Net\x1b[2Jwork<b>', "f';reboot;'", HOSTILE_TEXT.replaceAll('/', '_'));

const FIXED_KEYS: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'status',
  'state',
  'type',
  'level',
  'step',
  'id',
  'hop',
  'mode',
]);

/** The failing sample with hostile text in place of every free text that a cluster or a log can set. */
export const HOSTILE: DiagnosisDocument = poison(FAILING, HOSTILE_TEXT, HOSTILE_OBJECT);
export const HOSTILE_SCAN: ScanDocument = poison(SCAN, HOSTILE_TEXT, HOSTILE_OBJECT);
export const HOSTILE_DIFF: DiffDocument = poison(DIFF, HOSTILE_TEXT, HOSTILE_OBJECT);

/** Replaces all texts of a document, except its enumerated words, by one text; objects by one object. */
export function poison<T>(document: T, text: string, object: ObjectId): T {
  const change = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return FIXED_KEYS.has(key) ? value : key === 'object' ? object : text;
    if (Array.isArray(value)) return value.map((item) => change(item, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, change(item, name)]));
  };
  return change(document, '') as T;
}
