import { spawnSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { bundle, isBundleFresh, PACKAGE } from './build/bundle.ts';

// npm start                 builds if needed and diagnoses a failing URL of the bundled capture
// npm start -- ARGUMENTS…   the same program with your own arguments: npm start -- scan --from k8s/

const DEMO = ['diagnose', 'https://books.example.net/catalog/search?q=lamp', '--from'];

if (!isBundleFresh()) await bundle();
const given = process.argv.slice(2);
const capture = relative(process.cwd(), join(PACKAGE, 'demo', 'bookshop'));
const args = given.length > 0 ? given : [...DEMO, capture];
if (given.length === 0) console.log(`$ hopwise ${args.map(quote).join(' ')}\n`);
const done = spawnSync(process.execPath, [join(PACKAGE, 'bin', 'hopwise.js'), ...args], { stdio: 'inherit' });
// The demonstration finds a fault on purpose (exit code 1): that is a success for `npm start`.
process.exitCode = given.length === 0 && done.status === 1 ? 0 : (done.status ?? 2);

function quote(argument: string): string {
  return /^[\w./:@-]+$/.test(argument) ? argument : `'${argument}'`;
}
