import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findOrBuildBinaries, NoControlPlane } from '../test/controlplane/binaries.ts';
import { type ControlPlane, startControlPlane } from '../test/controlplane/control-plane.ts';
import { bundle, isBundleFresh, PACKAGE } from '../tools/build/bundle.ts';
import { type ClusterSize, FAULT_EVERY, FULL_SIZE, urlOfRoute } from './generate-cluster.ts';
import { loadCluster } from './live/cluster.ts';
import { type CountingProxy, startCountingProxy, type Traffic } from './live/counting-proxy.ts';
import type { FetchPlan } from './live/fetch-pages.ts';
import { type ProgramRun, runProgram } from './live/run-program.ts';
import { formatRows, type Row, writeRows } from './results-table.ts';

// npm run bench:live                    2,000 nodes, 20,000 Pods, 2,000 Services and Ingresses in a real API server
// npm run bench:live -- --full          Kubernetes' own limits: 5,000 nodes, 150,000 Pods, 10,000 Services and Ingresses
// npm run bench:live -- --scale 0.1     a tenth of the default
// npm run bench:live -- -o json
// npm run bench:live -- --write         and put the table into docs/performance.md
//
// hopwise beside kubectl and beside a program that fetches the same pages and throws them away, in turns, in the same run.

const DEFAULT_SIZE: ClusterSize = { nodes: 2_000, pods: 20_000, services: 2_000, routes: 2_000 };
const ROUNDS = 3;
/** As many lists at a time as hopwise reads (PARALLEL in sources/cluster/cluster-source.ts). */
const PARALLEL = 8;

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    scale: { type: 'string', default: '1' },
    output: { type: 'string', short: 'o', default: 'text' },
    write: { type: 'boolean', default: false },
  },
});
const size = values.full ? FULL_SIZE : scaled(Number(values.scale));
try {
  await main();
} catch (error) {
  if (!(error instanceof NoControlPlane)) throw error;
  console.error(`no live bench: ${error.message}`);
  process.exitCode = 77;
}

async function main(): Promise<void> {
  const binaries = await findOrBuildBinaries(say);
  if (!isBundleFresh()) await bundle();
  const controlPlane = await startControlPlane({ binaries });
  try {
    say('loading the cluster …');
    const { objects, bytes } = await loadCluster(controlPlane, size);
    const rows = await measure(controlPlane, `${objects.toLocaleString('en')} objects, ${mib(bytes)} as JSON`);
    console.log(values.output === 'json' ? JSON.stringify({ size, objects, bytes, rows }, null, 2) : formatRows(rows));
    if (values.write) writeRows(values.full ? 'live table, full size' : 'live table', rows);
  } finally {
    await controlPlane.stop();
  }
}

async function measure(controlPlane: ControlPlane, what: string): Promise<readonly Row[]> {
  const { kubeconfig } = controlPlane.admin;
  const broken = urlOfRoute(Math.min(FAULT_EVERY, size.services) - 1);
  const healthy = urlOfRoute(0);
  const proxy = await startCountingProxy(controlPlane);
  const scanTraffic = await count(proxy, controlPlane, ['scan', '-o', 'json'], checkScan);
  const brokenTraffic = await count(proxy, controlPlane, diagnoseArgs(broken, '--status', '503'));
  const healthyTraffic = await count(proxy, controlPlane, diagnoseArgs(healthy));
  proxy.stop();

  const plan = planOf(scanTraffic, controlPlane);
  const fetchFile = join(controlPlane.folder, 'fetch-plan.json');
  writeFileSync(fetchFile, JSON.stringify(plan));
  const script = join(import.meta.dirname, 'live', 'fetch-pages.ts');
  const scans: ProgramRun[] = [];
  const fetches: ProgramRun[] = [];
  const diagnoses = { broken: [] as ProgramRun[], healthy: [] as ProgramRun[] };
  for (let round = 0; round < ROUNDS; round++) {
    say(`round ${round + 1} of ${ROUNDS} …`);
    fetches.push(await runProgram(process.execPath, [script, fetchFile]));
    scans.push(await hopwise(['scan', '-o', 'json', '--kubeconfig', kubeconfig]));
    diagnoses.broken.push(await hopwise([...diagnoseArgs(broken, '--status', '503'), '--kubeconfig', kubeconfig]));
    diagnoses.healthy.push(await hopwise([...diagnoseArgs(healthy), '--kubeconfig', kubeconfig]));
  }
  say('kubectl …');
  const kubectl = await runProgram(
    controlPlane.binaries.kubectl,
    ['get', plan.lists.map(({ path }) => resourceOf(path)).join(','), '-A', '-o', 'json'],
    { env: { KUBECONFIG: kubeconfig, HOME: controlPlane.folder }, drop: true },
  );

  const scan = medianOf(scans);
  const fetch = medianOf(fetches);
  const scanned = `\`hopwise scan\` of ${what}`;
  const share = (traffic: Traffic): number => traffic.bytes / scanTraffic.bytes;
  const diagnosed = (name: string, runs: readonly ProgramRun[], traffic: Traffic): Row[] => {
    const run = medianOf(runs);
    const title = `\`hopwise diagnose\` of ${name} there`;
    return [
      {
        ...empty(title),
        measured: `${run.seconds.toFixed(2)} s, ${run.residentMiB.toFixed(0)} MiB`,
        goal: '≤ 2 s',
        met: run.seconds <= 2,
      },
      {
        what: `${title}, bytes read, against the scan’s`,
        measured: `${mib(traffic.bytes)} in ${traffic.requests.length} requests`,
        baseline: mib(scanTraffic.bytes),
        ratio: share(traffic).toFixed(3),
        goal: '< 0.05',
        met: share(traffic) < 0.05,
      },
    ];
  };
  return [
    {
      what: `${scanned}, against fetching the same pages (${mib(scanTraffic.bytes)}, ${scanTraffic.requests.length} requests)`,
      ...against(scan.seconds, fetch.seconds, 1.5),
    },
    { what: `${scanned}, against \`kubectl get\` of the same kinds`, ...against(scan.seconds, kubectl.seconds, 0.25) },
    {
      what: `${scanned}, most memory resident, against kubectl`,
      measured: `${scan.residentMiB.toFixed(0)} MiB`,
      baseline: `${kubectl.residentMiB.toFixed(0)} MiB`,
      ratio: (scan.residentMiB / kubectl.residentMiB).toFixed(2),
      goal: values.full ? '≤ 1024 MiB' : '≤ 400 MiB',
      met: scan.residentMiB <= (values.full ? 1024 : 400),
    },
    ...diagnosed('a broken URL', diagnoses.broken, brokenTraffic),
    ...diagnosed('a healthy URL', diagnoses.healthy, healthyTraffic),
  ];
}

