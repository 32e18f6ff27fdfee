import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle, isBundleFresh, PACKAGE } from './build/bundle.ts';
import { DEMO_CAPTURE, DEMO_URL } from './demo.ts';

// npm start                 builds if needed and diagnoses a failing URL of the bundled capture
// npm start -- ARGUMENTS…   the same program with your own arguments: npm start -- scan --from k8s/

if (!isBundleFresh()) await bundle();
const given = process.argv.slice(2);
const args = given.length > 0 ? given : ['diagnose', DEMO_URL, '--from', DEMO_CAPTURE];
if (given.length === 0) console.log(`$ hopwise diagnose '${DEMO_URL}' --from ${DEMO_CAPTURE}\n`);
const done = spawnSync(process.execPath, [join(PACKAGE, 'bin', 'hopwise.cjs'), ...args], { stdio: 'inherit' });
// The demonstration finds a fault on purpose (exit code 1): that is a success for `npm start`.
process.exitCode = given.length === 0 && done.status === 1 ? 0 : (done.status ?? 2);
