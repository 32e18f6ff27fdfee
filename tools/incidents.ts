import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { engine } from '../packages/hopwise/src/engine/engine.ts';
import { openSource } from '../packages/hopwise/src/sources/open.ts';
import { findCaseFolders, type IncidentCase, readCase, SHARED_FOLDER, whyNoSharedCases } from './incidents/case.ts';
import { type Answer, findShortfalls, judge, sumUp } from './incidents/judge.ts';
import { printCase, printTotals } from './incidents/print.ts';

// npm run incidents                    ../shared/incidents and ../shared/healthy
// npm run incidents -- DIR…            these folders (or the case folders in them)
// npm run incidents -- -o json         the same as data
// Exit code 0 when the goal is reached, 1 when not, 2 when there was nothing to run.

const { folders, json } = readArguments(process.argv.slice(2));
const cases = findCaseFolders(folders).map(readCase);
if (cases.length === 0) {
  console.error(whyNoSharedCases());
  process.exit(2);
}

const judgements = [];
for (const incident of cases) {
  const judgement = judge(incident, await answer(incident));
  judgements.push(judgement);
  if (!json) console.log(printCase(judgement));
}
const totals = sumUp(judgements);
const shortfalls = findShortfalls(totals);
if (json) console.log(JSON.stringify({ cases: judgements, totals, shortfalls }, null, 2));
else console.log(['', printTotals(totals), ...shortfalls.map((text) => `short of the goal: ${text}`)].join('\n'));
process.exitCode = shortfalls.length > 0 ? 1 : 0;

async function answer({ folder, requests }: IncidentCase): Promise<Answer> {
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  try {
    const snapshot = await engine.load(await openSource(folder), new AbortController().signal);
    const diagnoses = requests.map((request) => engine.diagnose(snapshot, request));
    return { diagnoses, seconds: seconds() / requests.length };
  } catch (error) {
    return {
      diagnoses: [],
      seconds: seconds(),
      crash: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

function readArguments(argv: readonly string[]): { folders: readonly string[]; json: boolean } {
  const output = argv.indexOf('-o');
  const rest = argv.filter((_, index) => output < 0 || (index !== output && index !== output + 1));
  const shared = [join(SHARED_FOLDER, 'incidents'), join(SHARED_FOLDER, 'healthy')];
  return { folders: rest.length > 0 ? rest : shared, json: output >= 0 && argv[output + 1] === 'json' };
}
