// Makes a clone ready to work in, then runs the command it was given with the project's own Node:
//
//   node tools/setup.mjs                       install what is missing
//   node tools/setup.mjs vitest run            a command of node_modules/.bin
//   node tools/setup.mjs tools/start.ts        a script of this repository
//
// It is plain JavaScript without dependencies because it has to run on whatever Node a machine happens to have (18 or
// newer): the pinned Node 26, which runs .ts files directly, is itself one of the things it installs.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const bin = join(root, 'node_modules', '.bin');
const windows = process.platform === 'win32';
// The file itself, not its link in .bin: npm makes that link only when install scripts may run.
const pinnedNode = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

if (!isInstalled()) install();
if (!pinnedNodeRuns()) installPinnedNode();
const [command, ...args] = process.argv.slice(2);
if (command !== undefined) process.exit(runWithPinnedNode(command, args));

/** Does node_modules hold what the lock file says? npm keeps a record of what it installed; optional packages may lack. */
function isInstalled() {
  const wanted = readPackages('package-lock.json');
  const present = readPackages(join('node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      !path.startsWith('node_modules/') ||
      entry.optional === true ||
      entry.link === true ||
      entry.peer === true ||
      present[path]?.version === entry.version,
  );
}

function readPackages(lockFile) {
  const path = join(root, lockFile);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

function install() {
  console.error('setup: installing dependencies, once …');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const exact = run('npm', ['ci', ...quiet], { shell: windows });
  if (exact === 0) return;
  // A mirror that lacks packages of other platforms makes `npm ci` refuse; `npm install` leaves those out.
  console.error('setup: npm ci refused, trying npm install');
  const lenient = run('npm', ['install', '--no-save', ...quiet], { shell: windows });
  if (lenient !== 0) fail('dependencies could not be installed; is the package registry reachable?', lenient);
}

function pinnedNodeRuns() {
  if (!existsSync(pinnedNode)) return false;
  const wanted = readPackages('package-lock.json')?.['node_modules/node']?.version;
  const asked = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  return asked.status === 0 && asked.stdout.trim() === `v${wanted}`;
}

/** Where install scripts are switched off, the `node` package has not fetched its binary yet: do that step here. */
function installPinnedNode() {
  const script = join(root, 'node_modules', 'node', 'installArchSpecificPackage.js');
  const env = { ...process.env, npm_config_ignore_scripts: 'false' };
  const status = run(process.execPath, [script], { cwd: dirname(script), env });
  if (status !== 0 || !pinnedNodeRuns()) fail('the pinned Node could not be installed', status || 1);
}

function runWithPinnedNode(name, rest) {
  const env = { ...process.env, PATH: [dirname(pinnedNode), bin, process.env.PATH ?? ''].join(delimiter) };
  const script = scriptOf(name);
  if (script === undefined) fail(`no such command: ${name}`, 2);
  const done = spawnSync(pinnedNode, [script, ...rest], { stdio: 'inherit', env, cwd: root });
  return done.status ?? 1;
}

/** A file of this repository, or the JavaScript file behind a command of node_modules/.bin. */
function scriptOf(name) {
  if (/\.(?:ts|mjs|js)$/.test(name)) return join(root, name);
  const link = join(bin, name);
  return existsSync(link) ? realpathSync(link) : undefined;
}

/** Standard output stays free for what the command prints: `npm run -s start -- -o json | jq` works on a fresh clone too. */
function run(file, argv, options) {
  const done = spawnSync(file, argv, { stdio: ['ignore', process.stderr, process.stderr], cwd: root, ...options });
  return done.status ?? 1;
}

function fail(message, status) {
  console.error(`setup: ${message}`);
  process.exit(status);
}
