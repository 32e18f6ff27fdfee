import { commonRoot, type FileReader, isManifestPath, type Layout } from '../reading/input-tree.ts';
import { readLog, readText } from '../reading/read-log.ts';
import { readManifest } from '../reading/read-manifest.ts';
import { readCaptureFacts } from './capture-facts.ts';

const MAX_RESPONSE = 1024 * 1024;
const LOG = /^logs\/([^/]+)\/([^/]+)\/([^/]+?)(\.previous)?\.log(?:\.gz)?$/;

/** The capture folder of hopwise: objects, `logs/`, `response.txt`, `capture.yaml`. Undefined when the paths are none. */
export function detectCapture(paths: readonly string[]): Layout | undefined {
  const root = commonRoot(paths);
  const isCapture = paths.some((path) => path.startsWith(root) && isMark(path.slice(root.length)));
  if (!isCapture) return undefined;
  return {
    kind: 'capture',
    readerOf: (path) => (path.startsWith(root) ? readerOf(path.slice(root.length)) : undefined),
  };
}

function isMark(path: string): boolean {
  return /^(?:capture\.ya?ml|response\.txt|cluster\.(?:ya?ml|json)(?:\.gz)?)$/.test(path) || LOG.test(path);
}

function readerOf(path: string): FileReader | undefined {
  if (path === 'response.txt') return readResponse;
  if (/^capture\.ya?ml$/.test(path)) return readCaptureFacts;
  if (path.startsWith('logs/')) return logReader(path);
  return isManifestPath(path) ? readManifest : undefined;
}

function logReader(path: string): FileReader | undefined {
  const match = LOG.exec(path);
  if (match === null) return undefined;
  const [, namespace = '', pod = '', container = '', previous] = match;
  return (file, context) => readLog(file, { namespace, pod, container, previous: previous !== undefined }, context);
}

const readResponse: FileReader = async (file, context) => {
  const text = await readText(file, MAX_RESPONSE);
  context.totals.responses++;
  context.sink.response(text, file.name);
};
