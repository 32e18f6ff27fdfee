import { CaptureError } from '../engine/capture/options.ts';
import { RequestError } from '../engine/contract.ts';
import { sanitize } from '../report/sanitize.ts';
import { ClusterError } from '../sources/cluster/client.ts';
import { SourceError } from '../sources/source-error.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

/** What an error says on stderr: what is wrong and the next step; a stack only for a fault of our own. */
export function describeFailure(error: unknown, program: string): string {
  const expected = explain(error);
  if (expected === undefined) return describeFault(error, program);
  const lines = [`${program}: ${expected.message}`, ...expected.hints.map((hint) => `  ${hint}`)];
  return `${lines
    .flatMap((line) => line.split('\n'))
    .map((line) => sanitize(line))
    .join('\n')}\n`;
}

export interface Explained {
  readonly message: string;
  readonly hints: readonly string[];
}

/** The message and next steps of an error that is somebody's input; undefined for a fault of our own. */
export function explain(error: unknown): Explained | undefined {
  if (error instanceof UsageError) return { message: error.message, hints: error.hints };
  if (error instanceof RequestError) return { message: error.message, hints: error.hint === '' ? [] : [error.hint] };
  if (error instanceof CaptureError) return { message: error.message, hints: [error.hint] };
  if (error instanceof SourceError)
    return { message: error.message, hints: error.hint === undefined ? [] : [error.hint] };
  if (error instanceof ClusterError) return { message: error.message, hints: hintsFor(error.failure.kind) };
  return undefined;
}

function hintsFor(kind: ClusterError['failure']['kind']): readonly string[] {
  switch (kind) {
    case 'unauthorized':
      return ['the API server does not know you: log in again; it must work with: kubectl get namespaces'];
    case 'unreachable':
    case 'timeout':
      return ['is it the right context, and are you on the right network? Try: kubectl version'];
    case 'tls':
      return ['the certificate is not one that the kubeconfig trusts; a proxy in between? Try: kubectl version'];
    default:
      return [];
  }
}

function describeFault(error: unknown, program: string): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    `${program}: this is a fault in hopwise, not in your input:`,
    ...stack.split('\n').map((line) => sanitize(line)),
    'Please report it with these lines, the command, and the input if you can share it.',
    `hopwise ${VERSION}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    '',
  ].join('\n');
}
