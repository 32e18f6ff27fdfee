import { readBaseline, writeBaseline } from '../baseline.ts';
import { FINE } from '../exit-codes.ts';
import { exitCodeOfScan, readFailOn } from '../fail-on.ts';
import type { Invocation } from '../invocation.ts';
import type { CliIo } from '../io.ts';
import { chooseOutput } from '../output.ts';
import { loadSnapshot } from '../snapshot.ts';

/** What is wrong with any route? */
export async function run(invocation: Invocation, io: CliIo): Promise<number> {
  const { flags } = invocation;
  const failOn = readFailOn(flags.get('fail-on'));
  const namespace = flags.get('namespace');
  const file = flags.get('baseline');
  const baseline = file === undefined ? [] : readBaseline(await io.readFile(file), file);
  const [{ renderer, options }, { engine, snapshot, notes }] = await Promise.all([
    chooseOutput(flags, io),
    loadSnapshot(invocation, io),
  ]);
  const scan = engine.scan(snapshot, {
    ...(namespace === undefined ? {} : { namespace }),
    ...(file === undefined ? {} : { baseline }),
  });
  const document = { ...scan, tookMs: Math.round(io.elapsed()) };
  await io.stdout.write(renderer.scan?.(document, options) ?? '');
  const target = flags.get('write-baseline');
  if (target === undefined) return exitCodeOfScan(document, failOn);
  const { text, count } = writeBaseline(document, baseline);
  await io.writeFile(target, text);
  await notes.note(`${count} ${count === 1 ? 'finding' : 'findings'} written to ${target}`);
  return FINE;
}
