import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Programs in the background that never outlive this process, whatever ends it. */
export interface ProcessKeeper {
  /** Starts a program whose output goes to `<name>.log` in the folder, appended over restarts. */
  start(name: string, file: string, args: readonly string[]): Program;
  /** Ends every program that still runs. */
  stop(): Promise<void>;
}

export interface Program {
  readonly name: string;
  /** The end of what it printed, for messages about its failure. */
  readLog(): string;
  /** Undefined while it runs. */
  readonly ended: () => string | undefined;
  kill(): Promise<void>;
}

// A shell that reads process ids (`-ID`: that one has ended) until its input closes, which also happens when this process is
// killed with SIGKILL, and then ends them and removes the folder. The word `done` dismisses it.
const GUARD = `
trap "" INT TERM HUP
ids=" "
while read -r id; do
  case "$id" in
    done) exit ;;
    -*) ids="\${ids%% \${id#-} *} \${ids#* \${id#-} }" ;;
    *) ids="$ids$id " ;;
  esac
done
for id in $ids; do kill -9 "$id" 2>/dev/null; done
rm -rf "$1"`;

/** Keeps programs whose logs and files lie in `folder`; when this process dies, they and the folder go with it. */
export function createProcessKeeper(folder: string): ProcessKeeper {
  const guard = spawn('sh', ['-c', GUARD, 'guard', folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.stdin.on('error', () => {});
  const dismissed = once(guard, 'exit');
  const running = new Set<Program>();
  return {
    start(name, file, args) {
      const log = join(folder, `${name}.log`);
      const output = openSync(log, 'a');
      // A process group of its own: Ctrl-C in a terminal reaches the tests, and they decide about the control plane.
      const child = spawn(file, args, { stdio: ['ignore', output, output], detached: true, cwd: folder });
      closeSync(output);
      guard.stdin.write(`${child.pid}\n`);
      child.on('exit', () => guard.stdin.write(`-${child.pid}\n`));
      const program = watch(name, child, log);
      running.add(program);
      return program;
    },
    async stop() {
      await Promise.all([...running].map((program) => program.kill()));
      guard.stdin.end('done\n');
      await dismissed;
    },
  };
}

function watch(name: string, child: ChildProcess, log: string): Program {
  let ended: string | undefined;
  const closed = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      ended = error.message;
      resolve();
    });
    child.on('exit', (code, signal) => {
      ended = `${name} ended with ${signal ?? `exit code ${code}`}`;
      resolve();
    });
  });
  return {
    name,
    readLog: () => readFileSync(log, 'utf8').slice(-3000),
    ended: () => ended,
    kill: async () => {
      if (ended === undefined) child.kill('SIGKILL');
      await closed;
    },
  };
}

/** A TCP port of 127.0.0.1 that nothing listens on at this moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