function against(seconds: number, baseline: number, goal: number): Omit<Row, 'what'> {
  const ratio = seconds / baseline;
  return {
    measured: `${seconds.toFixed(1)} s`,
    baseline: `${baseline.toFixed(1)} s`,
    ratio: ratio.toFixed(2),
    goal: `≤ ${goal}`,
    met: ratio <= goal,
  };
}

function empty(what: string): Pick<Row, 'what' | 'baseline' | 'ratio'> {
  return { what, baseline: '', ratio: '' };
}

/** The hosts are invented: what they resolve to is nobody's business here. */
function diagnoseArgs(url: string, ...more: readonly string[]): readonly string[] {
  return ['diagnose', url, ...more, '--probe=off', '-o', 'json'];
}

async function count(
  proxy: CountingProxy,
  { folder }: ControlPlane,
  args: readonly string[],
  check: (output: string) => void = () => {},
): Promise<Traffic> {
  const file = join(folder, 'counting.kubeconfig');
  const context = { cluster: 'counted', user: 'nobody' };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'counted', cluster: { server: proxy.server } }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: 'counted', context }],
    'current-context': 'counted',
  };
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(config));
  say(`counting what hopwise ${args[0]} reads …`);
  const { stdout } = await hopwise([...args, '--kubeconfig', file]);
  check(stdout);
  return proxy.takeTraffic();
}

/** A scan that looks nowhere is quick, so it has to find what is broken. */
function checkScan(output: string): void {
  const { causes } = JSON.parse(output) as { readonly causes: readonly { readonly id: string }[] };
  const faults = Math.floor(size.services / FAULT_EVERY);
  if (causes.length === faults) return;
  throw new Error(
    `the scan found ${causes.length} causes, ${faults} were put in: ${JSON.stringify(causes).slice(0, 500)}`,
  );
}

function hopwise(args: readonly string[]): Promise<ProgramRun> {
  return runProgram(process.execPath, [join(PACKAGE, 'bin', 'hopwise.cjs'), ...args]);
}

/** The lists that were asked for, each once: their later pages follow from the first. */
function planOf({ requests }: Traffic, { server, ca, admin }: ControlPlane): FetchPlan {
  const lists = requests.flatMap(({ path, query, accept }) =>
    query.limit === undefined || query.limit === '1' || query.continue !== undefined
      ? []
      : [{ path, accept, limit: query.limit }],
  );
  return { server, ca, token: admin.token, parallel: PARALLEL, lists };
}

/** `/apis/apps/v1/replicasets` → `replicasets.v1.apps` */
function resourceOf(path: string): string {
  const [, , group = '', version = '', resource = ''] = path.split('/');
  return path.startsWith('/api/') ? version : `${resource}.${version}.${group}`;
}

function medianOf(runs: readonly ProgramRun[]): ProgramRun {
  const sorted = runs.toSorted((a, b) => a.seconds - b.seconds);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) throw new Error('nothing was measured');
  return { ...median, residentMiB: Math.max(...runs.map(({ residentMiB }) => residentMiB)) };
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 24 ? 1 : 0)} MiB`;
}

function say(text: string): void {
  console.error(`bench:live: ${text}`);
}

function scaled(scale: number): ClusterSize {
  if (!(scale > 0 && scale <= 1)) throw new Error('--scale wants a number above 0 and at most 1');
  const of = (whole: number): number => Math.max(1, Math.round(whole * scale));
  return {
    nodes: of(DEFAULT_SIZE.nodes),
    pods: of(DEFAULT_SIZE.pods),
    services: of(DEFAULT_SIZE.services),
    routes: of(DEFAULT_SIZE.routes),
  };
}
