import type { Engine, RequestInput, Snapshot } from '../../engine/contract.ts';
import { RequestError } from '../../engine/contract.ts';
import { FAILING } from '../../report/testing/failing.ts';
import { HEALTHY } from '../../report/testing/healthy.ts';
import { SCAN, SCAN_HEALTHY } from '../../report/testing/scan.ts';
import { TRACE, TRACE_NONE } from '../../report/testing/trace.ts';
import { UNSURE } from '../../report/testing/unsure.ts';
import type { openSource } from '../../sources/open.ts';
import { SourceError } from '../../sources/source-error.ts';
import type { CliIo } from '../io.ts';
import { main } from '../main.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What the engine was asked. */
  readonly asked: readonly RequestInput[];
  readonly written: ReadonlyMap<string, string>;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  /** Instead of a source that holds nothing. */
  readonly open?: typeof openSource;
}

const SNAPSHOT = { model: { list: () => [], foreign: () => [] } } as unknown as Snapshot;

/** Runs a command line on an engine that answers with the sample documents: which one, the URL says. */
export async function runCli(argv: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const asked: RequestInput[] = [];
  const written = new Map<string, string>();
  const text = { out: '', err: '' };
  const output = (name: 'out' | 'err'): CliIo['stdout'] => ({
    isTerminal: surroundings.terminal === true,
    columns: 120,
    write: async (piece) => {
      text[name] += piece;
    },
  });
  const io: CliIo = {
    stdout: output('out'),
    stderr: output('err'),
    stdin: Object.assign(readText(surroundings.stdin ?? ''), { isTerminal: false }),
    env: { LANG: 'C.UTF-8', ...surroundings.env },
    program: 'hopwise',
    signal: new AbortController().signal,
    onInterrupt: () => () => {},
    elapsed: () => 42,
    readFile: async (path) => surroundings.files?.[path] ?? Promise.reject(new Error(`no ${path}`)),
    writeFile: async (path, content) => {
      written.set(path, content);
    },
    engine: async () => fakeEngine(asked),
    openSource: async () => surroundings.open ?? fakeOpen,
    openCluster: async () => async () => Promise.reject(new SourceError('no-input', 'no kubeconfig was found')),
    prober: async () => ({ probe: async () => [] }),
    insideProber: async () => ({ probe: async () => ({ probes: [], skipped: [] }) }),
    gatewayConfigReader: async () => async () => [],
    explainPages: async () => ({ ids: ['oom-killed'], get: (id) => (id === 'oom-killed' ? PAGE : undefined) }),
  };
  const code = await main(argv, io);
  return { code, ...text, asked, written };
}

const PAGE =
  '# oom-killed\n\n## What it means\n\nThe container used more memory than its limit, and the kernel killed it before it could answer.\n';

async function* readText(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

const fakeOpen: typeof openSource = async (path) => {
  if (path === 'missing') throw new SourceError('not-found', 'missing does not exist', 'did you mean incident?');
  return { id: 'fake', read: async () => ({ kind: 'fake', path, description: path }) };
};

function fakeEngine(asked: RequestInput[]): Engine {
  const fake: Engine = {
    load: async (source, signal) => {
      await source.read({} as Parameters<typeof source.read>[0], signal);
      return SNAPSHOT;
    },
    loadPath: async () => SNAPSHOT,
    searchRequests: (object, common) => ({
      object,
      find: () => ({
        input: { ...common, url: `https://${object.name}.example.com/` },
        others: [1, 2, 3, 4, 5, 6].map((n) => `https://${object.name}.example.com/${n}`),
        invented: object.name === 'any',
      }),
    }),
    diagnose: (_, input) => {
      asked.push(input);
      if (input.url.includes('crash')) throw new TypeError('cannot read \x1b[2J of undefined');
      if (input.url.includes('nonsense')) throw new RequestError(`'${input.url}' has no host`, 'write the host');
      const { verdict } = UNSURE;
      if (input.url.includes('unseen'))
        return { ...UNSURE, verdict: { status: 'inconclusive', summary: verdict.summary } };
      if (input.url.includes('unsure')) return UNSURE;
      return input.url.includes('fine') ? HEALTHY : FAILING;
    },
    trace: (_, input) => {
      asked.push(input);
      return input.url.includes('nowhere') ? TRACE_NONE : TRACE;
    },
    diagnoseWithProbes: async (snapshot, input) => fake.diagnose(snapshot, input),
    scan: (_, { namespace }) => (namespace === 'fine' ? SCAN_HEALTHY : SCAN),
  };
  return fake;
}
