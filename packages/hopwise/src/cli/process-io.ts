import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isatty } from 'node:tty';
import type { CauseId } from '../checks/causes.ts';
import { INTERRUPTED } from './exit-codes.ts';
import type { CliIo, ExplainPages, Output } from './io.ts';
import { UsageError } from './usage-error.ts';

/** The real terminal, files and engine. */
export function createProcessIo(): CliIo {
  const interrupt = new AbortController();
  const undos = new Set<() => void | Promise<void>>();
  const end = async (): Promise<void> => {
    interrupt.abort();
    const undone = Promise.allSettled([...undos].map((undo) => undo()));
    // Nothing to undo, nothing to wait for; a second signal ends the process whatever is under way.
    if (undos.size > 0) await Promise.race([undone, patience()]);
    // Nothing is half written any more. A shell prompt should start on a line of its own.
    process.stderr.write(process.stderr.isTTY === true ? '\n' : '', () => process.exit(INTERRUPTED));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    // Asked by number: process.stdin would be opened by looking at it.
    stdin: Object.assign(lazyStdin(), { isTerminal: isatty(0) }),
    env: process.env,
    program: basename(process.argv[1] ?? '').startsWith('kubectl-') ? 'kubectl hopwise' : 'hopwise',
    signal: interrupt.signal,
    onInterrupt: (undo) => {
      undos.add(undo);
      return () => undos.delete(undo);
    },
    elapsed: () => performance.now(),
    readFile: (path) =>
      readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => Promise.reject(fileError(path, error))),
    writeFile: (path, text) =>
      writeFile(path, text).catch((error: NodeJS.ErrnoException) => Promise.reject(fileError(path, error))),
    engine: async () => (await import('../engine/engine.ts')).engine,
    openSource: async () => (await import('../sources/open.ts')).openSource,
    openCluster: async () => (await import('../sources/cluster/open-cluster.ts')).openCluster,
    insideProber: async (cluster, options) => {
      const [{ insideProber }, { portForward }] = await Promise.all([
        import('../sources/probe/inside/inside-prober.ts'),
        import('../sources/cluster/port-forward.ts'),
      ]);
      return insideProber(cluster, { ...options, forward: (target, signal) => portForward(cluster, target, signal) });
    },
    gatewayConfigReader: async (cluster) => {
      const [{ gatewayConfigReader }, { portForward }, { ClusterError }] = await Promise.all([
        import('../sources/gateway-config/read-gateway-config.ts'),
        import('../sources/cluster/port-forward.ts'),
        import('../sources/cluster/client.ts'),
      ]);
      return gatewayConfigReader({
        forward: (target, signal) => portForward(cluster, target, signal),
        isForbidden: (error) => error instanceof ClusterError && error.failure.kind === 'forbidden',
      });
    },
    prober: async (options) => (await import('../sources/probe/prober.ts')).callerProber(options),
    explainPages: loadPages,
  };
}

/** How long undoing may keep a process that was told to end. */
function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 12_000));
}

function outputOf(stream: NodeJS.WriteStream): Output {
  // A reader that has seen enough (`| head`) is no error; what is left is not written.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  return {
    isTerminal: stream.isTTY === true,
    columns: stream.columns,
    write: (text) => (text === '' ? Promise.resolve() : new Promise((resolve) => stream.write(text, () => resolve()))),
  };
}

/** Touching process.stdin opens it, which only commands that read it should do. */
async function* lazyStdin(): AsyncGenerator<Uint8Array> {
  yield* process.stdin as AsyncIterable<Uint8Array>;
}

async function loadPages(): Promise<ExplainPages> {
  const { EXPLAIN_PAGES } = await import('../checks/explain-pages.gen.ts');
  return { ids: Object.keys(EXPLAIN_PAGES) as CauseId[], get: (id) => EXPLAIN_PAGES[id] };
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be opened by this user',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'goes through something that is not a folder',
  EROFS: 'is on a read-only file system',
  ENOSPC: 'cannot be written: the disk is full',
};

function fileError(path: string, error: NodeJS.ErrnoException): Error {
  const what = FILE_ERRORS[error.code ?? ''];
  return what === undefined ? error : new UsageError(`${path} ${what}`);
}
